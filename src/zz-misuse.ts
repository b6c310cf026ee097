import { schema, text, int, float, bool, category, type Frame, type Table } from "./table/index.ts";
import { features, standardize, oneHot, flag, ordinal } from "./feature/index.ts";
import { boost } from "./model/index.ts";
import { client } from "./serve/index.ts";
import { split } from "./dataset/index.ts";
const customers = schema("customers", {
  customerId: text({ key: true }), tenure: int(), contract: category(["Month-to-month", "One year", "Two year"]), partner: bool(),
  totalCharges: float({ nullable: true }), churn: bool(),
});
declare const silver: Frame<(typeof customers)["columns"]>;
declare const table: Table<(typeof customers)["columns"]>;
const churnFeatures = features(customers, (c) => ({
  tenure: standardize(c.tenure), contract: oneHot(c.contract), perMonth: standardize(c.totalCharges.over(c.tenure.atLeast(1))),
}));
const churn = await boost().fit(silver, { features: churnFeatures, label: "churn" });
const churnClient = client<typeof churn>("http://x", { endpoint: "churn" });
await churnClient.predict({ tenure: 3, contract: "One year", totalCharges: null });
// ---- misuse
features(customers, (c) => ({ x: standardize(c.tenur) }));
features(customers, (c) => ({ x: standardize(c.contract) }));
features(customers, (c) => ({ x: oneHot(c.tenure) }));
features(customers, (c) => ({ x: flag(c.contract) }));
features(customers, (c) => ({ x: flag(c.contract.is("Weekly")) }));
features(customers, (c) => ({ x: standardize(c.tenure.plus("1")) }));
features(customers, (c) => ({ x: standardize(c.tenure.plus(c.customerId)) }));
features(customers, (c) => ({ x: ordinal(c.contract, { order: ["Weekly"] }) }));
const leaky = features(customers, (c) => ({ churn: oneHot(c.churn), tenure: standardize(c.tenure) }));
await boost().fit(silver, { features: leaky, label: "churn" });
await boost().fit(silver, { features: churnFeatures, label: "customerId" });
await boost().fit(silver, { features: churnFeatures, label: "chrn" });
await churnClient.predict({ tenure: 3, contract: "Weekly", totalCharges: 1 });
await churnClient.predict({ tenure: 3, contract: "One year" });
await churnClient.predict({ tenure: 3, contract: "One year", totalCharges: 1, churn: true });
await churnClient.predict({ tenure: null, contract: "One year", totalCharges: 1 });
await churnClient.predict({ tenure: "3", contract: "One year", totalCharges: 1 });
await table.merge(silver, { on: ["customer_id"] });
silver.where((c) => c.tenure);
silver.where((c) => c.tenure.isAbove("3"));
await split(silver, { by: "customer_id" });
const other = schema("other", { age: int(), left: bool() });
declare const others: Frame<(typeof other)["columns"]>;
await boost().fit(others, { features: churnFeatures, label: "left" });
const left = await boost().fit(others, { features: features(other, (c) => ({ age: standardize(c.age) })), label: "left" });
const wrong: typeof churnClient = client<typeof left>("http://x", { endpoint: "left" });
churn.predict({ age: 3 });
(await churn.predict({ tenure: 3, contract: "One year", totalCharges: null })).value.toFixed();
await table.append([{ customerId: "a", tenure: 1, contract: "One year", totalCharges: 1, partner: true }]);
