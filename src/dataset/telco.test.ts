import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type TelcoColumn, type TelcoCustomer, telcoHeader, telcoHoles } from "./telco/schema.ts";
import { telcoMonth, telcoTwin } from "./telco.ts";

const { csv, customers } = telcoTwin();
const lines = csv.split("\r\n");
const cells = lines.slice(1, -1).map((line) => line.split(","));
const columns = Object.keys(telcoHeader) as TelcoColumn[];
const column = (name: TelcoColumn): string[] =>
  cells.map((row) => row[columns.indexOf(name)] ?? "");
const numbers = (name: TelcoColumn): number[] =>
  column(name).flatMap((text) => (text === "" ? [] : [Number(text)]));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length;
const churnOf = (pick: (customer: TelcoCustomer) => boolean): number =>
  mean(customers.filter(pick).map(({ churn }) => (churn ? 100 : 0)));
const near = (value: number, expected: number, within: number) =>
  expect(value).toBeClose(expected, { rtol: 0, atol: within });

function correlation(a: readonly number[], b: readonly number[]): number {
  const centred = (x: readonly number[]) => {
    const m = mean(x);
    return x.map((v) => v - m);
  };
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, v, i) => sum + v * (y[i] ?? 0), 0);
  const [p, q] = [centred(a), centred(b)];
  return dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q));
}

describe("telcoTwin", () => {
  test("writes 7,043 lines of 21 cells under the original's header, with CRLF and no quotes", () => {
    expect(lines[0]).toBe(
      "customer_id,gender,seniorCitizen,partner,Dependents,tenure,Phone_Service,MultipleLines,InternetService,Online_Security,Online_Backup,DeviceProtection,TechSupport,StreamingTV,StreamingMovies,Contract,paperlessbilling,paymentmethod,MonthlyCharges,TotalCharges,Churn",
    );
    expect(cells).toHaveLength(7043);
    expect(lines.at(-1)).toBe("");
    expect(cells.every((row) => row.length === 21)).toBe(true);
    expect(csv.includes('"')).toBe(false);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asserted
    expect(/^[\x00-\x7f]*$/.test(csv)).toBe(true);
    expect(csv.split("\n")).toHaveLength(7045);
    expect(new Set(column("customer_id")).size).toBe(7043);
    expect(column("customer_id").every((id) => /^\d{4}-[A-Z]{5}$/.test(id))).toBe(true);
  });

  test("leaves 704 holes in each of nine columns, 715 in the total, and InternetService empty", () => {
    const holes = Object.fromEntries(
      columns.map((name) => [name, column(name).filter((text) => text === "").length]),
    );
    const expected = Object.fromEntries(columns.map((name) => [name, 0]));
    for (const name of telcoHoles) expected[name] = 704;
    expect(holes).toEqual({ ...expected, total_charges: 715, internet_service: 7043 });
  });

  test("spells values as the original does", () => {
    const distinct = (name: TelcoColumn) => [...new Set(column(name))].sort();
    expect(distinct("senior_citizen")).toEqual(["", "0.0", "1.0"]);
    expect(distinct("partner")).toEqual(["", "No", "Yes"]);
    expect(distinct("churn")).toEqual(["No", "Yes"]);
    expect(distinct("tech_support")).toEqual(["No", "No internet service", "Yes"]);
    expect(distinct("tenure")).toHaveLength(74);
    expect(column("tenure").every((text) => text === "" || /^\d+\.0$/.test(text))).toBe(true);
    expect(Math.max(...column("monthly_charges").map((text) => text.length))).toBeGreaterThan(16);
    expect(new Set(column("monthly_charges")).size).toBe(7043);
  });

  test("has 473 totals below zero, none of zero, most of them in the first months", () => {
    expect(numbers("total_charges").filter((v) => v < 0)).toHaveLength(473);
    expect(numbers("total_charges").filter((v) => v === 0)).toHaveLength(0);
    const tenures = cells
      .filter((row) => Number(row[columns.indexOf("total_charges")]) < 0)
      .map((row) => row[columns.indexOf("tenure")]);
    expect(tenures.filter((t) => t === "1.0").length).toBeGreaterThan(180);
    const blank = cells.filter((row) => row[5] === "0.0").map((row) => row[19]);
    expect(blank.length).toBeGreaterThan(7);
    expect(new Set(blank)).toEqual(new Set([""]));
    expect(customers.filter(({ tenure }) => tenure === 0)).toHaveLength(11);
  });

  test("never contradicts itself about internet and phone", () => {
    for (const row of customers) {
      const without = row.internet_service ? 0 : 6;
      const services = Object.values(row).filter((v) => v === "No internet service");
      expect(services).toHaveLength(without);
      expect(row.multiple_lines === "No phone service").toBe(!row.phone_service);
    }
  });

  test("keeps the original's shares of churn", () => {
    expect(customers.filter(({ churn }) => churn)).toHaveLength(1869);
    near(
      churnOf((c) => c.contract === "Month-to-month"),
      42.7,
      2.5,
    );
    near(
      churnOf((c) => c.contract === "One year"),
      11.3,
      3,
    );
    near(
      churnOf((c) => c.contract === "Two year"),
      2.8,
      1,
    );
    near(
      churnOf((c) => c.payment_method === "Electronic check"),
      45.2,
      2.5,
    );
    near(
      churnOf((c) => c.payment_method === "Mailed check"),
      19.3,
      2.5,
    );
    near(
      churnOf((c) => c.paperless_billing),
      33.6,
      2.5,
    );
    near(
      churnOf((c) => c.senior_citizen === true),
      41.4,
      2.5,
    );
    near(
      churnOf((c) => c.partner === true),
      19.8,
      2.5,
    );
    near(
      churnOf((c) => c.dependents === true),
      15.7,
      2.5,
    );
    near(
      churnOf((c) => c.tech_support === "No"),
      41.6,
      2.5,
    );
    near(
      churnOf((c) => c.tech_support === "Yes"),
      15.2,
      2.5,
    );
    near(
      churnOf((c) => c.gender === "Male"),
      churnOf((c) => c.gender === "Female"),
      3,
    );
    near(
      churnOf(({ tenure }) => tenure !== null && tenure <= 12),
      47.8,
      3,
    );
    near(
      churnOf(({ tenure }) => tenure !== null && tenure >= 49),
      9.5,
      2,
    );
  });

  test("keeps the original's charges and how they go together", () => {
    near(mean(numbers("monthly_charges")), 64.73, 1);
    near(mean(numbers("total_charges")), 2286, 120);
    near(mean(numbers("tenure")), 32.48, 1.5);
    const known = customers.map((c) => [c.tenure ?? 0, c.monthly_charges, c.total_charges ?? 0]);
    const [tenure, monthly, total] = [0, 1, 2].map((i) => known.map((row) => row[i] ?? 0));
    near(correlation(tenure ?? [], monthly ?? []), 0.255, 0.1);
    near(correlation(tenure ?? [], total ?? []), 0.824, 0.06);
    near(correlation(monthly ?? [], total ?? []), 0.646, 0.06);
  });

  test("adds the damage that the original lacks when it is asked for", () => {
    const damaged = telcoTwin({ rows: 500, duplicates: 7, spellings: 9, badNumbers: 5 });
    const plain = telcoTwin({ rows: 500 });
    const rows = damaged.csv.split("\r\n").slice(1, -1);
    expect(rows).toHaveLength(507);
    expect(new Set(rows).size).toBe(500);
    const known = new Set(plain.csv.split("\r\n"));
    const changed = [...new Set(rows)].filter((line) => !known.has(line));
    expect(changed.length).toBeGreaterThan(11);
    expect(changed.length).toBeLessThanOrEqual(14);
    expect(damaged.customers).toEqual(plain.customers);
  });

  test("law: the counts hold for any number of rows, and a seed always gives the same bytes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (rows, seed) => {
        const twin = telcoTwin({ rows, seed });
        const table = twin.csv
          .split("\r\n")
          .slice(1, -1)
          .map((line) => line.split(","));
        expect(table).toHaveLength(rows);
        const blank = (j: number) => table.filter((row) => row[j] === "").length;
        expect(blank(1)).toBe(Math.round(rows * 0.1));
        expect(table.filter((row) => Number(row[19]) < 0).length).toBe(
          Math.min(Math.round((rows * 473) / 7043), rows - blank(19)),
        );
        expect(telcoTwin({ rows, seed }).csv).toBe(twin.csv);
      }),
      { numRuns: 30 },
    );
  });

  test("refuses options that make no sense", () => {
    const wrong: readonly object[] = [
      { rows: 0 },
      { rows: 1.5 },
      { seed: Number.NaN },
      { rows: 5, duplicates: 6 },
      { spellings: -1 },
      { badNumbers: -1 },
    ];
    for (const options of wrong)
      expect(() => telcoTwin(options)).toThrow(
        expect.objectContaining({ code: "option/out-of-range" }),
      );
    expect(() => telcoTwin({ row: 5 } as object)).toThrow('unknown option "row"');
  });
});

