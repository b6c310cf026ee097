/** @file A suite of expectations, judged in one scan, and the gate that stops a bad write. */
import type { Finding, Json } from "../flow.ts";
import { type AnyRows, type Columns, type Frame, quoteName, type Schema } from "../table/index.ts";
import { fail } from "./errors.ts";
import type { Expectation } from "./expectation.ts";

/** Named expectations about one schema. */
export interface Suite<C extends Columns = Columns> {
  readonly name: string;
  readonly schema: Schema<C>;
  readonly expectations: readonly Expectation[];
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
  const columns = Object.keys(schema.columns);
  for (const { column } of expectations)
    if (column !== null && !columns.includes(column))
      fail("check/unknown-column", { suite: name, column, columns });
  return { name, schema, expectations };
}

/**
 * Judges rows by a suite: one scan whatever the number of expectations, and a look at a few rows
 * for each that fails.
 *
 * @returns Findings; a bad table is a fact, not an exception. See {@link gate}.
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
): Promise<CheckReport> {
  const { engine, sql } = rows;
  const counts = judged.expectations.flatMap(({ lookedAt, broken }, i) => [
    `${lookedAt} AS n${i}`,
    `${broken} AS b${i}`,
  ]);
  const scan = `SELECT ${["count(*) AS n", ...counts].join(", ")} FROM (${sql})`;
  const [row = {}] = await engine.query(scan);
  const findings: Finding[] = [];
  for (const [i, expectation] of judged.expectations.entries()) {
    const looked = Number(row[`n${i}`] ?? 0);
    const failedRows = Number(row[`b${i}`] ?? 0);
    const passed = looked === 0 ? failedRows === 0 : 1 - failedRows / looked >= expectation.mostly;
    findings.push({
      expectation: expectation.says,
      column: expectation.column,
      severity: expectation.severity,
      passed,
      failedRows,
      rows: looked,
      sample: passed ? [] : await sampleOf(rows, expectation),
    });
  }
  const passed = findings.every((finding) => finding.passed || finding.severity !== "critical");
  return {
    suite: judged.name,
    table: judged.schema.name,
    rows: Number(row["n"] ?? 0),
    passed,
    findings,
  };
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
      return `${expectation} (${failedRows} of ${rows} rows do not${shown})`;
    });
  fail("check/failed-suite", { suite: report.suite, table: report.table, failures });
}

/** Up to five rows that break an expectation: their keys, or the values themselves. */
async function sampleOf(
  rows: AnyRows,
  { type, column, brokenRow }: Expectation,
): Promise<readonly Json[]> {
  const keys = Object.entries(rows.schema.columns).filter(([, spec]) => spec.key === true);
  const shown = keys.length > 0 ? keys.map(([name]) => name) : column === null ? [] : [column];
  const isUnique = type === "expect_column_values_to_be_unique";
  if (shown.length === 0 || (brokenRow === null && !isUnique)) return [];
  const select = shown.map((name) => `${quoteName(name)}::VARCHAR`).join(" || ' ' || ");
  const name = column === null ? "" : quoteName(column);
  const where =
    brokenRow ??
    `${name} IN (SELECT ${name} FROM (${rows.sql}) GROUP BY ${name} HAVING count(*) > 1)`;
  const found = await rows.engine.query(
    `SELECT ${select} AS shown FROM (${rows.sql}) WHERE ${where} ORDER BY shown LIMIT 5`,
  );
  return found.map((row) => row["shown"] as Json);
}
