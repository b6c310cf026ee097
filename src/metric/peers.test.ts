/** @file Every metric beside scikit-learn's number: plain, weighted, and where there is little to measure. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { calibrationError, reliability } from "./calibration.ts";
import { type Average, f1, fBeta, precision, recall } from "./class-shares.ts";
import { accuracy, classesAt } from "./confusion.ts";
import {
  balancedAccuracy,
  confusionMatrix,
  kappa,
  likeliest,
  matthews,
} from "./confusion-matrix.ts";
import { prCurve } from "./curves.ts";
import { gammaDeviance, pinball, poissonDeviance, tweedieDeviance } from "./deviance.ts";
import { d2, explainedVariance, r2 } from "./explained.ts";
import { brier, logLoss, topAccuracy } from "./probability.ts";
import { meanAveragePrecision, meanReciprocalRank, ndcg } from "./queries.ts";
import { prAuc, rocAuc, rocCurve } from "./ranking.ts";
import { mae, mape, maxError, medianAe, mse, rmse } from "./regression.ts";
import type { WeightOptions } from "./weights.ts";

type Named = Readonly<Record<string, number>>;
type Shares = Readonly<Record<"precision" | "recall" | "f1" | "fBeta", number>>;
interface Labelled {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly matthews: number;
  readonly matrix: readonly (readonly number[])[];
  readonly kappa: Readonly<Record<"equal" | "linear" | "quadratic", number>>;
  readonly macro: Shares;
  readonly micro: Shares;
  readonly weighted: Shares;
  readonly binary?: Shares;
}
interface Binary extends Labelled {
  readonly auc: number;
  readonly prAuc: number;
  readonly logLoss: number;
  readonly brier: number;
  readonly prCurve: Readonly<Record<"precision" | "recall" | "thresholds", readonly number[]>>;
  readonly rocCurve: Readonly<Record<"fpr" | "tpr", readonly number[]>>;
}
type Averages = Readonly<Record<"macro" | "weighted", number>>;
interface Multiclass extends Labelled {
  readonly logLoss: number;
  readonly brier: number;
  readonly top: Named;
  readonly rest: Averages;
  readonly each?: Averages;
  readonly prAuc: Averages;
}
interface Regression {
  readonly mse: number;
  readonly rmse: number;
  readonly mae: number;
  readonly medianAe: number;
  readonly mape: number;
  readonly maxError: number;
  readonly r2: number;
  readonly explainedVariance: number;
  readonly pinball: Named;
  readonly d2: Readonly<Record<"absolute" | "pinball" | "tweedie", number>>;
  readonly tweedie: Named;
}
interface Both<T> {
  readonly plain: T;
  readonly weighted: T;
  readonly y: readonly number[];
}
interface Bins {
  readonly observed: readonly number[];
  readonly given: readonly number[];
}
interface Peers {
  readonly weights: readonly number[];
  readonly regression: Both<Regression> & { readonly predicted: readonly number[] };
  readonly binary: Both<Binary> & {
    readonly probability: readonly number[];
    readonly calibration: { readonly width: Bins; readonly rows: Bins; readonly error: number };
  };
  readonly multiclass: Both<Multiclass> & {
    readonly classes: number;
    readonly probability: readonly number[];
  };
  readonly queries: readonly (Readonly<
    Record<"groups" | "relevance" | "score" | "untied" | "hit", readonly number[]>
  > &
    Readonly<Record<"ndcg" | "ndcgTop3" | "ndcgExponential" | "map" | "mrr", number>>)[];
  readonly degenerate: Readonly<Record<string, number | null | readonly number[]>>;
}

const peers: Peers = JSON.parse(
  await readFile(new URL("../../tests/peer/metrics.json", import.meta.url), "utf8"),
);
const weights = Float64Array.from(peers.weights);
const cases = [
  ["plain", {}],
  ["weighted", { weights }],
] as const satisfies readonly (readonly ["plain" | "weighted", WeightOptions])[];

describe("metrics of numbers", () => {
  const y = Float64Array.from(peers.regression.y);
  const predicted = Float64Array.from(peers.regression.predicted);

  test.each(cases)("are scikit-learn's, %s", (name, options) => {
    const expected = peers.regression[name];
    expect(mse(y, predicted, options)).toBeClose(expected.mse);
    expect(rmse(y, predicted, options)).toBeClose(expected.rmse);
    expect(mae(y, predicted, options)).toBeClose(expected.mae);
    expect(medianAe(y, predicted, options)).toBeClose(expected.medianAe);
    expect(mape(y, predicted, options)).toBeClose(expected.mape);
    expect(r2(y, predicted, options)).toBeClose(expected.r2);
    expect(explainedVariance(y, predicted, options)).toBeClose(expected.explainedVariance);
    for (const [quantile, loss] of Object.entries(expected.pinball))
      expect(pinball(y, predicted, { ...options, quantile: Number(quantile) })).toBeClose(loss);
    for (const [power, deviance] of Object.entries(expected.tweedie))
      expect(tweedieDeviance(y, predicted, { ...options, power: Number(power) })).toBeClose(
        deviance,
      );
    expect(poissonDeviance(y, predicted, options)).toBeClose(expected.tweedie["1"] ?? 0);
    expect(gammaDeviance(y, predicted, options)).toBeClose(expected.tweedie["2"] ?? 0);
    expect(d2(y, predicted, options)).toBeClose(expected.d2.absolute);
    expect(d2(y, predicted, { ...options, loss: "pinball", quantile: 0.8 })).toBeClose(
      expected.d2.pinball,
    );
    expect(d2(y, predicted, { ...options, loss: "tweedie", power: 1.3 })).toBeClose(
      expected.d2.tweedie,
    );
    if (name === "plain") expect(maxError(y, predicted)).toBeClose(expected.maxError);
  });
});

/** What is compared of labels and answers. */
function expectLabelled(
  [y, answers]: readonly [Float64Array, Float64Array],
  expected: Labelled,
  options: WeightOptions,
): void {
  expect(accuracy(y, answers, options)).toBeClose(expected.accuracy);
  expect(balancedAccuracy(y, answers, options)).toBeClose(expected.balancedAccuracy);
  expect(matthews(y, answers, options)).toBeClose(expected.matthews);
  expect(confusionMatrix(y, answers, options).flat()).toBeClose(expected.matrix.flat());
  for (const mistakes of ["equal", "linear", "quadratic"] as const)
    expect(kappa(y, answers, { ...options, mistakes })).toBeClose(expected.kappa[mistakes]);
  for (const average of ["macro", "micro", "weighted", "binary"] satisfies readonly Average[]) {
    const shares = expected[average];
    if (shares === undefined) continue;
    const of = { ...options, average };
    expect(precision(y, answers, of)).toBeClose(shares.precision);
    expect(recall(y, answers, of)).toBeClose(shares.recall);
    expect(f1(y, answers, of)).toBeClose(shares.f1);
    expect(fBeta(y, answers, { ...of, beta: 2 })).toBeClose(shares.fBeta);
  }
}

