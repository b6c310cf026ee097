/** @file Tests of the trivial baseline. */
import { describe, expect, test } from "vitest";
import { checkEstimator } from "../../tests/conform/estimator.ts";
import { matrix } from "../tensor/index.ts";
import { majority } from "./majority.ts";

describe("majority", () => {
  checkEstimator(() => majority(), { missing: true, oneClass: true, weights: 1e-12 });

  test("gives every row the share of true", async () => {
    const x = matrix([[1], [2], [3], [Number.NaN]]);
    const data = { x, y: Float64Array.of(0, 1, 1, 1), names: ["a"], source: "sha256:00" } as const;
    expect((await majority().learn(data)).predict(x)).toBeClose([0.75, 0.75, 0.75, 0.75]);
  });
});
