/** @file Tests of errors from folds: they name the row of the whole dataset. */
import { expect, test } from "vitest";
import type { Dataset } from "../flow.ts";
import { matrix } from "../tensor/index.ts";
import { gaussianBayes } from "./bayes/gaussian-bayes.ts";
import { boost } from "./boost.ts";
import { calibrated, crossValidate, stacked, thresholded } from "./combine/index.ts";
import { judge } from "./evaluate.ts";
import { predictRows } from "./learn-rows.ts";
import { logistic } from "./linear/index.ts";
import { randomForest } from "./tree/random-forest.ts";

const rows = Array.from({ length: 40 }, (_, i) => [i === 25 ? Number.NaN : i, i % 3]);
const data: Dataset = {
  x: matrix(rows),
  y: Float64Array.from(rows, (_, i) => Number(i % 4 < 2)),
  names: ["age", "rest"],
  source: "sha256:00",
};
const row25 = expect.objectContaining({
  code: "model/missing-value",
  message: expect.stringContaining("is missing in row 25;"),
  details: expect.objectContaining({ row: 25 }),
});

test("a value that folds refuse is named by its row in the data, however deep the fold", async () => {
  const bayes = gaussianBayes();
  await expect(bayes.learn(data)).rejects.toThrow(row25);
  await expect(crossValidate(bayes, data)).rejects.toThrow(row25);
  await expect(calibrated(bayes).learn(data)).rejects.toThrow(row25);
  await expect(thresholded(bayes, { rule: "youden" }).learn(data)).rejects.toThrow(row25);
  await expect(crossValidate(calibrated(bayes), data)).rejects.toThrow(row25);
  const stack = stacked([bayes, logistic()], { final: logistic() });
  await expect(stack.learn(data)).rejects.toThrow(row25);
});

test("rows that are left out for their weight of 0 are counted", async () => {
  const weights = Float64Array.from(rows, (_, i) => (i < 10 ? 0 : 1));
  const weighed: Dataset = { ...data, weights };
  const forest = randomForest({ trees: 3 });
  const full: Dataset = { ...weighed, x: matrix(rows.map(([a, b]) => [a ?? 0, b ?? 0])) };
  for (const learn of [
    () => logistic().learn(weighed),
    () => crossValidate(logistic(), weighed),
    () => crossValidate(calibrated(logistic()), weighed),
  ])
    await expect(learn()).rejects.toThrow(row25);
  const y = full.y.map((label, i) => (i === 25 ? 7 : label));
  const label25 = expect.objectContaining({
    code: "model/out-of-range-label",
    details: expect.objectContaining({ row: 25 }),
  });
  await expect(forest.learn({ ...full, y })).rejects.toThrow(label25);
});

test("what a kernel refuses is named by its row in the data, too", async () => {
  const codes: Dataset = {
    ...data,
    x: matrix(rows.map((_, i) => [i === 25 ? -3 : i % 4, i])),
    categorical: ["age"],
  };
  const code25 = expect.objectContaining({
    code: "tensor/out-of-range-code",
    details: expect.objectContaining({ row: 25 }),
  });
  await expect(crossValidate(boost(), codes)).rejects.toThrow(code25);
});

test("a value that a fitted predictor refuses is named by its feature", async () => {
  const whole: Dataset = {
    ...data,
    x: matrix(rows.map(([a, b], i) => [i === 25 ? 25 : (a ?? 0), b ?? 0])),
  };
  const predictor = await gaussianBayes().learn(whole);
  const named = expect.objectContaining({
    message: expect.stringContaining('feature "age" is missing in row 25'),
  });
  expect(() => judge(predictor, data)).toThrow(named);
  expect(() => predictRows(predictor, { data, rows: [24, 25] })).toThrow(row25);
  expect(() => predictRows(predictor, { data, rows: [24, 25] })).toThrow(named);
});