describe("metrics of two classes", () => {
  const y = Float64Array.from(peers.binary.y);
  const p = Float64Array.from(peers.binary.probability);

  test.each(cases)("are scikit-learn's, %s", (name, options) => {
    const expected = peers.binary[name];
    expect(rocAuc(y, p, options)).toBeClose(expected.auc);
    expect(prAuc(y, p, options)).toBeClose(expected.prAuc);
    expect(logLoss(y, p, options)).toBeClose(expected.logLoss);
    expect(brier(y, p, options)).toBeClose(expected.brier);
    const roc = rocCurve(y, p, options);
    expect(roc.falsePositiveRate.at(-1)).toBe(1);
    if (name === "plain") expect(roc.falsePositiveRate).toBeClose(expected.rocCurve.fpr);
    if (name === "plain") expect(roc.truePositiveRate).toBeClose(expected.rocCurve.tpr);
    const curve = prCurve(y, p, options);
    const backwards = (of: Float64Array): number[] => [...of].reverse();
    expect(backwards(curve.precision)).toBeClose(expected.prCurve.precision);
    expect(backwards(curve.recall)).toBeClose(expected.prCurve.recall);
    expect(backwards(curve.thresholds).slice(0, -1)).toBeClose(expected.prCurve.thresholds);
    expectLabelled([y, classesAt(p, 0.4)], expected, options);
  });

  test("group rows by probability as scikit-learn does", () => {
    for (const equal of ["width", "rows"] as const) {
      const bins = reliability(y, p, { bins: 8, equal });
      const expected = peers.binary.calibration[equal];
      expect(bins.map(({ given }) => given)).toBeClose(expected.given);
      expect(bins.map(({ observed }) => observed)).toBeClose(expected.observed);
    }
    expect(calibrationError(y, p, { bins: 8 })).toBeClose(peers.binary.calibration.error);
  });
});

