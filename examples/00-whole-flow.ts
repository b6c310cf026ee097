/** @file The whole flow in one program: rows, a checked table, a model, a version, a typed answer, a watch. */
import * as m from "millrace";

// One schema is the type of the table, the features' inputs, the requests and the client.
const customers = m.schema("customers", {
  customer_id: m.text({ key: true }),
  tenure: m.int({ nullable: true, min: 0, unit: "months" }),
  contract: m.category(["Month-to-month", "One year", "Two year"]),
  monthly_charges: m.float({ nullable: true, min: 0, unit: "USD" }),
  churn: m.bool(),
});
const pick = (all: readonly m.TelcoCustomer[]) =>
  all.map(({ customer_id, tenure, contract, monthly_charges, churn }) => {
    return { customer_id, tenure, contract, monthly_charges, churn };
  });

// Rows into a Delta table, once per customer, behind a gate of expectations.
await using workspace = await m.openWorkspace("./whole-flow");
const table = workspace.lake.table("telco.customers", customers);
await table.merge(pick(m.telcoTwin({ rows: 4000 }).customers), { on: ["customer_id"] });
const rows = await table.read();
const e = m.expectations(customers);
m.gate(await m.check(rows, m.suite("customers", customers, [e.between("tenure", { min: 0 })])));

// Features are one expression each, fitted on the training rows only, and travel in the model.
const features = m.features(customers, (c) => ({
  tenure: m.standardize(c.tenure),
  contract: m.oneHot(c.contract),
  monthly: m.standardize(c.monthly_charges),
}));
const { train, test, fingerprint } = await m.split(rows, { test: 0.2, by: "customer_id", seed: 1 });
const model = await m.boost({ trees: 60, depth: 3 }).fit(train, { features, label: "churn" });

// The better model becomes the champion; a tie keeps the one there is.
const truth = await test.rows();
const score = async (judged: m.ServedModel) => {
  const p = await judged.predictAll(truth.map(({ customer_id, churn, ...input }) => input));
  const y = Float64Array.from(truth, ({ churn }) => Number(churn));
  return {
    auc: m.rocAuc(
      y,
      Float64Array.from(p, ({ probability }) => probability ?? Number.NaN),
    ),
  };
};
await using run = await workspace.tracking.startRun({ experiment: "churn", name: "boost" });
await run.logMetrics(await score(model));
const rule = { gate: { auc: 0.7 }, metric: "auc", holdout: fingerprint, score };
const candidates = [{ model, runId: run.id }];
const { outcome } = await m.promote(workspace.registry, "churn", { ...rule, candidates });
console.log(`${outcome}: auc ${(await score(model)).auc.toFixed(2)}`);

// It answers over HTTP; every answer is a row of a table, which the monitor compares with the other.
const [signature, folder] = [model.signature, "./whole-flow/serving"];
const table2 = { lake: workspace.lake, table: "serving.churn_log", signature, folder };
await using log = await m.openInferenceLog(table2);
const churn = m.endpoint({ name: "churn", model, version: 1, log });
await using web = await m.serveHttp({ endpoints: [churn] });
const ask = m.client<typeof model>(web.url, { endpoint: "churn" });
const month = pick(m.telcoMonth({ rows: 400, seed: 2, drift: 1 }));
await ask.predictAll(month.map(({ customer_id, churn, ...input }) => input));
const { severe } = await m.monitorReport({ reference: train, log: await log.read() });
console.log("drifted:", ...[...severe].sort());
await run.end();
