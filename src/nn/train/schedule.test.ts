/** @file Tests of learning-rate schedules against their formulas. */
import { describe, expect, test } from "vitest";
import { schedule } from "./schedule.ts";

const at = (step: number) => ({ step, steps: 100, perEpoch: 10 });

describe("schedule", () => {
  test("falls by steps, by epochs, along a cosine or a line", () => {
    expect(
      [0, 19, 20, 45].map((s) => schedule({ kind: "step", every: 2, factor: 0.5 })(at(s))),
    ).toBeClose([1, 1, 0.5, 0.25]);
    expect(schedule({ kind: "exponential", factor: 0.9 })(at(35))).toBeClose(0.9 ** 3);
    expect([0, 50, 100].map((s) => schedule({ kind: "cosine" })(at(s)))).toBeClose([1, 0.5, 0]);
    expect([0, 25, 100].map((s) => schedule({ kind: "linear" })(at(s)))).toBeClose([1, 0.75, 0]);
    expect(schedule()(at(77))).toBe(1);
  });

  test("rises from the first step on while it warms up", () => {
    const rate = schedule({ kind: "linear", warmUp: 4 });
    expect([0, 1, 3, 4, 52].map((s) => rate(at(s)))).toBeClose([0.25, 0.5, 1, 1, 0.5]);
  });

  test("refuses what is no schedule", () => {
    const code = (what: string) => expect.objectContaining({ code: what });
    expect(() => schedule({ factor: 0 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such kind
    expect(() => schedule({ kind: "poly" })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such option
    expect(() => schedule({ gamma: 0.1 })).toThrow(code("option/unknown-name"));
  });
});
