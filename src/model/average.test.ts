/** @file Tests of the trivial baseline of numbers. */
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../tests/conform/estimator.ts";
import { matrix } from "../tensor/index.ts";
import { average } from "./average.ts";

const learned = async (
  of: "mean" | "median",
  y: readonly number[],
  weights?: readonly number[],
) => {
  const data = {
    x: matrix(y.map(() => [0])),
    y: Float64Array.from(y),
    names: ["a"],
    source: "sha256:00",
    task: { kind: "regression" },
    ...(weights === undefined ? {} : { weights: Float64Array.from(weights) }),
  } as const;
  return (await average({ of }).learn(data)).value;
};

describe("average", () => {
  checkEstimator((options) => average(options), { missing: true, oneClass: true, weights: 1e-12 });

  test("gives every row the mean, by weight", async () => {
    expect(await learned("mean", [1, 2, 6])).toBeClose(3);
    expect(await learned("mean", [1, 2, 6], [1, 0, 3])).toBeClose(19 / 4);
    expect(await learned("mean", [0.1, 0.1, 0.1])).toBe(0.1);
  });

  test("gives every row the median, by weight, half-way where two labels share it", async () => {
    expect(await learned("median", [9, 1, 2])).toBe(2);
    expect(await learned("median", [9, 1, 2, 4])).toBe(3);
    expect(await learned("median", [9, 1, 2], [5, 1, 1])).toBe(9);
    expect(await learned("median", [1, 2], [1, 1])).toBe(1.5);
  });

  test("refuses an option that it does not know", () => {
    // @ts-expect-error the mode is no choice
    expect(() => average({ of: "mode" })).toThrow(
      expect.objectContaining({ code: "option/out-of-range" }),
    );
  });
});
