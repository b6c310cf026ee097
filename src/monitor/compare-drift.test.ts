import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Random, random } from "../core/index.ts";
import {
  bool,
  type Columns,
  category,
  type Frame,
  float,
  frame,
  int,
  type Lake,
  openLake,
  schema,
  text,
  timestamp,
} from "../table/index.ts";
import { edgesOf } from "./buckets.ts";
import { compareDrift, comparePredictions } from "./compare-drift.ts";
import { populationStability } from "./psi.ts";

const columns = {
  id: text({ key: true }),
  tenure: int({ nullable: true }),
  charges: float({ nullable: true }),
  contract: category(["month", "year", "two"], { nullable: true }),
  senior: bool({ nullable: true }),
  since: timestamp({ nullable: true }),
};
type CustomerRow = Readonly<Record<"tenure" | "charges", number | null>> &
  Readonly<{ contract: "month" | "year" | "two" | null; senior: boolean | null }>;

let home: string;
let lake: Lake;
let made = 0;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-drift-"));
  lake = await openLake(home);
});
afterAll(async () => {
  await lake.close();
  await rm(home, { recursive: true, force: true });
});

async function tableOf(rows: readonly CustomerRow[]): Promise<Frame<typeof columns>> {
  made += 1;
  const table = lake.table(`test.t${made}`, schema("customers", columns));
  await table.append(rows.map((row, i) => ({ id: `${i}`, since: null, ...row })));
  return table.read();
}
/** Customers like those of a telephone company: skewed tenure with ties, two groups of charges. */
function customers(draws: Random, rows: number): CustomerRow[] {
  return Array.from({ length: rows }, () => {
    const tenure = Math.min(72, Math.floor(73 * draws.next() ** 1.6));
    const charges = draws.next() < 0.22 ? 21 + 4.8 * draws.normal() : 77 + 18 * draws.normal();
    const contract = draws.pick(["month", "year", "two"] as const, [55, 21, 24]);
    return { tenure, charges, contract, senior: draws.next() < 0.16 };
  });
}
const base = customers(random(1), 5000);
const psiOf = async (reference: Frame<Columns>, current: Frame<Columns>) =>
  Object.fromEntries(
    (await compareDrift({ reference, current })).map(({ column, psi }) => [column, psi]),
  );
/** The formula by a loop over rows, with no sketch and none of the engine's help; what only one table has is half a row in the other. */
function plainPsi(before: readonly number[], now: readonly number[]): number {
  const sorted = before.toSorted((a, b) => a - b);
  const quantile = (i: number) => sorted[Math.ceil((i / 10) * sorted.length) - 1] ?? Number.NaN;
  const edges = edgesOf([1, 2, 3, 4, 5, 6, 7, 8, 9].map(quantile));
  const counts = (values: readonly number[]) => {
    const held = [...edges, Infinity].map(() => 0);
    for (const value of values) {
      const at = edges.filter((edge) => value >= edge).length;
      held[at] = (held[at] ?? 0) + 1;
    }
    return held;
  };
  const [a, b] = [counts(before), counts(now)];
  const of = (n: number, m = 0, rows: number) => (n + m === 0 ? 0 : Math.max(n, 0.5) / rows);
  return populationStability(
    a.map((n, i) => of(n, b[i], before.length)),
    b.map((n, i) => of(n, a[i], now.length)),
  );
}

