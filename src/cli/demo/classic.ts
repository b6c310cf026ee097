/**
 * @file The classic recipe for the Telco file, as it is often taught: kept beside the default one, so that
 * the two can be compared. It fills what it does not know and drops customers of their first month.
 */
import { expectations, suite } from "../../check/index.ts";
import {
  bool,
  float,
  int,
  type Recipe,
  rescuedColumn,
  schema,
  text,
  timestamp,
  when,
} from "../../table/index.ts";

const nullable = { nullable: true } as const;

/** Its silver table: 23 columns, in which labels are free text, and the load time. */
export const classicSilver = schema("telco silver, classic", {
  customer_id: text(),
  gender: text(nullable),
  senior_citizen: bool(nullable),
  partner: bool(nullable),
  dependents: bool(nullable),
  tenure: int(nullable),
  phone_service: bool(nullable),
  multiple_lines: text(nullable),
  internet_service: bool(nullable),
  online_security: text(nullable),
  online_backup: text(nullable),
  device_protection: text(nullable),
  tech_support: text(nullable),
  streaming_tv: text(nullable),
  streaming_movies: text(nullable),
  contract: text(nullable),
  paperless_billing: bool(nullable),
  payment_method: text(nullable),
  monthly_charges: float(nullable),
  total_charges: float(nullable),
  churn: bool(nullable),
  _loaded_at: timestamp(),
  _row_id: text(),
  _is_processed: bool(),
  ...rescuedColumn,
});

/** The recipe, kept as it is so that its result can be compared. */
export const classic: Recipe<typeof classicSilver.columns> = {
  name: "classic",
  names: "snake_case",
  from: { paperless_billing: "paperlessbilling", payment_method: "paymentmethod" },
  steps: [
    {
      do: "keep",
      rows: (c) => c.total_charges.isAbove(0).or(c.total_charges.isMissing()),
      why: "total_charges is above 0 or missing",
    },
    {
      do: "rule",
      action: "transform",
      column: "internet_service",
      to: (c) => when(c.online_security.is("No internet service"), false, true),
      why: "online_security says whether there is internet",
    },
    { do: "complete rows", values: Math.round(24 * 0.3), why: "30 % of the columns have a value" },
    {
      do: "impute",
      columns: [
        "gender",
        "multiple_lines",
        "online_security",
        "online_backup",
        "device_protection",
        "tech_support",
        "streaming_tv",
        "streaming_movies",
        "contract",
        "payment_method",
      ],
      by: "constant",
      value: "N/A",
      why: "a label for no text",
    },
    {
      do: "impute",
      columns: [
        "senior_citizen",
        "partner",
        "dependents",
        "phone_service",
        "internet_service",
        "paperless_billing",
        "churn",
      ],
      by: "constant",
      value: false,
      why: "false for no truth",
    },
    {
      do: "complete rows",
      columns: ["tenure", "total_charges"],
      share: 1,
      why: "tenure and total_charges are there",
    },
  ],
};

const e = expectations(classicSilver);
const truths = [
  "senior_citizen",
  "partner",
  "dependents",
  "phone_service",
  "internet_service",
  "paperless_billing",
  "churn",
] as const;

/** What is asked of its rows before they are written. */
export const classicSuite = suite("classic_suite", classicSilver, [
  e.notNull("customer_id"),
  e.notNull("churn"),
  ...truths.map((column) => e.ofType(column, "BooleanType")),
  e.between("tenure", { min: 0 }),
  e.between("total_charges", { min: 0 }),
]);
