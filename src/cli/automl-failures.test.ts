import { expect, test } from "vitest";
import { type FamilyTrial, familyFailures } from "./automl-failures.ts";

const entry = (
  trial: number,
  family: FamilyTrial["family"],
  error: string | null,
): FamilyTrial => ({
  ...{ trial, family, error },
  state: error === null ? "complete" : "failed",
});

test("a family of which every trial failed is told of with its first error", () => {
  const found = familyFailures([
    ...[entry(0, "baseline", null), entry(4, "boost", "no memory"), entry(3, "boost", null)],
    ...[entry(5, "forest", "second"), entry(2, "forest", "first"), entry(1, "linear", "odd")],
  ]);
  expect(found.map(({ family, trials, error }) => [family, trials, error])).toEqual([
    ["linear", 1, "odd"],
    ["forest", 2, "first"],
  ]);
  expect(found[1]?.message).toBe(
    "forest failed in all of its 2 trials, so it is not compared with the others; the first error: first",
  );
});
