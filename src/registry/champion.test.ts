import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashOf } from "../core/index.ts";
import { type ChampionQuestion, decideChampion } from "./index.ts";

const holdout = hashOf("test rows");
const nan = Number.NaN;

/** The rule of the table below: AUC of at least 0.7 and recall of at least 0.5; AUC decides. */
function decide(
  [auc, recall]: readonly [number, number],
  champion: number | null,
  more: Partial<ChampionQuestion> = {},
) {
  return decideChampion({
    gate: { auc: 0.7, recall: 0.5 },
    metric: "auc",
    candidate: { metrics: { auc, recall }, holdout },
    ...(champion !== null && { champion: { version: 3, metrics: { auc: champion }, holdout } }),
    ...more,
  });
}

describe("decideChampion", () => {
  test.each([
    // auc, recall, champion's auc, margin, outcome, reason
    [0.84, 0.6, null, 0, "first", "auc 0.84 passes the gate; no champion yet"],
    [0.7, 0.5, null, 0, "first", "auc 0.7 passes the gate; no champion yet"],
    [0.69, 0.6, null, 0, "failed-gate", "auc 0.69 is below 0.7"],
    [0.84, 0.4, null, 0, "failed-gate", "recall 0.4 is below 0.5"],
    [0.6, 0.4, null, 0, "failed-gate", "auc 0.6 is below 0.7; recall 0.4 is below 0.5"],
    [0.69, 0.6, 0.1, 0, "failed-gate", "auc 0.69 is below 0.7"],
    [nan, 0.6, null, 0, "failed-gate", "auc is not a number"],
    [0.85, 0.6, 0.84, 0, "promoted", "auc 0.85 is better than 0.84 of version 3"],
    [0.84, 0.6, 0.84, 0, "kept", "auc 0.84 is not better than 0.84 of version 3"],
    [0.83, 0.6, 0.84, 0, "kept", "auc 0.83 is not better than 0.84 of version 3"],
    [0.85, 0.6, nan, 0, "promoted", "auc 0.85 is better than NaN of version 3"],
    [
      0.85,
      0.6,
      0.75,
      0.05,
      "promoted",
      "auc 0.85 is better than 0.75 of version 3 by more than 0.05",
    ],
    [
      0.75,
      0.6,
      0.5,
      0.25,
      "kept",
      "auc 0.75 is not better than 0.5 of version 3 by more than 0.25",
    ],
    [0.85, 0.6, null, 0.05, "first", "auc 0.85 passes the gate; no champion yet"],
  ] as const)("auc %d, recall %d against %s with margin %d: %s", (...line) => {
    const [auc, recall, champion, margin, outcome, reason] = line;
    expect(decide([auc, recall], champion, { margin })).toEqual({ outcome, reason });
  });

  test("refuses to compare scores on different rows, whether the gate is passed or not", () => {
    const champion = { version: 3, metrics: { auc: 0.1 }, holdout: hashOf("other rows") };
    for (const auc of [0.9, 0.1])
      expect(() => decide([auc, 0.6], null, { champion })).toThrow(
        expect.objectContaining({ code: "registry/mismatch-holdout", kind: "caller" }),
      );
  });

  test("a metric of the rule that was not measured is missing, on either side", () => {
    const missing = (metric: string) =>
      expect.objectContaining({
        code: "registry/missing-metric",
        details: expect.objectContaining({ metric }),
      });
    expect(() => decide([0.9, 0.6], null, { metric: "auk" })).toThrow(missing("auk"));
    expect(() => decide([0.9, 0.6], null, { gate: { f1: 0.5 } })).toThrow(missing("f1"));
    const champion = { version: 3, metrics: { f1: 0.5 }, holdout };
    expect(() => decide([0.9, 0.6], null, { champion })).toThrow(missing("auc"));
    expect(() => decide([0.9, 0.6], null, { metric: "auk" })).toThrow('Did you mean "auc"?');
  });

  test("refuses a margin below 0 and a gate that is not a number", () => {
    const refused = expect.objectContaining({ code: "option/out-of-range" });
    expect(() => decide([0.9, 0.6], 0.5, { margin: -0.1 })).toThrow(refused);
    expect(() => decide([0.9, 0.6], 0.5, { gate: { auc: nan } })).toThrow(refused);
  });

  test("law: of two models that pass, at most one takes the other's place", () => {
    const score = fc.double({ min: 0.7, max: 1, noNaN: true });
    fc.assert(
      fc.property(score, score, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, margin) => {
        const wins = (x: number, y: number) => decide([x, 1], y, { margin }).outcome === "promoted";
        expect(wins(a, b) && wins(b, a)).toBe(false);
        if (margin === 0 && a !== b) expect(wins(a, b) || wins(b, a)).toBe(true);
      }),
    );
  });
});
