/** @file The lesson of classification: who leaves, by a grid of logistic regressions. */
import { count } from "../../core/index.ts";
import { telcoSchema } from "../../dataset/index.ts";
import { features, oneHot, standardize } from "../../feature/index.ts";
import { evaluate, logistic } from "../../model/index.ts";
import { figuresOf } from "../../plot/index.ts";
import { grid, searchModel, space } from "../../tune/index.ts";
import { churnData, churnMetrics, churnSides } from "./churn.ts";
import type { Lesson } from "./lesson.ts";
import { exampleOf, measuredOf } from "./measured.ts";

const definition = features(telcoSchema, (c) => ({
  tenure: standardize(c.tenure),
  monthly_charges: standardize(c.monthly_charges),
  total_charges: standardize(c.total_charges),
  gender: oneHot(c.gender),
  senior_citizen: oneHot(c.senior_citizen),
  partner: oneHot(c.partner),
  dependents: oneHot(c.dependents),
  phone_service: oneHot(c.phone_service),
  multiple_lines: oneHot(c.multiple_lines),
  internet_service: oneHot(c.internet_service),
  online_security: oneHot(c.online_security),
  online_backup: oneHot(c.online_backup),
  device_protection: oneHot(c.device_protection),
  tech_support: oneHot(c.tech_support),
  streaming_tv: oneHot(c.streaming_tv),
  streaming_movies: oneHot(c.streaming_movies),
  contract: oneHot(c.contract),
  paperless_billing: oneHot(c.paperless_billing),
  payment_method: oneHot(c.payment_method),
}));

/**
 * Penalties per row, and how much of them is on |w|. 0 is not among them: columns of 0 and 1 add up to one, and without a penalty no
 * single answer is the best.
 */
const choices = space((s) => ({
  penalty: s.category([0.0001, 0.01, 0.1]),
  mix: s.category([0, 0.5]),
  maxIterations: s.category([10, 50]),
}));

export const churnLogistic: Lesson = {
  title: "Telco churn: yes or no, by a grid of logistic regressions",
  run: "logistic_regression_cv",
  program: "examples/02-churn-logistic.ts",
  baseline: "the share of those who leave",
  teach: async ({ workspace, csv, signal, progress }) => {
    const { train, test } = await churnSides(workspace, csv);
    const rows = await train.count();
    const { model, best, fits } = await searchModel(train, {
      space: choices,
      fit: ({ penalty, mix, maxIterations }, part) =>
        logistic({ l1: penalty * mix * rows, l2: penalty * (1 - mix) * rows, maxIterations }).fit(
          part,
          { features: definition, label: "churn" },
        ),
      ...{ metric: "auc", by: "customer_id", folds: 3, seed: 42, sampler: grid() },
      ...(signal === undefined ? {} : { signal }),
      ...(progress === undefined ? {} : { progress }),
    });
    const judged = await evaluate(model, test, { metrics: churnMetrics });
    const { importances } = model;
    const { penalty, mix, maxIterations } = best.params;
    return {
      data: churnData,
      steps: [
        `12 combinations in 3 folds of ${count(rows, "customer")}: ${fits} fits, the last with the best of them`,
        `the best: penalty ${penalty}, mix ${mix}, at most ${maxIterations} steps; auc ${best.value?.toFixed(4) ?? "–"} over the folds`,
        `judged by ${count(judged.rows, "customer")} that no fold has seen`,
      ],
      params: { algorithm: "logistic", seed: 42, test: 0.2, folds: 3, fits, ...best.params },
      metrics: {
        ...measuredOf({ foldsAuc: best.value ?? undefined }),
        ...measuredOf(judged.metrics),
      },
      baseline: measuredOf(judged.baseline),
      warnings: judged.warnings,
      figures: figuresOf(judged.judged, {
        name: "logistic",
        classes: ["stayed", "left"],
        importances,
      }),
      learned: { model, example: await exampleOf(model, train) },
    };
  },
};
