import { afterAll, describe, expect, test } from "vitest";
import { telcoHeader, telcoTwin } from "../../dataset/index.ts";
import {
  type AnyRows,
  bool,
  category,
  type cells,
  clean,
  formatPlan,
  openEngine,
  planCleaning,
  type Recipe,
  schema,
  snakeCase,
  text,
} from "../../table/index.ts";
import { classic, classicSilver } from "./classic.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const nullable = { nullable: true } as const;
const labels = ["No", "Yes", "No internet service"] as const;
const betterSilver = schema("telco silver", {
  ...classicSilver.columns,
  multiple_lines: category(["No", "Yes", "No phone service"], nullable),
  online_security: category(labels, nullable),
  online_backup: category(labels),
});
/** The demo's facts, and one row a customer. */
const better: Recipe<typeof betterSilver.columns> = {
  name: "default",
  names: "snake_case",
  from: { paperless_billing: "paperlessbilling", payment_method: "paymentmethod" },
  steps: [
    {
      do: "recover",
      column: "internet_service",
      from: (c) => c.online_backup.is("No internet service").not(),
      why: "online_backup says whether there is internet",
    },
    {
      do: "recover",
      column: "phone_service",
      from: (c) => c.multiple_lines.is("No phone service").not(),
      why: "multiple_lines says whether there is a phone",
    },
    {
      do: "rule",
      when: (c) => c.total_charges.isBelow(0),
      action: "replace",
      column: "total_charges",
      with: null,
      why: "a total below zero cannot be",
    },
    {
      do: "agree",
      facts: (c) => [c.phone_service, c.multiple_lines.is("No phone service").not()],
      action: "count",
      why: "phone_service agrees with multiple_lines",
    },
    { do: "distinct", by: ["customer_id"], keep: "last", why: "one row a customer" },
  ],
};

const [header = "", ...lines] = telcoTwin().csv.trimEnd().split("\r\n");
/** The twin as bronze keeps it: every cell as text, and technical columns. */
const bronze = schema("bronze", {
  ...Object.fromEntries(Object.values(telcoHeader).map((name) => [name, text(nullable)])),
  _loaded_at: text(),
  _row_id: text(),
  _is_processed: bool(),
});
async function withTwin<T>(work: (rows: AnyRows) => Promise<T>): Promise<T> {
  const columns = Object.entries(bronze.columns).map(([name, { kind }]) => ({ name, kind }));
  const rows = lines.map((line, i) => [
    ...line.split(",").map((cell) => (cell === "" ? null : cell)),
    "2024-01-01",
    `row-${i}`,
    false,
  ]);
  return engine.withRows({ columns, cells: rows }, (table) =>
    work({ engine, schema: bronze, sql: `SELECT * FROM ${table}` }),
  );
}

/** The same in TypeScript, row by row, as the workshop's text says it. */
function classicByHand(): readonly (readonly [number, number, number])[] {
  const names = header.split(",");
  const rows = lines.map((line) => {
    const found = line.split(",");
    return Object.fromEntries(names.map((name, i) => [name, found[i] ?? ""]));
  });
  const blank = (name: string) => (row: Record<string, string>) => row[name] === "";
  const count = (of: typeof rows, some: readonly string[]) =>
    some.reduce((sum, name) => sum + of.filter(blank(name)).length, 0);
  const kept = rows.filter((row) => blank("TotalCharges")(row) || Number(row["TotalCharges"]) > 0);
  const left = kept.filter((row) => !blank("tenure")(row) && !blank("TotalCharges")(row));
  const texts = ["gender", "MultipleLines", "Online_Security", "Contract", "paymentmethod"];
  const truths = ["seniorCitizen", "partner", "Dependents", "Phone_Service", "paperlessbilling"];
  const n = kept.length;
  return [
    [rows.length, rows.length, 0],
    [rows.length, n, 0],
    [n, n, n],
    [n, n, 0],
    [n, n, count(kept, texts)],
    [n, n, count(kept, truths)],
    [n, left.length, 0],
  ];
}

describe("classic recipe", () => {
  test("has the row flow of the workshop on the twin, next to the default's", async () => {
    await withTwin(async (rows) => {
      await using old = await clean(rows, classicSilver, classic);
      const flow = old.steps.map(({ rowsIn, rowsOut, cellsChanged }) => [
        rowsIn,
        rowsOut,
        cellsChanged,
      ]);
      expect(flow).toEqual(classicByHand());
      expect(flow).toEqual([
        [7043, 7043, 0],
        [7043, 6570, 0], // 473 totals below zero
        [6570, 6570, 6570],
        [6570, 6570, 0], // the 30 % rule never fires
        [6570, 6570, 2626],
        [6570, 6570, 2660],
        [6570, 5273, 0],
      ]);
      expect(await old.quarantine.count()).toBe(7043 - 5273);

      await using now = await clean(rows, betterSilver, better);
      const after = now.steps.map(({ rowsIn, rowsOut }) => [rowsIn, rowsOut]);
      expect(after).toEqual(after.map(() => [7043, 7043]));
      expect(now.steps[4]?.found).toEqual({ disagree: 0 });
      expect(now.rescued).toBe(473);
    });
  });

  test("mislabels the internet of rows whose one witness is missing, which the default does not", async () => {
    await withTwin(async (rows) => {
      await using old = await clean(rows, classicSilver, classic);
      await using now = await clean(rows, betterSilver, better);
      const wrong = (c: ReturnType<typeof cells<typeof classicSilver.columns>>) =>
        c.internet_service.and(c.tech_support.is("No internet service"));
      expect(await old.frame.where(wrong).count()).toBe(113);
      const missed = now.frame.where((c) =>
        c.internet_service.and(c.tech_support.is("No internet service")),
      );
      expect(await missed.count()).toBe(0);
    });
  });

  test("prints its effects as a table before anything is written", async () => {
    await withTwin(async (rows) => {
      const printed = formatPlan(
        await planCleaning(rows, classicSilver, { ...classic, examples: 1 }),
      );
      expect(printed).toContain("rejects row row-");
      expect(printed.split("\n")[0]).toMatch(/^classic +rows in +rows out +cells changed$/);
    });
  });

  test("finds all columns but two by rule", () => {
    const odd = Object.entries(telcoHeader).filter(([name, from]) => snakeCase(from) !== name);
    expect(odd.map(([name]) => name)).toEqual(["paperless_billing", "payment_method"]);
  });
});
