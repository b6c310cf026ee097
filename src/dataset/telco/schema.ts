/** @file The columns of a telecom customer, and how the raw file spells them. */
import { bool, category, float, int, type Row, schema, text } from "../../table/index.ts";

const nullable = { nullable: true } as const;
const withInternet = ["No", "Yes", "No internet service"] as const;

/**
 * A customer of the Telco churn file, cleaned: 21 columns in snake_case. The columns in which the
 * raw file has holes are nullable.
 */
export const telcoSchema = schema("customers", {
  customer_id: text({ key: true, pattern: /\d{4}-[A-Z]{5}/ }),
  gender: category(["Female", "Male"], nullable),
  senior_citizen: bool(nullable),
  partner: bool(nullable),
  dependents: bool(nullable),
  tenure: int({ nullable: true, min: 0, max: 72, unit: "months" }),
  phone_service: bool(nullable),
  multiple_lines: category(["No", "Yes", "No phone service"], nullable),
  internet_service: bool(),
  online_security: category(withInternet, nullable),
  online_backup: category(withInternet),
  device_protection: category(withInternet),
  tech_support: category(withInternet),
  streaming_tv: category(withInternet),
  streaming_movies: category(withInternet),
  contract: category(["Month-to-month", "One year", "Two year"]),
  paperless_billing: bool(),
  payment_method: category(
    ["Electronic check", "Mailed check", "Bank transfer (automatic)", "Credit card (automatic)"],
    nullable,
  ),
  monthly_charges: float({ nullable: true, min: 0, unit: "USD" }),
  total_charges: float({ nullable: true, min: 0, unit: "USD" }),
  churn: bool(),
});

/** A row of {@link telcoSchema}. */
export type TelcoCustomer = Row<typeof telcoSchema>;

/** A column of {@link telcoSchema}. */
export type TelcoColumn = keyof TelcoCustomer;

/** The header of the raw file, which mixes five ways of writing names. */
export const telcoHeader: Readonly<Record<TelcoColumn, string>> = {
  customer_id: "customer_id",
  gender: "gender",
  senior_citizen: "seniorCitizen",
  partner: "partner",
  dependents: "Dependents",
  tenure: "tenure",
  phone_service: "Phone_Service",
  multiple_lines: "MultipleLines",
  internet_service: "InternetService",
  online_security: "Online_Security",
  online_backup: "Online_Backup",
  device_protection: "DeviceProtection",
  tech_support: "TechSupport",
  streaming_tv: "StreamingTV",
  streaming_movies: "StreamingMovies",
  contract: "Contract",
  paperless_billing: "paperlessbilling",
  payment_method: "paymentmethod",
  monthly_charges: "MonthlyCharges",
  total_charges: "TotalCharges",
  churn: "Churn",
};

/** The columns of which a tenth is missing in the raw file. */
export const telcoHoles = [
  "gender",
  "senior_citizen",
  "partner",
  "dependents",
  "tenure",
  "phone_service",
  "multiple_lines",
  "online_security",
  "payment_method",
  "total_charges",
] as const satisfies readonly TelcoColumn[];
