import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/support/frame-of.ts";
import { openEngine } from "../adapter/duckdb.ts";
import { int, schema, text } from "../schema.ts";
import { snakeCase, standardise, standardNames } from "./names.ts";

const engine = await openEngine();
afterAll(() => engine.close());

/** The header of the public Telco churn file as delivered, and what its columns should be called. */
const header = {
  customer_id: "customer_id",
  gender: "gender",
  seniorCitizen: "senior_citizen",
  partner: "partner",
  Dependents: "dependents",
  tenure: "tenure",
  Phone_Service: "phone_service",
  MultipleLines: "multiple_lines",
  InternetService: "internet_service",
  Online_Security: "online_security",
  Online_Backup: "online_backup",
  DeviceProtection: "device_protection",
  TechSupport: "tech_support",
  StreamingTV: "streaming_tv",
  StreamingMovies: "streaming_movies",
  Contract: "contract",
  paperlessbilling: "paperless_billing",
  paymentmethod: "payment_method",
  MonthlyCharges: "monthly_charges",
  TotalCharges: "total_charges",
  Churn: "churn",
};
const overrides = { paperlessbilling: "paperless_billing", paymentmethod: "payment_method" };

describe("snakeCase", () => {
  test("reads every spelling that marks its words", () => {
    const names = ["customerID", "HTTPServer", "Total Charges (USD)", "kebab-case", "Q1Total", "a"];
    expect(names.map(snakeCase)).toEqual([
      "customer_id",
      "http_server",
      "total_charges_usd",
      "kebab_case",
      "q1_total",
      "a",
    ]);
    expect(["_loaded_at", "__x", "größeÄnderung", "Año2024"].map(snakeCase)).toEqual([
      "_loaded_at",
      "_x",
      "größe_änderung",
      "año2024",
    ]);
  });

  test("refuses a name without a letter or a digit", () => {
    for (const name of ["", " ", "***", "_"])
      expect(() => snakeCase(name)).toThrow(
        expect.objectContaining({ code: "table/unsupported-name" }),
      );
  });

  test("law: a name in snake_case stays as it is", () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9 _-]{0,12}[a-zA-Z][a-zA-Z0-9 _-]{0,12}$/);
    fc.assert(
      fc.property(word, (name) => {
        const once = snakeCase(name);
        expect(once).toMatch(/^_?[a-z0-9]+(_[a-z0-9]+)*$/);
        expect(snakeCase(once)).toBe(once);
      }),
    );
  });
});

describe("standardNames", () => {
  test("brings a header of five spellings into one, with a map for words that run together", () => {
    expect(standardNames(Object.keys(header), overrides)).toEqual(header);
  });

  test("refuses two columns that would get one name, and names them", () => {
    expect(() => standardNames(["TotalCharges", "total_charges"])).toThrow(
      expect.objectContaining({
        code: "table/duplicate-name",
        details: expect.objectContaining({ names: ["TotalCharges", "total_charges"] }),
      }),
    );
  });

  test("refuses an override for a column that is not there", () => {
    expect(() => standardNames(["a"], { b: "c" })).toThrow(
      expect.objectContaining({ code: "table/unknown-column" }),
    );
  });
});

describe("standardise", () => {
  test("gives the same rows under standard names", async () => {
    const raw = schema("raw", { TotalItems: int(), paymentmethod: text() });
    const rows = frameOf(engine, raw, [{ TotalItems: 3, paymentmethod: "card" }]);
    const standard = standardise(rows, { paymentmethod: "payment_method" });
    expect(await standard.rows()).toEqual([{ total_items: 3, payment_method: "card" }]);
    expect(standard.schema.columns["total_items"]).toEqual(int());
  });
});
