/** @file Tests of plain data as TypeScript expressions. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatLiteral } from "./literal.ts";

describe("formatLiteral", () => {
  test("law: the expression has the value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = formatLiteral(JSON.parse(JSON.stringify(value)));
        expect(new Function(`return (${text})`)()).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("writes names without quotes where they need none", () => {
    expect(formatLiteral({ a: 1, "b c": { __proto__x: null } })).toBe(
      '{ a: 1, "b c": { __proto__x: null } }',
    );
    const odd = JSON.parse('{"__proto__": 1}');
    expect(Object.keys(new Function(`return (${formatLiteral(odd)})`)())).toEqual(["__proto__"]);
  });
});
