/** @file Models of several estimators, fitted to the same rows: what their predictors tell beyond predictions. */
import { features, numeric } from "../../src/feature/index.ts";
import {
  boost,
  calibrated,
  fitModel,
  lasso,
  leastSquares,
  logistic,
  randomForest,
  thresholded,
  withCalibration,
  withChosenThreshold,
} from "../../src/model/index.ts";
import { bool, type Frame, float, schema } from "../../src/table/index.ts";

export const houses = schema("houses", { area: float(), price: float(), sold: bool() });
export type Houses = Frame<(typeof houses)["columns"]>;

const byArea = features(houses, (c) => ({ area: numeric(c.area) }));

/** One model of each estimator. */
export async function fitted(rows: Houses, held: Houses) {
  const price = { features: byArea, label: "price" } as const;
  const sold = { features: byArea, label: "sold" } as const;
  const plain = await logistic().fit(rows, sold);
  return {
    leastSquares: await leastSquares().fit(rows, price),
    lasso: await lasso({ alpha: "cv" }).fit(rows, price),
    forest: await randomForest({ outOfBag: true, trees: 5 }).fit(rows, price),
    boost: await boost({ trees: 5, validation: 0.2 }).fit(rows, price),
    thresholded: await thresholded(logistic()).fit(rows, sold),
    calibrated: await calibrated(logistic()).fit(rows, sold),
    chosen: await withChosenThreshold(plain, held),
    fair: await withCalibration(plain, held),
    untyped: await fitModel(rows, { estimator: leastSquares(), ...price }),
  };
}
export type Fitted = Awaited<ReturnType<typeof fitted>>;
