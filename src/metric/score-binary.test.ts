/** @file Tests of all scores at once, against scikit-learn too. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { confusion } from "./confusion.ts";
import { rocCurve } from "./ranking.ts";
import { scoreBinary } from "./score-binary.ts";

interface PeerCase {
  readonly y: readonly number[];
  readonly p: readonly number[];
  readonly threshold: number;
  readonly scores: Readonly<Record<string, number>>;
  readonly confusion: Readonly<Record<string, number>>;
  readonly roc: { readonly fpr: readonly number[]; readonly tpr: readonly number[] };
}

const file = new URL("../../tests/peer/classification.json", import.meta.url);
const peer = JSON.parse(await readFile(file, "utf8")) as { readonly metrics: readonly PeerCase[] };

describe("scoreBinary", () => {
  test("gives scikit-learn's scores to 1e-12, ties and thresholds included", () => {
    expect(peer.metrics.length).toBeGreaterThan(2);
    for (const { y, p, threshold, ...expected } of peer.metrics) {
      const [labels, probability] = [Float64Array.from(y), Float64Array.from(p)];
      const scores = scoreBinary(labels, probability, { threshold });
      expect(Object.keys(scores).sort()).toEqual(Object.keys(expected.scores).sort());
      for (const [name, score] of Object.entries(scores))
        expect(score).toBeClose(expected.scores[name] ?? Number.NaN, { rtol: 1e-12, atol: 1e-15 });
      const predicted = probability.map((q) => (q >= threshold ? 1 : 0));
      expect(confusion(labels, predicted)).toEqual(expected.confusion);
      const { falsePositiveRate, truePositiveRate } = rocCurve(labels, probability);
      expect(falsePositiveRate).toBeClose(expected.roc.fpr);
      expect(truePositiveRate).toBeClose(expected.roc.tpr);
    }
  });

  test("uses the threshold for the scores that have one, and only for those", () => {
    const [y, p] = [Float64Array.of(0, 1, 1), Float64Array.of(0.2, 0.4, 0.9)];
    const [half, low] = [scoreBinary(y, p), scoreBinary(y, p, { threshold: 0.3 })];
    expect([half.recall, low.recall]).toEqual([0.5, 1]);
    expect(low.logLoss).toBe(half.logLoss);
  });

  test("refuses a threshold that is no probability, and a misspelt option", () => {
    const [y, p] = [Float64Array.of(0, 1), Float64Array.of(0.2, 0.9)];
    expect(() => scoreBinary(y, p, { threshold: 2 })).toThrow("threshold must be");
    // @ts-expect-error: the option is called threshold
    expect(() => scoreBinary(y, p, { treshold: 0.2 })).toThrow('Did you mean "threshold"');
  });
});
