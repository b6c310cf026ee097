/** @file Yes or no, by a grid of logistic regressions: who leaves. `./mill learn churn-logistic` holds it against stored metrics. */
import * as m from "millrace";

// A seeded twin of the Telco churn file: 7,043 customers that never were.
await using lake = await m.openLake("./churn");
const table = lake.table("learn.telco_customers", m.telcoSchema);
await table.overwrite(m.telcoTwin().customers);
const rows = await table.read();
const { train, test } = await m.split(rows, { test: 0.2, by: "customer_id", seed: 42 });

// Numbers on one scale, a column of 0 and 1 for each level of the others.
const features = m.features(m.telcoSchema, (c) => ({
  tenure: m.standardize(c.tenure),
  monthly_charges: m.standardize(c.monthly_charges),
  total_charges: m.standardize(c.total_charges),
  gender: m.oneHot(c.gender),
  senior_citizen: m.oneHot(c.senior_citizen),
  partner: m.oneHot(c.partner),
  dependents: m.oneHot(c.dependents),
  phone_service: m.oneHot(c.phone_service),
  multiple_lines: m.oneHot(c.multiple_lines),
  internet_service: m.oneHot(c.internet_service),
  online_security: m.oneHot(c.online_security),
  online_backup: m.oneHot(c.online_backup),
  device_protection: m.oneHot(c.device_protection),
  tech_support: m.oneHot(c.tech_support),
  streaming_tv: m.oneHot(c.streaming_tv),
  streaming_movies: m.oneHot(c.streaming_movies),
  contract: m.oneHot(c.contract),
  paperless_billing: m.oneHot(c.paperless_billing),
  payment_method: m.oneHot(c.payment_method),
}));

// 12 combinations, each judged by 3 folds; the best is fitted once more to all that may be learned from.
const n = await train.count();
const { model, best, fits } = await m.searchModel(train, {
  space: m.space((s) => ({
    penalty: s.category([0.0001, 0.01, 0.1]),
    mix: s.category([0, 0.5]),
    maxIterations: s.category([10, 50]),
  })),
  fit: ({ penalty, mix, maxIterations }, part) =>
    m
      .logistic({ l1: penalty * mix * n, l2: penalty * (1 - mix) * n, maxIterations })
      .fit(part, { features, label: "churn" }),
  ...{ metric: "auc", by: "customer_id", folds: 3, seed: 42, sampler: m.grid() },
});
console.log(`${fits} fits; the best:`, best.params);

// Scored once, by customers that no fold has seen; the share of leavers is the trivial answer.
const { metrics, baseline } = await m.evaluate(model, test);
console.log("auc     ", metrics.auc?.toFixed(3), "trivial", baseline.auc?.toFixed(3));
console.log("accuracy", metrics.accuracy?.toFixed(3), "trivial", baseline.accuracy?.toFixed(3));
console.log("recall  ", metrics.recall?.toFixed(3), "trivial", baseline.recall?.toFixed(3));
