/** @file Tests of reading plain data that nobody has checked. */
import { describe, expect, test } from "vitest";
import { fieldsOf } from "./fields.ts";

const damaged = (...told: readonly string[]): never => {
  throw new Error(told.join("|"));
};
const read = (candidate: unknown) => fieldsOf(candidate, { name: "the state", damaged });

describe("fieldsOf", () => {
  test("gives fields of the type that is asked for", () => {
    const fields = read({
      n: 1,
      none: null,
      t: "a",
      b: false,
      ts: ["x"],
      a: new Uint8Array(2),
      o: { n: 2 },
      l: [{ n: 3 }],
    });
    expect([fields.number("n"), fields.numberOrNull("none"), fields.text("t")]).toEqual([
      1,
      null,
      "a",
    ]);
    expect([fields.boolean("b"), fields.texts("ts")]).toEqual([false, ["x"]]);
    expect(fields.array("a", Uint8Array, 2)).toHaveLength(2);
    expect(fields.fields("o").number("n")).toBe(2);
    expect(fields.list("l")[0]?.number("n")).toBe(3);
    expect([fields.has("n"), fields.has("m")]).toEqual([true, false]);
  });

  test("says where a field lies that is of another type", () => {
    const fields = read({ n: "1", o: { a: [{ n: null }] }, a: new Uint8Array(2), ts: [1] });
    expect(() => read(7)).toThrow("the state|an object|number");
    expect(() => fields.number("n")).toThrow("n|a number|string");
    expect(() => fields.fields("o").list("a")[0]?.number("n")).toThrow("o.a[0].n|a number|null");
    expect(() => fields.fields("p")).toThrow("p|an object|undefined");
    expect(() => fields.array("a", Float64Array)).toThrow("a|a Float64Array|object");
    expect(() => fields.array("a", Uint8Array, 3)).toThrow("a|3 values|2");
    expect(() => fields.texts("ts")).toThrow("ts|a list of texts|object");
  });
});