describe("telcoMonth", () => {
  const share = (rows: readonly TelcoCustomer[], pick: (customer: TelcoCustomer) => boolean) =>
    rows.filter(pick).length / rows.length;

  test("makes other customers under the same law", () => {
    const month = telcoMonth({ rows: 4000, seed: 7 });
    near(
      share(month, ({ churn }) => churn),
      0.265,
      0.03,
    );
    near(
      share(month, ({ contract }) => contract === "Month-to-month"),
      0.55,
      0.03,
    );
    near(mean(month.map((c) => c.monthly_charges ?? Number.NaN)), 64.73, 1.5);
    expect(month.every(({ total_charges }) => total_charges !== null && total_charges > 0)).toBe(
      true,
    );
    const ids = new Set(customers.map((c) => c.customer_id));
    for (const rows of [month, telcoMonth({ seed: 42 })])
      expect(rows.filter((c) => ids.has(c.customer_id))).toHaveLength(0);
  });

  test("drifts in price, contract, tenure and law", () => {
    const month = telcoMonth({ rows: 4000, seed: 7, drift: 1 });
    const before = telcoMonth({ rows: 4000, seed: 7 });
    const monthly = (rows: readonly TelcoCustomer[]) =>
      mean(rows.map((c) => c.monthly_charges ?? Number.NaN));
    expect(monthly(month)).toBeGreaterThan(1.15 * monthly(before));
    expect(share(month, (c) => c.contract === "Month-to-month")).toBeGreaterThan(0.62);
    expect(mean(month.map((c) => c.tenure ?? 0))).toBeLessThan(26);
    expect(share(month, ({ churn }) => churn)).toBeGreaterThan(0.32);
  });

  test("blanks a share of the columns that have holes in the file", () => {
    const month = telcoMonth({ rows: 2000, missing: 0.1 });
    for (const name of telcoHoles)
      near(
        share(month, (c) => c[name] === null),
        0.1,
        0.03,
      );
    expect(share(month, (c) => c.contract === null)).toBe(0);
  });

  test("refuses options that make no sense", () => {
    for (const options of [{ drift: 2 }, { missing: 1 }, { rows: 0 }])
      expect(() => telcoMonth(options)).toThrow(
        expect.objectContaining({ code: "option/out-of-range" }),
      );
    expect(() => telcoMonth({ month: 5 } as object)).toThrow('unknown option "month"');
  });
});
