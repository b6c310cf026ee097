/** @file Tests of directions: names that say which way is better, and names that do not. */
import { describe, expect, test } from "vitest";
import { checkObjectives, type SearchDirection } from "./objective.ts";

const check =
  (metric: string, direction: SearchDirection, study = "s") =>
  () =>
    checkObjectives(study, [{ metric, direction }]);
const wrong = expect.objectContaining({ code: "tune/mismatch-direction" });

describe("checkObjectives", () => {
  test("refuses to maximise what is an error or a loss by its name", () => {
    for (const metric of [
      "rmse",
      "validation loss",
      "logLoss",
      "log_loss",
      "val/mae",
      "test-error",
      "MAPE",
      "brier",
      "crossEntropy",
    ])
      expect(check(metric, "maximise")).toThrow(wrong);
    for (const metric of ["rmse", "validation loss", "logLoss"]) check(metric, "minimise")();
  });

  test("refuses to minimise what is a score by its name", () => {
    for (const metric of ["auc", "rocAuc", "accuracy", "f1", "R2", "ndcg@10", "val_precision"])
      expect(check(metric, "minimise")).toThrow(wrong);
    for (const metric of ["auc", "rocAuc", "accuracy"]) check(metric, "maximise")();
  });

  test("takes a name that says the opposite of its word, and one that says nothing", () => {
    check("negative rmse", "maximise")();
    check("neg_log_loss", "maximise")();
    expect(check("neg_rmse", "minimise")).toThrow(wrong);
    for (const direction of ["minimise", "maximise"] as const) {
      check("seconds", direction)();
      check("terror", direction)(); // a word that only holds one of ours
      check("loss of accuracy", direction)();
    }
  });

  test("asks the study's name where the metric's says nothing", () => {
    expect(check("value", "maximise", "loss of the net")).toThrow(wrong);
    check("accuracy", "maximise", "loss of the net")();
  });

  test("does not ask the study's name where the metric is one of the catalogue", () => {
    check("matthews", "maximise", "error")();
    check("explainedVariance", "maximise", "loss of the net")();
    expect(check("unheard of", "maximise", "error")).toThrow(wrong);
  });

  test("says the word, and what is better", () => {
    expect(check("rmse", "maximise")).toThrow(
      '"rmse" says "rmse", of which less is better, and the direction is "maximise"',
    );
  });

  test("refuses no objectives, two of one name, and another direction", () => {
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => checkObjectives("s", [])).toThrow(code("tune/missing-objective"));
    expect(check(" ", "minimise")).toThrow(code("tune/missing-objective"));
    const seconds = { metric: "seconds", direction: "minimise" } as const;
    expect(() => checkObjectives("s", [seconds, seconds])).toThrow(code("tune/duplicate-metric"));
    const other: { metric: string; direction: SearchDirection } = JSON.parse(
      '{"metric":"x","direction":"minimize"}',
    );
    expect(() => checkObjectives("s", [other])).toThrow(code("option/out-of-range"));
  });
});
