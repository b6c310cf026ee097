/** @file The loop that the misuses are tried on: schema, rows, features, model, client. */
import type { Split } from "../../src/dataset/index.ts";
import {
  features,
  featureTable,
  lookup,
  type MissingPolicy,
  oneHot,
  standardize,
  trainingSet,
  withLookups,
} from "../../src/feature/index.ts";
import { boost } from "../../src/model/index.ts";
import { client } from "../../src/serve/index.ts";
import {
  bool,
  category,
  type Frame,
  float,
  int,
  type Lake,
  schema,
  type Table,
  text,
  timestamp,
} from "../../src/table/index.ts";

export const customers = schema("customers", {
  customer_id: text({ key: true }),
  tenure: int({ min: 0 }),
  contract: category(["Month-to-month", "One year", "Two year"]),
  partner: bool(),
  total_charges: float({ nullable: true }),
  since: timestamp(),
  churn: bool(),
});
export type Customers = (typeof customers)["columns"];

export const visits = schema("visits", { pages: int(), bought: bool() });
export type Visits = (typeof visits)["columns"];

export const churnFeatures = features(customers, (c) => ({
  tenure: standardize(c.tenure),
  contract: oneHot(c.contract),
  perMonth: standardize(c.total_charges.over(c.tenure.atLeast(1))),
}));

export const leakyFeatures = features(customers, (c) => ({
  churn: oneHot(c.churn),
  tenure: standardize(c.tenure),
}));

/** What exists at run time only; the functions that take it are never called. */
export interface World {
  readonly lake: Lake;
  readonly silver: Frame<Customers>;
  readonly table: Table<Customers>;
  readonly shop: Frame<Visits>;
  readonly sides: Split<Customers>;
}

export const fitChurn = ({ sides }: World) =>
  boost().fit(sides.train, { features: churnFeatures, label: "churn" });
export type ChurnModel = Awaited<ReturnType<typeof fitChurn>>;
export const churnClient = client<ChurnModel>("http://127.0.0.1:9", { endpoint: "churn" });

export const fitShop = ({ shop }: World) =>
  boost().fit(shop, {
    features: features(visits, (v) => ({ pages: standardize(v.pages) })),
    label: "bought",
  });
export type ShopModel = Awaited<ReturnType<typeof fitShop>>;

/** A feature table of customers, and a model that is asked by their keys. */
export const customerFeatures = featureTable({
  name: "telco.customer_features",
  schema: schema("customer features", {
    customer_id: text(),
    tenure: int(),
    charges: float({ nullable: true }),
  }),
  key: "customer_id",
});
const labels = schema("labels", { customer_id: text(), churn: bool() });

export async function labelledByKey(lake: Lake) {
  const rows = await lake.table("telco.labels", labels).read();
  const lookups = [lookup(customerFeatures)] as const;
  return trainingSet(lake, { labels: rows, lookups, label: "churn" });
}

export async function fitByKey(lake: Lake) {
  const set = await labelledByKey(lake);
  const definition = features(set.schema, (c) => ({ tenure: standardize(c.tenure) }));
  return withLookups(await boost().fit(set.rows, { features: definition, label: "churn" }), set);
}
export type KeyModel = Awaited<ReturnType<typeof fitByKey>>;
export const keyClient = client<KeyModel>("http://127.0.0.1:9", { endpoint: "churn" });

/** A training set under a policy for labels without features. */
export async function setUnder<M extends MissingPolicy>(lake: Lake, missing: M) {
  const rows = await lake.table("telco.labels", labels).read();
  const lookups = [lookup(customerFeatures)] as const;
  return trainingSet(lake, { labels: rows, lookups, label: "churn", missing });
}
