/**
 * @file Ways to misuse the loop, none of which compiles. The type check proves it line by line;
 * `misuses.test.ts` reads the compiler's messages. After → stands what the message must name.
 */
import { split } from "../../src/dataset/index.ts";
import {
  bucketize,
  calendar,
  features,
  featureTable,
  flag,
  hashed,
  lookup,
  minMax,
  oneHot,
  ordinal,
  quantileScale,
  standardize,
  targetEncode,
  tfIdf,
} from "../../src/feature/index.ts";
import { average, boost, majority } from "../../src/model/index.ts";
import { client } from "../../src/serve/index.ts";
import { category, formatTree, type Row, when } from "../../src/table/index.ts";
import {
  type ChurnModel,
  churnClient,
  churnFeatures,
  customerFeatures,
  customers,
  keyClient,
  leakyFeatures,
  type ShopModel,
  type visits,
  type World,
} from "./churn.ts";

/** Never called: what is wrong here is wrong before anything runs. */
export async function misuses(world: World, model: ChurnModel) {
  const { lake, silver, table, shop, sides } = world;
  // schema
  // @ts-expect-error a level that is no text → number
  category(["a", 3]);
  // @ts-expect-error a row without a column → bought
  const row: Row<typeof visits> = { pages: 3 };
  // @ts-expect-error a level that the category has not → Weekly
  const level: Row<typeof customers>["contract"] = "Weekly";
  // @ts-expect-error null where the column is not nullable → null
  const tenure: Row<typeof customers>["tenure"] = null;

  // features
  // @ts-expect-error a column that was renamed → tenur
  features(customers, (c) => ({ x: standardize(c.tenur) }));
  // @ts-expect-error a category standardized → contract
  features(customers, (c) => ({ x: standardize(c.contract) }));
  // @ts-expect-error a truth value scaled → partner
  features(customers, (c) => ({ x: minMax(c.partner) }));
  // @ts-expect-error a moment in buckets → since
  features(customers, (c) => ({ x: bucketize(c.since, { edges: [1] }) }));
  // @ts-expect-error a number one-hot encoded → tenure
  features(customers, (c) => ({ x: oneHot(c.tenure) }));
  // @ts-expect-error free text as an order → customer_id
  features(customers, (c) => ({ x: ordinal(c.customer_id) }));
  // @ts-expect-error an order with a level that the category has not → Weekly
  features(customers, (c) => ({ x: ordinal(c.contract, { order: ["Weekly"] }) }));
  // @ts-expect-error a category as places that are quantiles → contract
  features(customers, (c) => ({ x: quantileScale(c.contract) }));
  // @ts-expect-error a number as words → tenure
  features(customers, (c) => ({ x: tfIdf(c.tenure) }));
  // @ts-expect-error a number hashed without buckets of its own → tenure
  features(customers, (c) => ({ x: hashed(c.tenure, { buckets: 4 }) }));
  // @ts-expect-error a truth value as a share of the label → partner
  features(customers, (c) => ({ x: targetEncode(c.partner) }));
  // @ts-expect-error a part of a calendar that there is not → fortnight
  features(customers, (c) => ({ x: calendar(c.since, { parts: ["fortnight"] }) }));
  // @ts-expect-error a category as a flag → contract
  features(customers, (c) => ({ x: flag(c.contract) }));
  // @ts-expect-error a comparison with a level that the category has not → Weekly
  features(customers, (c) => ({ x: flag(c.contract.is("Weekly")) }));
  // @ts-expect-error a text where a number is needed → string
  features(customers, (c) => ({ x: standardize(c.tenure.plus("1")) }));
  // @ts-expect-error a number divided by a text → customer_id
  features(customers, (c) => ({ x: standardize(c.tenure.over(c.customer_id)) }));
  // @ts-expect-error a choice by a number → tenure
  features(customers, (c) => ({ x: standardize(when(c.tenure, 1, 0)) }));
  // @ts-expect-error a choice between a number and a text → "0"
  features(customers, (c) => ({ x: standardize(when(c.partner, 1, "0")) }));
  // @ts-expect-error a feature that is no transform → tenure
  features(customers, (c) => ({ tenure: c.tenure }));

  // feature tables
  // @ts-expect-error a key that is no column → customerId
  featureTable({ name: "a.b", schema: customers, key: "customerId" });
  // @ts-expect-error a key with fractions → total_charges
  featureTable({ name: "a.b", schema: customers, key: "total_charges" });
  // @ts-expect-error a time that is a number → tenure
  featureTable({ name: "a.b", schema: customers, key: "customer_id", timestamp: "tenure" });
  // @ts-expect-error a feature that the table has not → tenur
  lookup(customerFeatures, ["tenur"]);
  // @ts-expect-error the key taken for a feature → customer_id
  lookup(customerFeatures, ["customer_id"]);
  // @ts-expect-error a request with a feature where the key is enough → tenure
  await keyClient.predict({ customer_id: "a", tenure: 3 });
  // @ts-expect-error a request without the key → customer_id
  await keyClient.predict({});

  // rows
  // @ts-expect-error a condition that is a number → tenure
  silver.where((c) => c.tenure);
  // @ts-expect-error a split by a column that is not there → customerId
  await split(silver, { by: "customerId" });
  // @ts-expect-error a merge on a column that is not there → customerId
  await table.merge(silver, { on: ["customerId"] });
  // @ts-expect-error rows of another table appended → pages
  await table.append([{ pages: 3, bought: true }]);

  // SQL
  const asked = await lake.sql("SELECT * FROM telco.silver", { schema: customers });
  // @ts-expect-error a column that the schema of a query has not → tenur
  asked.where((c) => c.tenur.isAbove(1));
  // @ts-expect-error a value that is no cell → Cell|{ b: number; }
  await lake.sql("SELECT $a", { values: { a: { b: 1 } } });
  // @ts-expect-error an option that a query has not → value
  await lake.sql("SELECT $a", { value: { a: 1 } });
  // @ts-expect-error rows that are no frame → AnyRows
  await lake.sql("SELECT * FROM x", { frames: { x: [{ a: 1 }] } });
  // @ts-expect-error a lineage in a direction that there is not → "up"
  formatTree(await lake.lineage("telco.silver"), { direction: "up" });

  // catalog
  // @ts-expect-error select on a volume → VolumePrivilege
  await lake.grant({ to: "ada", privilege: "select", on: { volume: "telco.landing" } });
  // @ts-expect-error a volume's privilege on a table → "read volume"
  await lake.grant({ to: "ada", privilege: "read volume", on: "telco.silver" });
  // @ts-expect-error one of several privileges that a schema has not → "use catalog"
  await lake.grant({ to: "ada", privilege: ["select", "use catalog"], on: { schema: "telco" } });
  // @ts-expect-error a privilege that nobody knows → "selct"
  await lake.isAllowed({ to: "ada", privilege: "selct", on: "telco.silver" });
  // @ts-expect-error a schema's name where a table's is needed → "telco"
  await lake.drop("telco");
  // @ts-expect-error a table dropped with what is in it → cascade
  await lake.drop("telco.silver", { cascade: true });
  // @ts-expect-error a table made by name → table
  await lake.create({ table: "telco.silver" });
  // @ts-expect-error an owner of a column → owner
  await lake.annotate({ table: "telco.silver", column: "tenure" }, { owner: "ada" });

  // fit
  // @ts-expect-error the label among the features → the label "churn" is among the columns
  await boost().fit(sides.train, { features: leakyFeatures, label: "churn" });
  // @ts-expect-error a moment as label → the label "since" is a timestamp column
  await boost().fit(sides.train, { features: churnFeatures, label: "since" });
  // @ts-expect-error a truth value averaged → the label "churn" is a bool column; expected an int or float
  await average().fit(sides.train, { features: churnFeatures, label: "churn" });
  // @ts-expect-error weights that are not there → tenur
  await majority().fit(sides.train, { features: churnFeatures, label: "churn", weights: "tenur" });
  // @ts-expect-error a label that is not there → there is no column "churned"
  await boost().fit(sides.train, { features: churnFeatures, label: "churned" });
  // @ts-expect-error features of another table → the rows have no column "tenure"
  await boost().fit(shop, { features: churnFeatures, label: "bought" });
  // @ts-expect-error an option that boost has not → tree
  boost({ tree: 10 });

  // predict and serve
  // @ts-expect-error a wrong category in a request → Weekly
  await churnClient.predict({ tenure: 3, contract: "Weekly", total_charges: 1 });
  // @ts-expect-error a missing field in a request → total_charges
  await churnClient.predict({ tenure: 3, contract: "One year" });
  // @ts-expect-error a field that the model does not read → partner
  model.predict({ tenure: 3, contract: "One year", total_charges: 1, partner: true });
  // @ts-expect-error null where the column is not nullable → null
  model.predict({ tenure: null, contract: "One year", total_charges: 1 });
  // @ts-expect-error a text where a number is needed → string
  await churnClient.predict({ tenure: "3", contract: "One year", total_charges: 1 });
  // @ts-expect-error an answer taken for a number → toFixed
  model.predict({ tenure: 3, contract: "One year", total_charges: 1 }).value.toFixed();
  // @ts-expect-error the client of another model → pages
  const other: typeof churnClient = client<ShopModel>("http://127.0.0.1:9", { endpoint: "s" });
  return { row, level, tenure, other };
}
