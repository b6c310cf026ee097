/** @file The lesson of boosting: who leaves, by trees that take categories as they are. */
import { count } from "../../core/index.ts";
import { telcoSchema } from "../../dataset/index.ts";
import { features, flag, indexLevels, numeric } from "../../feature/index.ts";
import { boost, evaluate } from "../../model/index.ts";
import { figuresOf } from "../../plot/index.ts";
import { churnData, churnMetrics, churnSides } from "./churn.ts";
import type { Lesson } from "./lesson.ts";
import { exampleOf, measuredOf } from "./measured.ts";

/** Levels are numbered once, from the training rows, and kept in the model: a later batch cannot change them. */
const definition = features(telcoSchema, (c) => ({
  tenure: numeric(c.tenure),
  monthly_charges: numeric(c.monthly_charges),
  total_charges: numeric(c.total_charges),
  gender: indexLevels(c.gender),
  senior_citizen: flag(c.senior_citizen),
  partner: flag(c.partner),
  dependents: flag(c.dependents),
  phone_service: flag(c.phone_service),
  multiple_lines: indexLevels(c.multiple_lines),
  internet_service: flag(c.internet_service),
  online_security: indexLevels(c.online_security),
  online_backup: indexLevels(c.online_backup),
  device_protection: indexLevels(c.device_protection),
  tech_support: indexLevels(c.tech_support),
  streaming_tv: indexLevels(c.streaming_tv),
  streaming_movies: indexLevels(c.streaming_movies),
  contract: indexLevels(c.contract),
  paperless_billing: flag(c.paperless_billing),
  payment_method: indexLevels(c.payment_method),
}));

const options = {
  trees: 100,
  depth: 4,
  learningRate: 0.1,
  rowSample: 0.8,
  columnSample: 0.8,
  seed: 42,
};

export const churnBoost: Lesson = {
  title: "Telco churn: yes or no, by boosted trees",
  run: "boosted_trees",
  program: "examples/03-churn-boost.ts",
  baseline: "the share of those who leave",
  teach: async (task) => {
    const { train, test } = await churnSides(task.workspace, task.csv);
    const model = await boost(options).fit(train, { features: definition, label: "churn" }, task);
    const judged = await evaluate(model, test, { metrics: churnMetrics });
    const { importances } = model;
    return {
      data: churnData,
      steps: [
        `100 trees of depth 4 on ${count(await train.count(), "customer")}, 8 of 10 rows and columns for each tree, categories as they are`,
        `judged by ${count(judged.rows, "other customer")}`,
      ],
      params: { algorithm: "boost", ...options, test: 0.2 },
      metrics: measuredOf(judged.metrics),
      baseline: measuredOf(judged.baseline),
      warnings: judged.warnings,
      figures: figuresOf(judged.judged, {
        name: "boost",
        classes: ["stayed", "left"],
        importances,
      }),
      learned: { model, example: await exampleOf(model, train) },
    };
  },
};
