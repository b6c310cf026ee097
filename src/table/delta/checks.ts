/** @file CHECK constraints judged: whether each can be, before anything is written, and then by all rows. */
import type { Engine } from "../adapter/duckdb.ts";
import { fail } from "../errors.ts";
import type { SampleRow } from "../fault-texts.ts";
import { quoteName } from "../sql-text.ts";
import type { Add } from "./actions.ts";
import { parseCheck } from "./check-sql.ts";
import type { TablePlace } from "./log.ts";
import { scanSql } from "./scan.ts";
import type { Shape } from "./shape.ts";

/** A check of a table, and its condition in the engine's SQL. */
export interface ReadyCheck {
  readonly check: string;
  readonly condition: string;
  readonly sql: string;
  /** Those that it is about. */
  readonly columns: readonly string[];
}

interface Judging {
  readonly place: TablePlace;
  readonly engine: Engine;
}

/** The checks of a table in the engine's SQL. Throws `table/unsupported-check` for one that it cannot judge. */
export async function checksOf(
  { place, engine }: Judging,
  shape: Shape,
): Promise<readonly ReadyCheck[]> {
  const { name } = place;
  const ready: ReadyCheck[] = [];
  for (const [check, condition] of shape.checks) {
    const refuse = (reason: string, cause?: unknown): never =>
      fail("table/unsupported-check", { name, check, reason }, { cause });
    const parsed = parseCheck(condition, Object.keys(shape.columns));
    if ("reason" in parsed) return refuse(parsed.reason);
    const none = scanSql(place, { ...shape, files: [] });
    const [found] = await engine
      .describe(`SELECT (${parsed.sql}) FROM (${none})`)
      .catch((cause: Error) => refuse((cause.message.split("\n")[0] ?? "").trim(), cause));
    if (found?.type !== "BOOLEAN") return refuse(`it is no condition: ${condition}`);
    ready.push({ check, condition, ...parsed });
  }
  return ready;
}

/** Reads files and counts the rows for which a check is not true. Throws `table/mismatch-check`. */
export async function checkRows(
  { place, engine }: Judging,
  rows: { readonly shape: Shape; readonly files: readonly Add[] },
  checks: readonly ReadyCheck[],
): Promise<void> {
  const { name } = place;
  const { shape, files } = rows;
  for (const { check, condition, sql, columns } of files.length === 0 ? [] : checks) {
    const scan = scanSql(place, { ...shape, files });
    const [row] = await engine.query(
      `SELECT count(*) AS n FROM (${scan}) WHERE (${sql}) IS NOT TRUE`,
    );
    const bad = Number(row?.["n"] ?? 0);
    if (bad === 0) continue;
    const sample = await breakingRow(engine, scan, { sql, columns });
    fail("table/mismatch-check", { name, check, condition, rows: bad, sample });
  }
}

/** A row of a SELECT for which a check is not true, as texts of the columns that the check is about. */
async function breakingRow(
  engine: Engine,
  rows: string,
  { sql, columns }: Pick<ReadyCheck, "sql" | "columns">,
): Promise<SampleRow> {
  const cells = columns.map((name, i) => `, CAST(${quoteName(name)} AS VARCHAR) AS c${i}`);
  const [row = {}] = await engine.query(
    `SELECT ((${sql}) IS NULL) AS unknown${cells.join("")} FROM (${rows}) WHERE (${sql}) IS NOT TRUE LIMIT 1`,
  );
  const values = columns.map((name, i) => {
    const value = row[`c${i}`];
    return [name, typeof value === "string" ? value : null] as const;
  });
  return { values: Object.fromEntries(values), isUnknown: row["unknown"] === true };
}
