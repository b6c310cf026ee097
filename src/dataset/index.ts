/** @file From a table to what an estimator learns from, and the data sets made for trying. */

export {
  type TelcoColumn,
  type TelcoCustomer,
  telcoHeader,
  telcoHoles,
  telcoSchema,
} from "./telco/schema.ts";
export {
  type TelcoMonthOptions,
  type TelcoTwin,
  type TelcoTwinOptions,
  telcoMonth,
  telcoTwin,
} from "./telco.ts";