describe("metrics of several classes", () => {
  const { classes } = peers.multiclass;
  const y = Float64Array.from(peers.multiclass.y);
  const p = Float64Array.from(peers.multiclass.probability);

  test.each(cases)("are scikit-learn's, %s", (name, weighted) => {
    const expected = peers.multiclass[name];
    const options = { ...weighted, classes };
    expect(logLoss(y, p, options)).toBeClose(expected.logLoss);
    expect(brier(y, p, options)).toBeClose(expected.brier);
    for (const [top, share] of Object.entries(expected.top))
      expect(topAccuracy(y, p, { ...options, top: Number(top) })).toBeClose(share);
    for (const average of ["macro", "weighted"] as const) {
      expect(rocAuc(y, p, { ...options, average })).toBeClose(expected.rest[average]);
      expect(prAuc(y, p, { ...options, average })).toBeClose(expected.prAuc[average]);
      if (expected.each === undefined) continue;
      const each = { ...options, average, against: "each" } as const;
      expect(rocAuc(y, p, each)).toBeClose(expected.each[average]);
    }
    expectLabelled([y, likeliest(p, classes)], expected, weighted);
  });
});

describe("metrics of queries", () => {
  test.each(peers.queries)("are scikit-learn's, query by query, %#", (of) => {
    const [relevance, score, untied, hit] = [of.relevance, of.score, of.untied, of.hit].map(
      (list) => Float64Array.from(list),
    );
    if (!relevance || !score || !untied || !hit) throw new Error("the peer's file is cut");
    const { groups } = of;
    expect(ndcg(relevance, score, { groups })).toBeClose(of.ndcg);
    expect(ndcg(relevance, score, { groups, top: 3 })).toBeClose(of.ndcgTop3);
    expect(ndcg(relevance, score, { groups, gain: "exponential" })).toBeClose(of.ndcgExponential);
    expect(meanAveragePrecision(hit, untied, { groups })).toBeClose(of.map);
    expect(meanReciprocalRank(hit, untied, { groups })).toBeClose(of.mrr);
  });
});

describe("metrics where there is little to measure", () => {
  test("give what scikit-learn gives with its warning", () => {
    const f = (...numbers: number[]) => Float64Array.from(numbers);
    const [flat, off] = [f(2, 2, 2), f(2, 2, 3)];
    const ours: Record<string, number | readonly number[]> = {
      r2OfConstant: [r2(flat, off), r2(flat, flat)],
      explainedOfConstant: [explainedVariance(flat, off), explainedVariance(flat, f(3, 3, 3))],
      r2OfOne: r2(f(1), f(2)),
      d2OfConstant: [d2(flat, off), d2(flat, flat)],
      d2OfOne: d2(f(1), f(2)),
      mapeOfZero: mape(f(0, 1), f(1, 1)),
      aucOfOneClass: rocAuc(f(1, 1), f(0.2, 0.3)),
      prAucOfOneClass: [prAuc(f(0, 0), f(0.2, 0.3)), prAuc(f(1, 1), f(0.2, 0.3))],
      matthewsOfOneClass: matthews(f(1, 1), f(1, 1)),
      kappaOfOneClass: kappa(f(1, 1), f(1, 1)),
      macroOfMissing: f1(f(0, 0, 1), f(0, 2, 2), { average: "macro" }),
      balancedOfMissing: balancedAccuracy(f(0, 0, 1), f(0, 2, 2)),
      precisionOfNone: precision(f(1, 1), f(0, 0)),
      recallOfNone: recall(f(0, 0), f(1, 1)),
      ndcgOfNone: ndcg(f(0, 0), f(1, 2)),
    };
    expect(Object.keys(ours)).toEqual(Object.keys(peers.degenerate));
    for (const [name, expected] of Object.entries(peers.degenerate)) {
      const got = [ours[name] ?? 0].flat().map((value) => (Number.isNaN(value) ? "NaN" : value));
      const wanted = [expected].flat().map((value) => value ?? "NaN");
      for (const [i, value] of wanted.entries())
        if (typeof value === "string") expect([name, got[i]]).toEqual([name, value]);
        else expect(got[i]).toBeClose(value);
    }
  });
});
