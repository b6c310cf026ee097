/** @file A suite of expectations, judged in one scan, and the gate that stops a bad write. */
import { type Clock, count, systemClock } from "../core/index.ts";
import type { ColumnSpecs, Finding, Json } from "../flow.ts";
import { type AnyRows, type Columns, type Frame, quoteName, type Schema } from "../table/index.ts";
import { fail } from "./errors.ts";
import { columnsOf, type Expectation } from "./make-expectation.ts";
import { batchSql, type Compiled, isRowPlan, type Surroundings } from "./scan/compile.ts";
import { judge, type Outcome } from "./scan/judge.ts";
import { secondLook } from "./scan/samples.ts";
import type { QuerySource, RowPlan } from "./types/definition.ts";
import type { Kwargs } from "./types/kwargs.ts";

/** Named expectations, which need not be bound to the columns of a table. */
export interface ExpectationSuite {
  readonly name: string;
  readonly expectations: readonly Expectation[];
  readonly id?: string | null;
  /** Values of the parameters that arguments name. */
  readonly parameters?: Kwargs;
  readonly notes?: Json;
  readonly meta?: Readonly<Record<string, Json>>;
}

/** Named expectations about one schema. */
export interface Suite<C extends Columns = Columns> extends ExpectationSuite {
  readonly schema: Schema<C>;
}

/** What expectations may refer to besides the rows. */
export interface CheckOptions {
  /** Values of suite parameters; they win over the suite's own. */
  readonly parameters?: Kwargs;
  /** What `now()` of suite parameters is; default the system's clock. */
  readonly clock?: Clock;
  /** Other tables, by the names that expectations use. */
  readonly tables?: Readonly<Record<string, AnyRows>>;
  /** Other sources of rows, by the names that expectations use: each runs a query. */
  readonly sources?: Readonly<Record<string, QuerySource>>;
}

/** What a suite found. */
export interface CheckReport {
  readonly suite: string;
  readonly table: string;
  readonly rows: number;
  /** False when an expectation of severity critical failed. */
  readonly passed: boolean;
  readonly findings: readonly Finding[];
}

/** Names expectations as a suite. Throws `check/unknown-column`. */
export function suite<C extends Columns>(
  name: string,
  schema: Schema<C>,
  expectations: readonly Expectation[],
): Suite<C> {
  return withSchema({ name, expectations }, schema);
}

/**
 * Binds a suite, such as one read from JSON, to a schema.
 *
 * @throws `check/unknown-column` for an expectation about a column that the schema has not
 * @example
 * ```ts
 * const points = schema("points", { x: int() });
 * const read = readSuite('{"name":"s","expectations":[]}');
 * withSchema(read, points).schema.name // => "points"
 * ```
 */
export function withSchema<C extends Columns>(
  given: ExpectationSuite,
  schema: Schema<C>,
): Suite<C> {
  const columns = Object.keys(schema.columns);
  for (const column of given.expectations.flatMap(columnsOf))
    if (!columns.includes(column))
      fail("check/unknown-column", {
        at: `an expectation of suite ${JSON.stringify(given.name)}`,
        column,
        columns,
      });
  return { ...given, schema };
}

/** What the expectations of a suite are compiled against. */
export function surroundings(
  columns: ColumnSpecs,
  given: ExpectationSuite,
  { parameters = {}, tables = {}, sources = {}, clock = systemClock }: CheckOptions,
): Surroundings {
  return { columns, tables, sources, clock, parameters: { ...given.parameters, ...parameters } };
}

/**
 * Judges rows by a suite: one scan whatever the number of expectations, and a look at a few rows
 * for each that fails.
 *
 * @param options - What the expectations refer to by name.
 * @returns Findings; a bad table is a fact, not an exception. See {@link gate}.
 * @throws `check/mismatch-kind`, `check/failed-query`, `check/unsupported-regex`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = schema("points", { x: int() });
 * const table = lake.table("demo.points", points);
 * await table.append([{ x: 1 }, { x: -1 }]);
 * const positive = suite("positive", points, [expectations(points).between("x", { min: 0 })]);
 * const report = await check(await table.read(), positive);
 * report.passed // => false
 * report.findings[0]?.failedRows // => 1
 * ```
 */
