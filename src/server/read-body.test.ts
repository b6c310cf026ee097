import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBody } from "./read-body.ts";

const refused = expect.objectContaining({ code: "server/corrupt-body" });

describe("readBody", () => {
  test("law: JSON of little depth is read as JSON.parse reads it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        expect(readBody(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("leaves a byte order mark out", () => {
    expect(readBody("\uFEFF[1]")).toEqual([1]);
  });

  test.each(["", " ", "{", "nothing", '{"a": NaN}', "[1,]"])("refuses %j", (text) => {
    expect(() => readBody(text)).toThrow(refused);
  });

  test("refuses deep nesting before it parses, brackets in texts not counted", () => {
    expect(() => readBody("[".repeat(2_000_000))).toThrow(/nested more than 16 levels/);
    const text = JSON.stringify({ a: '\\"[[[[[[[[[[[[[[[[[[[[[[[[' });
    expect(readBody(text)).toEqual(JSON.parse(text));
  });
});