describe("compareDrift", () => {
  test("gives exactly 0 for identical tables, by name", async () => {
    const reference = await tableOf(base);
    const drift = await compareDrift({ reference, current: await tableOf([...base].reverse()) });
    expect(drift.map(({ column, psi, level }) => [column, psi, level])).toEqual([
      ["charges", 0, "none"],
      ["contract", 0, "none"],
      ["senior", 0, "none"],
      ["tenure", 0, "none"],
    ]);
  });

  test("finds numbers that were scaled, and says how much is chance", async () => {
    const reference = await tableOf(base);
    const charges = (factor: number): CustomerRow[] =>
      base.map((row) => ({ ...row, charges: (row.charges ?? 0) * factor }));
    const levels: Record<string, string> = {};
    for (const factor of [1, 1.1, 1.2]) {
      const current = await tableOf(charges(factor));
      const [first] = await compareDrift({ reference, current, columns: ["charges"] });
      levels[factor] = first?.level ?? "";
      const now = charges(factor).map((row) => row.charges ?? 0);
      const plain = plainPsi(
        base.map((row) => row.charges ?? 0),
        now,
      );
      expect(first?.psi).toBeClose(plain, { rtol: 5e-3 }); // 5000 values, of which a sketch keeps 4096 apart
      expect(first?.noise).toBeClose(9 * (2 / 5000));
    }
    expect(levels).toEqual({ 1: "none", "1.1": "moderate", "1.2": "severe" });
  });

  test("agrees with its formula by hand", async () => {
    const row = (contract: CustomerRow["contract"]): CustomerRow => ({
      tenure: 1,
      charges: null,
      contract,
      senior: null,
    });
    const rows = (contracts: readonly CustomerRow["contract"][]) =>
      tableOf(contracts.flatMap((contract) => new Array<CustomerRow>(10).fill(row(contract))));
    const reference = await rows(["month", "month", "month", "year"]);
    const current = await rows(["month", "two", null, "year"]);
    const [first, ...others] = await compareDrift({ reference, current });
    expect(first?.buckets).toEqual([
      { label: "month", reference: 0.75, current: 0.25 },
      { label: "year", reference: 0.25, current: 0.25 },
      { label: "two", reference: 0, current: 0.25 },
      { label: "(missing)", reference: 0, current: 0.25 },
    ]);
    const expected = 0.5 * Math.log(3) + 2 * (0.0125 - 0.25) * Math.log(0.0125 / 0.25);
    expect(first?.psi).toBeClose(expected);
    expect(first?.level).toBe("severe");
    expect(others.map(({ psi }) => psi)).toEqual([0, 0, 0]);
  });

  test("puts nulls in a bucket of their own", async () => {
    const reference = await tableOf(base);
    const holes = base.map((row, i) => (i % 4 === 0 ? { ...row, tenure: null } : row));
    const [first] = await compareDrift({ reference, current: await tableOf(holes) });
    expect(first?.column).toBe("tenure");
    expect(first?.buckets.at(-1)).toEqual({ label: "(missing)", reference: 0, current: 0.25 });
  });

  test("sorts by PSI, then by name, and has no empty bucket in the reference", async () => {
    const reference = await tableOf(base);
    const half = base.filter(({ contract }) => contract === "month");
    const drift = await compareDrift({ reference, current: await tableOf(half) });
    expect(drift[0]?.column).toBe("contract");
    const sizes = drift.map(({ psi }) => psi);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    for (const { buckets } of drift)
      for (const bucket of buckets) expect(bucket.reference).toBeGreaterThan(0);
  });

  test("finds about as much as chance gives between two halves", async () => {
    const [reference, current] = [
      await tableOf(base.slice(0, 2500)),
      await tableOf(base.slice(2500)),
    ];
    for (const { psi, noise } of await compareDrift({ reference, current }))
      expect(psi).toBeLessThan(4 * noise);
  });

  test("law: the engine counts as the plain loop does", async () => {
    const cell = fc.oneof(
      fc.integer({ min: -3, max: 9 }),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    );
    const cells = fc.array(cell, { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(cells, cells, async (before, now) => {
        const asFrame = (values: readonly number[]): Frame =>
          frame({
            engine: lake.engine,
            schema: schema("numbers", { x: float() }),
            sql: `SELECT unnest([${values.map((v) => `'${v}'::DOUBLE`).join(", ")}]) AS x`,
          });
        const { x } = await psiOf(asFrame(before), asFrame(now));
        expect(x).toBeClose(plainPsi(before, now));
      }),
      { numRuns: 25 },
    );
  });

  test("has buckets for infinite values, also where most of the reference is infinite", async () => {
    const table = (sql: string) =>
      frame({ engine: lake.engine, schema: schema("numbers", { x: float() }), sql });
    const most = "SELECT CASE WHEN range % 3 = 0 THEN 1 ELSE 'inf'::DOUBLE END AS x FROM range(90)";
    const reference = table(most);
    const [same] = await compareDrift({ reference, current: reference });
    expect(same).toMatchObject({ psi: 0, level: "none" });
    expect(same?.buckets.at(-1)).toMatchObject({ label: "∞", reference: 2 / 3 });
    const current = table(`SELECT -x AS x FROM (${most})`);
    expect((await compareDrift({ reference, current }))[0]?.level).toBe("severe");
  });

  test("sees rare labels replaced by others, which are no other kind of other", async () => {
    const table = (letter: string) =>
      frame({
        engine: lake.engine,
        schema: schema("labels", { x: text() }),
        sql: `SELECT CASE WHEN range % 2 = 0 THEN 'often' ELSE '${letter}' || range % 200 END AS x FROM range(4000)`,
      });
    const [moved] = await compareDrift({ reference: table("a"), current: table("b") });
    expect(moved?.level).toBe("severe");
    expect(moved?.buckets.at(-1)).toEqual({ label: "(new)", reference: 0, current: 0.5 });
  });

  test("sees a change of a column that was nearly constant", async () => {
    const rows = (rare: (i: number) => boolean, charges: number) =>
      Array.from({ length: 400 }, (_, i) => {
        return { tenure: rare(i) ? 1 : 0, charges, contract: null, senior: null };
      });
    const reference = await tableOf(rows((i) => i % 20 === 0, 5));
    const current = await tableOf(rows(() => true, 99));
    const drift = await compareDrift({ reference, current, columns: ["tenure", "charges"] });
    expect(drift.map(({ level }) => level)).toEqual(["severe", "severe"]);
    const same = await compareDrift({ reference, current: reference, columns: ["tenure"] });
    expect(same[0]?.psi).toBe(0);
  });

  test("refuses an empty window", async () => {
    const [some, none] = [await tableOf(base), await tableOf([])];
    const code = "monitor/missing-rows";
    await expect(compareDrift({ reference: some, current: none })).rejects.toMatchObject({
      code,
      details: { which: "current" },
    });
    await expect(compareDrift({ reference: none, current: some })).rejects.toMatchObject({
      code,
      details: { which: "reference" },
    });
  });

  test("refuses columns that cannot be compared", async () => {
    const reference = await tableOf(base.slice(0, 5));
    const refused = async (change: object, code: string): Promise<void> => {
      const options = { reference, current: reference, ...change };
      await expect(compareDrift(options)).rejects.toMatchObject({ code });
    };
    await refused({ columns: ["tenur"] }, "monitor/unknown-column");
    await refused({ columns: ["since"] }, "monitor/unsupported-column");
    await refused({ columns: [] }, "monitor/missing-columns");
    const other = frame({
      engine: lake.engine,
      schema: schema("other", { tenure: text() }),
      sql: "SELECT 'x' AS tenure",
    });
    await refused({ current: other }, "monitor/mismatch-column");
    await refused({ bins: 1 }, "option/out-of-range");
    await refused({ columnz: [] }, "option/unknown-name");
  });
});

describe("comparePredictions", () => {
  test("compares probabilities with those of training", async () => {
    const current = frame({
      engine: lake.engine,
      schema: schema("log", { probability: float(), name: text() }),
      sql: "SELECT range / 1000 AS probability, 'a' AS name FROM range(1000)",
    });
    const same = Array.from({ length: 1000 }, (_, i) => i / 1000);
    expect(await comparePredictions({ reference: same, current })).toMatchObject({
      column: "probability",
      psi: 0,
    });
    const lower = same.map((p) => p / 2);
    expect(await comparePredictions({ reference: lower, current })).toMatchObject({
      level: "severe",
    });
    await expect(comparePredictions({ reference: [], current })).rejects.toMatchObject({
      code: "monitor/missing-rows",
    });
    await expect(
      comparePredictions({ reference: same, current, column: "name" }),
    ).rejects.toMatchObject({ code: "monitor/mismatch-column" });
  });
});