export async function check<C extends Columns>(
  rows: Frame<C>,
  judged: Suite<C>,
  options: CheckOptions = {},
): Promise<CheckReport> {
  const around = surroundings(rows.schema.columns, judged, options);
  const { rows: count, outcomes } = await judge(rows, judged.expectations, around);
  const findings: Finding[] = [];
  for (const outcome of outcomes) findings.push(await findingOf(rows, outcome, count));
  const passed = findings.every((finding) => finding.passed || finding.severity !== "critical");
  return { suite: judged.name, table: judged.schema.name, rows: count, passed, findings };
}

/** Throws `check/failed-suite` with every critical failure when the report did not pass. */
export function gate(report: CheckReport): void {
  if (report.passed) return;
  const failures = report.findings
    .filter((finding) => !finding.passed && finding.severity === "critical")
    .map(({ expectation, failedRows, rows, sample }) => {
      const shown =
        sample.length > 0
          ? `, for example ${sample
              .slice(0, 3)
              .map((v) => JSON.stringify(v))
              .join(", ")}`
          : "";
      return `${expectation} (${failedRows} of ${count(rows, "row")} ${failedRows === 1 ? "does" : "do"} not${shown})`;
    });
  fail("check/failed-suite", { suite: report.suite, table: report.table, failures });
}

/** An outcome as a finding; of one about the whole table, every row breaks it or none. */
async function findingOf(rows: AnyRows, outcome: Outcome, count: number): Promise<Finding> {
  if (outcome.kind === "failed") throw outcome.error;
  const { expectation, plan } = outcome.compiled;
  const common = {
    expectation: expectation.says,
    column: expectation.column,
    severity: expectation.severity,
  };
  if (outcome.kind === "measure") {
    const look = isRowPlan(plan) ? undefined : plan.look;
    const measured =
      outcome.success || look === undefined
        ? outcome
        : await look(outcome, secondLook(rows, false));
    const all = Math.max(count, 1);
    const passed = measured.success;
    const { observed_value: seen = null } = measured.result;
    const observed = seen === null ? {} : { observed: seen };
    return { ...common, passed, failedRows: passed ? 0 : all, rows: all, sample: [], ...observed };
  }
  const passed = outcome.success;
  const sample =
    passed || !isRowPlan(plan) ? [] : await keysOf(rows, { ...outcome.compiled, plan });
  return { ...common, passed, failedRows: outcome.surplus, rows: outcome.looked, sample };
}

/** Up to five rows that break an expectation: their keys, or the values themselves. */
async function keysOf(
  rows: AnyRows,
  { plan, where }: Compiled & { readonly plan: RowPlan },
): Promise<readonly Json[]> {
  const keys = Object.entries(rows.schema.columns).filter(([, spec]) => spec.key === true);
  const shown = keys.length > 0 ? keys.map(([name]) => name) : plan.shown;
  if (shown.length === 0) return [];
  const { looked, broken, unique } = plan;
  const select = shown
    .map((name) => `coalesce(${quoteName(name)}::VARCHAR, '')`)
    .join(" || ' ' || ");
  const about = `${where ?? "true"} AND ${looked}`;
  const names = unique?.map(quoteName).join(", ");
  const twice =
    names === undefined
      ? broken
      : `(${names}) IN (SELECT (${names}) FROM batch WHERE ${about} GROUP BY ${names} HAVING count(*) > 1)`;
  const found = await rows.engine.query(
    `WITH ${batchSql(rows)} SELECT ${select} AS shown FROM batch WHERE ${about} AND ${twice} ORDER BY shown LIMIT 5`,
  );
  return found.map((row) => row["shown"] as Json);
}
