/** @file The whole flow in one program: rows, a checked table, a model, a version, an answer, a watch. */
import {
  bool,
  boost,
  category,
  check,
  expectations,
  features,
  float,
  gate,
  int,
  loadModel,
  majority,
  monitorReport,
  oneHot,
  openWorkspace,
  promote,
  schema,
  scoreBinary,
  split,
  standardize,
  suite,
  telcoTwin,
  text,
} from "millrace";

// A schema is the type of the table, of the features' inputs, of the requests and of the client.
const customers = schema("customers", {
  customer_id: text({ key: true }),
  tenure: int({ nullable: true, min: 0, unit: "months" }),
  contract: category(["Month-to-month", "One year", "Two year"]),
  monthly_charges: float({ min: 0, unit: "USD" }),
  churn: bool(),
});

await using workspace = await openWorkspace("./whole-flow");
const rows = telcoTwin({ rows: 2000 }).customers.map(
  ({ customer_id, tenure, contract, monthly_charges, churn }) => ({
    customer_id,
    tenure,
    contract,
    monthly_charges,
    churn,
  }),
);
const table = workspace.lake.table("telco.customers", customers);
await table.merge(rows, { on: ["customer_id"] });
const silver = await table.read();

const e = expectations(customers);
gate(
  await check(
    silver,
    suite("customers", customers, [e.unique("customer_id"), e.between("tenure", { min: 0 })]),
  ),
);

const churnFeatures = features(customers, (c) => ({
  tenure: standardize(c.tenure),
  contract: oneHot(c.contract),
  monthly: standardize(c.monthly_charges),
}));
const { train, test, fingerprint } = await split(silver, {
  test: 0.2,
  by: "customer_id",
  seed: 42,
});
const how = { features: churnFeatures, label: "churn" } as const;
const baseline = await majority().fit(train, how);
const model = await boost({ trees: 50, depth: 3 }).fit(train, how);
console.log(model.predict({ tenure: 3, contract: "One year", monthly_charges: 70 }));
