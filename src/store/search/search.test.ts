/** @file Tests of the grammar of searches: filters, orders and page tokens. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseOrder } from "./order.ts";
import { pageToken, parsePageToken } from "./page-token.ts";
import { parseFilter } from "./parse-filter.ts";

const said = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing";
};

describe("parseFilter", () => {
  test.each([
    ["metrics.auc > 0.8", ["metrics", "auc", ">", { kind: "number", source: "0.8" }]],
    ["metric.`a b` <= -1e-3", ["metric", "a b", "<=", { kind: "number", source: "-1e-3" }]],
    [
      "params.\"learning rate\" = '0.1'",
      ["params", "learning rate", "=", { kind: "text", source: "'0.1'", text: "0.1" }],
    ],
    [
      "tags.mlflow.source.name LIKE 'a%'",
      ["tags", "mlflow.source.name", "LIKE", { kind: "text", source: "'a%'", text: "a%" }],
    ],
    ['name ilike "x"', [undefined, "name", "ILIKE", { kind: "text", source: '"x"', text: "x" }]],
    [
      "run_id NOT IN ('a', 'b')",
      [undefined, "run_id", "NOT IN", { kind: "list", source: "( 'a' , 'b' )", texts: ["a", "b"] }],
    ],
    ["tags.t IS NOT NULL", ["tags", "t", "IS NOT NULL", { kind: "none", source: "" }]],
    [
      "params.p != 'it''s'",
      ["params", "p", "!=", { kind: "text", source: "'it''s'", text: "it's" }],
    ],
  ])("reads %s", (filter, [entity, key, operator, value]) => {
    expect(parseFilter(filter)).toEqual([{ entity, key, operator, value }]);
  });

  test("reads comparisons that are joined by AND, in any case, and none in an empty filter", () => {
    const parsed = parseFilter("metrics.a > 1 AND params.b = 'x and y' and tags.c = 'z'");
    expect(parsed.map(({ key }) => key)).toEqual(["a", "b", "c"]);
    expect(parseFilter("  ")).toEqual([]);
  });

  test.each([
    [
      "metrics.a > 1 OR metrics.b > 2",
      "Invalid clause(s) in filter string: 'metrics.a > 1 OR metrics.b > 2'",
    ],
    ["(metrics.a > 1)", "Invalid clause(s) in filter string: '( metrics.a > 1 )'"],
    ["metrics.a >", "Invalid clause(s) in filter string: 'metrics.a >'"],
    ["metrics.a", "Invalid clause(s) in filter string: 'metrics.a'"],
    ["AND", "Invalid clause(s) in filter string: ''"],
    ["1 = metrics.a", "Invalid comparison clause. Expected 'Identifier' found '1'"],
    ["params.a = 'open", "Invalid clause(s) in filter string: ''open'"],
    ["run_id IN ('a' 'b')", "Invalid clause(s) in filter string: 'run_id IN ( 'a' 'b' )'"],
    ["metrics.a > 1; drop table run", "Invalid clause(s) in filter string: '; drop table run'"],
  ])("refuses %s", (filter, message) => {
    expect(said(() => parseFilter(filter))).toBe(message);
    expect(() => parseFilter(filter)).toThrow(
      expect.objectContaining({ code: "store/corrupt-filter" }),
    );
  });

  test("law: any text is a filter or refused with its code", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (filter) => {
        try {
          parseFilter(filter);
        } catch (error) {
          expect(error).toMatchObject({ code: "store/corrupt-filter" });
        }
      }),
    );
  });

  test("law: a text in quotes is read as it is", () => {
    const texts = fc.string({ maxLength: 30 }).filter((text) => !/['\\]/.test(text));
    fc.assert(
      fc.property(texts, (text) => {
        const value = { kind: "text", text };
        expect(parseFilter(`tags.a = '${text}'`)).toMatchObject([{ value }]);
      }),
    );
  });
});

describe("parseOrder", () => {
  test.each([
    ["metrics.auc DESC", { entity: "metrics", key: "auc", isAscending: false }],
    ["name", { entity: undefined, key: "name", isAscending: true }],
    ["params.`a b` asc", { entity: "params", key: "a b", isAscending: true }],
  ])("reads %s", (order, parsed) => {
    expect(parseOrder(order)).toEqual(parsed);
  });

  test.each([
    ["name downwards", "Invalid ordering key in order_by clause 'name downwards'."],
    ["name ASC DESC", "Invalid order_by clause 'name ASC DESC'. Could not be parsed."],
    ["", "Invalid order_by clause ''. Could not be parsed."],
  ])("refuses %j", (order, message) => {
    expect(said(() => parseOrder(order))).toBe(message);
    expect(() => parseOrder(order)).toThrow(
      expect.objectContaining({ code: "store/corrupt-order" }),
    );
  });
});

describe("page tokens", () => {
  test("law: come back as the offset they were made of", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (offset) => {
        expect(parsePageToken(pageToken(offset))).toBe(offset);
      }),
    );
  });

  test("are 0 where there is none, and refused where they are none", () => {
    expect([parsePageToken(undefined), parsePageToken("")]).toEqual([0, 0]);
    for (const token of ["%%%", "e30=", "bm8=", Buffer.from('{"offset":-1}').toString("base64")])
      expect(() => parsePageToken(token)).toThrow(
        expect.objectContaining({ code: "store/corrupt-page-token" }),
      );
  });
});
