/** @file Yes or no, by boosted trees: who leaves. `./mill learn churn-boost` holds it against stored metrics. */
import * as m from "millrace";

// A seeded twin of the Telco churn file: 7,043 customers that never were.
await using lake = await m.openLake("./churn");
const table = lake.table("learn.telco_customers", m.telcoSchema);
await table.overwrite(m.telcoTwin().customers);
const rows = await table.read();
const { train, test } = await m.split(rows, { test: 0.2, by: "customer_id", seed: 42 });

// Trees need no scaling and take categories as they are. The model keeps the levels: a later batch cannot change them.
const features = m.features(m.telcoSchema, (c) => ({
  tenure: m.numeric(c.tenure),
  monthly_charges: m.numeric(c.monthly_charges),
  total_charges: m.numeric(c.total_charges),
  gender: m.indexLevels(c.gender),
  senior_citizen: m.flag(c.senior_citizen),
  partner: m.flag(c.partner),
  dependents: m.flag(c.dependents),
  phone_service: m.flag(c.phone_service),
  multiple_lines: m.indexLevels(c.multiple_lines),
  internet_service: m.flag(c.internet_service),
  online_security: m.indexLevels(c.online_security),
  online_backup: m.indexLevels(c.online_backup),
  device_protection: m.indexLevels(c.device_protection),
  tech_support: m.indexLevels(c.tech_support),
  streaming_tv: m.indexLevels(c.streaming_tv),
  streaming_movies: m.indexLevels(c.streaming_movies),
  contract: m.indexLevels(c.contract),
  paperless_billing: m.flag(c.paperless_billing),
  payment_method: m.indexLevels(c.payment_method),
}));
const shape = { trees: 100, depth: 4, learningRate: 0.1 };
const chance = { rowSample: 0.8, columnSample: 0.8, seed: 42 };
const model = await m.boost({ ...shape, ...chance }).fit(train, { features, label: "churn" });

const { metrics, baseline } = await m.evaluate(model, test);
console.log("auc     ", metrics.auc?.toFixed(3), "trivial", baseline.auc?.toFixed(3));
console.log("accuracy", metrics.accuracy?.toFixed(3), "trivial", baseline.accuracy?.toFixed(3));
console.log("recall  ", metrics.recall?.toFixed(3), "trivial", baseline.recall?.toFixed(3));

// Why: what the columns of one customer added to the log-odds of leaving.
const [customer] = await test.rows();
if (customer !== undefined) {
  const [why] = m.explain(model, [customer]);
  const effects = why?.contributions.map((one) => ({ ...one, effect: one.amounts[0] ?? 0 })) ?? [];
  effects.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  for (const { column, value, effect } of effects.slice(0, 3))
    console.log(column, "=", value, effect > 0 ? "speaks for leaving" : "speaks for staying");
}
