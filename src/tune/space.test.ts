/** @file Tests of spaces: ranges that are refused, and draws that stay within those that are not. */
import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { describeBoth } from "./check-spec.ts";
import {
  categorySpec,
  codeAt,
  codeOf,
  floatSpec,
  intSpec,
  isSameSpec,
  type ParamSpec,
  type ParamsOf,
  type ParamValue,
  placeOf,
  space,
  valueAt,
  valuesOf,
} from "./space.ts";

const bad = expect.objectContaining({ code: "tune/out-of-range-param" });

const specs: fc.Arbitrary<ParamSpec> = fc.oneof(
  fc
    .tuple(fc.integer({ min: -1000, max: 1000 }), fc.nat(50), fc.integer({ min: 1, max: 9 }))
    .map(([low, steps, step]) => intSpec("p", [low, low + steps * step, { step }])),
  fc
    .tuple(fc.integer({ min: 1, max: 1000 }), fc.nat(10_000))
    .map(([low, more]) => intSpec("p", [low, low + more, { log: true }])),
  fc
    .tuple(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
    )
    .map(([low, more]) => floatSpec("p", [low, low + more])),
  fc
    .tuple(
      fc.double({ min: 1e-9, max: 1e3, noNaN: true }),
      fc.double({ min: 1, max: 1e9, noNaN: true }),
    )
    .map(([low, factor]) => floatSpec("p", [low, low * factor, { log: true }])),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(40))
    .map(([low, steps]) =>
      floatSpec("p", [low / 10, Number((low / 10 + steps * 0.05).toPrecision(12)), { step: 0.05 }]),
    ),
  fc
    .uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), {
      minLength: 1,
      maxLength: 9,
    })
    .map((choices) => categorySpec("p", choices)),
);

describe("space", () => {
  test("gives params the types of their ranges and choices", () => {
    const made = space((s) => ({ depth: s.int(2, 8), kind: s.category(["a", "b", null]) }));
    expectTypeOf<ParamsOf<typeof made>>().toEqualTypeOf<{
      readonly depth: number;
      readonly kind: "a" | "b" | null;
    }>();
    expect(made.depth).toEqual({ kind: "int", low: 2, high: 8, step: 1, log: false });
  });

  test("refuses ranges that hold nothing or are none", () => {
    const { NaN: nan, POSITIVE_INFINITY: infinite } = Number;
    const ints: readonly Parameters<typeof intSpec>[1][] = [
      ...([
        [3, 2],
        [0.5, 2],
        [nan, 2],
        [0, infinite],
        [0, 10, { log: true }],
      ] as const),
      ...([
        [0, 10, { step: 3 }],
        [1, 9, { log: true, step: 2 }],
        [0, 4, { step: 0 }],
      ] as const),
      [0, 4, { step: 0.5 }],
    ];
    for (const range of ints) expect(() => intSpec("p", range)).toThrow(bad);
    const floats: readonly Parameters<typeof floatSpec>[1][] = [
      ...([
        [3, 2],
        [nan, 2],
        [0, infinite],
        [0, 1, { log: true }],
        [-1, 1, { log: true }],
      ] as const),
      ...([
        [0, 1, { step: 0.3 }],
        [0.1, 1, { log: true, step: 0.1 }],
        [0, 1, { step: -0.1 }],
      ] as const),
    ];
    for (const range of floats) expect(() => floatSpec("p", range)).toThrow(bad);
    const lists: readonly (readonly ParamValue[])[] = [[], ["a", "a"], [nan], [infinite]];
    for (const choices of lists)
      expect(() => space((s) => ({ p: s.category(choices) }))).toThrow(bad);
    expect(() =>
      space(() => ({ p: { kind: "int", low: 2, high: 1, step: 1, log: false } })),
    ).toThrow(bad);
  });

  test("says which upper bound a step would reach", () => {
    expect(() => intSpec("depth", [1, 10, { step: 4 }])).toThrow(
      "such as 9; got int 1 … 10 in steps of 4",
    );
  });
});

describe("codeAt", () => {
  test("law: every place of [0, 1) is a value of the param, and the value's code is the code", () => {
    fc.assert(
      fc.property(
        specs,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (spec, place) => {
          const code = codeAt(spec, place);
          expect(codeOf(spec, valueAt(spec, code))).toBe(code);
          if (spec.kind === "category") expect(spec.choices[code]).not.toBeUndefined();
          else expect(code >= spec.low && code <= spec.high).toBe(true);
        },
      ),
    );
  });

  test("law: of values that can be counted, a value's place gives it back", () => {
    fc.assert(
      fc.property(
        specs,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (spec, place) => {
          if (valuesOf(spec) === Infinity) return;
          const code = codeAt(spec, place);
          expect(codeAt(spec, placeOf(spec, code))).toBe(code);
        },
      ),
    );
  });

  test("makes equal parts of the interval equally likely", () => {
    const counts = new Map<number, number>();
    const spec = intSpec("p", [3, 7]);
    for (let i = 0; i < 1000; i++) {
      const code = codeAt(spec, (i + 0.5) / 1000);
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    expect([...counts]).toEqual([3, 4, 5, 6, 7].map((code) => [code, 200]));
    expect(codeAt(floatSpec("p", [1e-4, 1, { log: true }]), 0.5)).toBeClose(0.01);
  });
});

describe("isSameSpec", () => {
  test("compares all choices, in order, also past those that a sentence lists", () => {
    const ids = Array.from({ length: 14 }, (_, i) => `c${i}`);
    const spec = categorySpec("p", ids);
    expect(isSameSpec(spec, categorySpec("p", [...ids]))).toBe(true);
    const other = categorySpec("p", [...ids.slice(0, 13), "z"]);
    expect(isSameSpec(spec, other)).toBe(false);
    expect(isSameSpec(spec, categorySpec("p", ids.slice(0, 13)))).toBe(false);
    expect(isSameSpec(categorySpec("p", [1]), categorySpec("p", ["1"]))).toBe(false);
    expect(isSameSpec(categorySpec("p", [1]), intSpec("p", [1, 1]))).toBe(false);
    const [known, asked] = describeBoth(spec, other);
    expect(known).toContain('of which number 14 is "c13"');
    expect(asked).toContain('of which number 14 is "z"');
  });
});

describe("codeOf", () => {
  test("knows no code of what a param cannot be", () => {
    expect(codeOf(intSpec("p", [1, 5]), 2.5)).toBeUndefined();
    expect(codeOf(intSpec("p", [1, 5]), "2")).toBeUndefined();
    expect(codeOf(floatSpec("p", [0, 1, { step: 0.25 }]), 0.3)).toBeUndefined();
    expect(codeOf(floatSpec("p", [0, 1]), Number.NaN)).toBeUndefined();
    expect(codeOf(categorySpec("p", ["a"]), "b")).toBeUndefined();
  });
});
