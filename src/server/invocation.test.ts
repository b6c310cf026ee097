import { describe, expect, test } from "vitest";
import { readRows } from "./invocation.ts";

const rows = [
  { a: 1, b: "x" },
  { a: 2, b: null },
];

describe("readRows", () => {
  test.each([
    ["dataframe_records", { dataframe_records: rows }],
    [
      "dataframe_split",
      {
        dataframe_split: {
          index: [7, 8],
          columns: ["a", "b"],
          data: [
            [1, "x"],
            [2, null],
          ],
        },
      },
    ],
    ["instances", { instances: rows }],
    ["inputs as rows", { inputs: rows, params: {} }],
    ["inputs as columns", { inputs: { a: [1, 2], b: ["x", null] } }],
  ])("reads %s", (_, body) => {
    expect(readRows(body)).toEqual(rows);
  });

  test("reads inputs as one row", () => {
    expect(readRows({ inputs: { a: 1, b: "x" } })).toEqual([rows[0]]);
  });

  test("keeps a column called __proto__ a column", () => {
    const [row] = readRows({ dataframe_split: { columns: ["__proto__"], data: [[1]] } });
    expect(Object.keys(row as object)).toEqual(["__proto__"]);
  });

  test.each([
    ["a list", [], /expected an object with one of the keys "dataframe_records"/],
    ["nothing", undefined, /got nothing/],
    ["an empty object", {}, /got an empty object/],
    ["two forms", { instances: [], inputs: [] }, /got the keys "instances", "inputs"/],
    ["a misspelt form", { instance: [] }, /Did you mean "instances"\?/],
    ["parameters", { inputs: [1], params: { a: 1 } }, /got the keys "inputs", "params"/],
    ["records that are no list", { dataframe_records: {} }, /expected a list of rows/],
    ["inputs that are a text", { inputs: "x" }, /expected rows, a row or lists by column/],
    ["a split without data", { dataframe_split: { columns: [] } }, /"columns" and "data"/],
    ["a split that is a list", { dataframe_split: [] }, /got a list/],
    ["a column twice", { dataframe_split: { columns: ["a", "a"], data: [] } }, /"a" twice/],
    [
      "a row of another width",
      { dataframe_split: { columns: ["a", "b"], data: [[1, 2], [3]] } },
      /row 1: expected a list of 2 cells, got one of 1/,
    ],
    [
      "columns of two lengths",
      { inputs: { a: [1, 2], b: [1] } },
      /column "b": expected a list of 2/,
    ],
  ])("refuses %s", (_, body, message) => {
    const error = expect.objectContaining({ code: "server/mismatch-body" });
    expect(() => readRows(body)).toThrow(error);
    expect(() => readRows(body)).toThrow(message);
  });

  test.each([0, 10_001])("refuses %d rows", (n) => {
    const code = "server/out-of-range-rows";
    const body = { instances: Array.from({ length: n }, () => ({})) };
    expect(() => readRows(body)).toThrow(expect.objectContaining({ code }));
    const columns = { inputs: { a: Array.from({ length: n }, () => 1) } };
    expect(() => readRows(columns)).toThrow(expect.objectContaining({ code }));
  });
});
