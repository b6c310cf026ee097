/** @file Calibration, stacking, voting, one against the rest and cross-validation with scikit-learn's numbers. */
import { describe, expect, test } from "vitest";
import { classicData, readClassicPeers } from "../../../tests/peer/classic.ts";
import { gaussianBayes } from "../bayes/index.ts";
import { datasetRows } from "../dataset-rows.ts";
import { taskOf } from "../estimator.ts";
import { logistic } from "../index.ts";
import { neighbours } from "../neighbour/index.ts";
import { calibrate, crossValidate, isotonic, oneVsRest, stacked, voting } from "./index.ts";
import { isotonicAt } from "./isotonic.ts";

const peers = await readClassicPeers();
const order = { folds: 4, shuffle: false } as const;
const near = neighbours({ neighbours: 7 });
const far = neighbours({ neighbours: 25, distance: "manhattan" });

describe("calibrate", () => {
  test("gives scikit-learn's numbers", async () => {
    for (const { told, method, ...how } of peers.calibrated) {
      const { data, asked } = classicData(how);
      const half = how.rows / 2;
      const rows = (from: number) => Array.from({ length: half }, (_, i) => from + i);
      const { weights: _, ...first } = datasetRows(data, rows(0));
      const linear = taskOf(data).kind === "binary" && method !== "isotonic";
      const base = await (linear ? logistic() : gaussianBayes()).learn(first);
      const fair = calibrate(base, datasetRows(data, rows(half)), { method });
      const rtol = { sigmoid: 1e-4, temperature: 1e-6, isotonic: 1e-9 }[method];
      expect(fair.predict(asked), JSON.stringify({ method, ...how })).toBeClose(told, { rtol });
    }
  });
});

describe("isotonic", () => {
  test("gives scikit-learn's line", () => {
    for (const { x, y, w, at, told } of peers.lines) {
      const line = isotonic(Float64Array.from(x), Float64Array.from(y), Float64Array.from(w));
      expect(at.map((place) => isotonicAt(line, place))).toBeClose(told);
    }
  });
});

describe("stacked", () => {
  test("gives scikit-learn's numbers for classes and numbers, with and without the features", async () => {
    for (const { told, passThrough, ...how } of peers.stacks) {
      const { data, asked } = classicData(how);
      const final = how.task === "regression" ? neighbours({ neighbours: 15 }) : gaussianBayes();
      const stack = stacked([near, far], { final, passThrough, ...order });
      const predictor = await stack.learn(data);
      expect(predictor.predict(asked), JSON.stringify(how)).toBeClose(told, { rtol: 1e-8 });
    }
  });
});

describe("voting", () => {
  test("gives scikit-learn's numbers", async () => {
    for (const { told, ...how } of peers.votes) {
      const { data, asked } = classicData(how);
      const predictor = await voting([near, far], { shares: [1, 3] }).learn(data);
      expect(predictor.predict(asked)).toBeClose(told, { rtol: 1e-8 });
    }
  });
});

describe("oneVsRest", () => {
  test("gives scikit-learn's numbers", async () => {
    const { told, ...how } = peers.rest;
    const { data, asked } = classicData(how);
    const predictor = await oneVsRest(logistic()).learn(data);
    expect(predictor.predict(asked)).toBeClose(told, { rtol: 1e-6 }); // both end near the least loss
  });
});

describe("crossValidate", () => {
  test("gives scikit-learn's scores of each fold", async () => {
    const { scores, ...how } = peers.crossed;
    const { data } = classicData(how);
    const metrics = ["accuracy", "auc", "logLoss", "f1"] as const;
    const { folds } = await crossValidate(gaussianBayes(), data, { metrics, shuffle: false });
    for (const name of metrics)
      expect(
        folds.map((fold) => fold.scores[name] ?? Number.NaN),
        name,
      ).toBeClose(scores[name], {
        rtol: 1e-8,
      });
  });
});
