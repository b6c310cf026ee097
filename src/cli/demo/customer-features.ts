/** @file The demo's feature table, and the training set that looks it up. */
import { telcoSchema } from "../../dataset/index.ts";
import { featureTable, lookup, trainingSet, writeFeatures } from "../../feature/index.ts";
import { type AnyRows, bool, type Lake, quoteName, schema, text } from "../../table/index.ts";

const { churn: _, ...facts } = telcoSchema.columns;

/** What is known of a customer before anybody knows whether they leave. */
export const customerFeatures = featureTable({
  name: "telco.customer_features",
  schema: schema("customer features", facts),
  key: "customer_id",
  label: "churn",
  owners: ["millrace demo"],
  description: "contract, services and charges of each customer",
});

/** All that a request holds: the key by which the features are looked up. */
export const churnRequest = schema("churn request", { customer_id: text() });

/** Who left and who stayed: what a training set begins with. */
export const churnLabels = schema("churn of customers", { customer_id: text(), churn: bool() });

/** Writes customers into the feature table, those that are there by then included. */
export async function writeCustomers(
  lake: Lake,
  customers: AnyRows,
): Promise<{ readonly version: number; readonly rows: number }> {
  const names = Object.keys(facts).map(quoteName).join(", ");
  const rows = await lake.sql(`SELECT ${names} FROM customers`, {
    frames: { customers },
    schema: customerFeatures.schema,
  });
  const { version } = await writeFeatures(lake, customerFeatures, rows);
  return { version, rows: await rows.count() };
}

/** The labels of some rows, each with the features of its customer. */
export async function churnSet(lake: Lake, rows: AnyRows) {
  const labels = await lake.sql("SELECT customer_id, churn FROM labelled ORDER BY customer_id", {
    frames: { labelled: rows },
    schema: churnLabels,
  });
  const lookups = [lookup(customerFeatures)] as const;
  return trainingSet(lake, { labels, lookups, label: "churn", missing: "refuse" });
}
export type ChurnSet = Awaited<ReturnType<typeof churnSet>>;
