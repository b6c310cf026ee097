/** @file What a step would do to the rows so far: counts in one scan, and examples. */
import type { Clock } from "../../core/index.ts";
import type { Cell } from "../../flow.ts";
import type { AnyRows } from "../frame.ts";
import type { Columns, Schema } from "../schema.ts";
import { quoteName } from "../sql-text.ts";
import { type Deed, place } from "./deed.ts";
import { rowIdSql } from "./quarantine.ts";
import { type CleanStep, labelOf, type Recipe, type StepReport } from "./steps.ts";

/** One cell that a step changed, as text. */
export interface CellChange {
  /** The row's `_row_id`, or its place in the source. */
  readonly row: string;
  readonly column: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What is cleaned, into what, and how. */
export interface RunTask<C extends Columns> {
  readonly source: AnyRows;
  readonly target: Schema<C>;
  readonly recipe: Recipe<C>;
  /** Cells that every row gets, by column; those columns need not be delivered. */
  readonly values?: Readonly<Partial<Record<string, Cell>>>;
  /** Tells when rows are rejected. Default: the machine's. */
  readonly clock?: Clock;
  /** How many changed cells and rejected rows of each step to show. Default 0. */
  readonly examples?: number;
}

/** One step as it was done. */
export interface DoneStep {
  readonly report: StepReport;
  readonly changes: readonly CellChange[];
  readonly rejected: readonly string[];
}

/** The places of the rows that a deed rejects. */
export const rejectedSql = ({ reject = "false" }: Deed, table: string): string =>
  `SELECT p FROM (SELECT t.${place} AS p, coalesce(${reject}, false) AS r FROM ${table} t) WHERE r`;

/** The rows after a deed. */
export function nextSql(deed: Deed, table: string): string {
  const { set, shuffles = false } = deed;
  const order = shuffles ? ` ORDER BY ${place}` : "";
  if (set === undefined)
    return `SELECT * EXCLUDE ("\u0001out") FROM (SELECT *, coalesce(${deed.reject}, false) AS "\u0001out" FROM ${table} t) WHERE NOT "\u0001out"${order}`;
  const changes = Object.entries(set).map(([column, sql]) => `(${sql}) AS ${quoteName(column)}`);
  return `SELECT * REPLACE (${changes.join(", ")}) FROM ${table} t${order}`;
}

/** What a deed would do. */
export interface Measured {
  readonly done: DoneStep;
  readonly rejected: number;
  readonly isChanged: boolean;
}

/** Counts what a deed would do, in one scan. */
export async function measure<C extends Columns>(
  task: RunTask<C>,
  { step, deed, table }: { step: CleanStep<C>; deed: Deed; table: string },
): Promise<Measured> {
  const { engine } = task.source;
  const changes = Object.entries(deed.set ?? {}).map(
    ([column, sql]) => [column, `(t.${quoteName(column)} IS DISTINCT FROM (${sql}))`] as const,
  );
  const flags = changes.map(([, sql], i) => `${sql} AS c${i}`);
  const counts = changes.map((_, i) => `count(*) FILTER (c${i}) AS c${i}`);
  const [row] = await engine.query(
    `SELECT ${["count(*) AS n, count(*) FILTER (r) AS r", ...counts].join(", ")}
      FROM (SELECT ${[`coalesce(${deed.reject ?? "false"}, false) AS r`, ...flags].join(", ")} FROM ${table} t)`,
  );
  const changed = changes.map(([column], i) => ({ column, cells: Number(row?.[`c${i}`]) }));
  const own = changed.filter(({ column }) => column !== "_rescued");
  const [rowsIn, rejected] = [Number(row?.["n"]), Number(row?.["r"])];
  const report: StepReport = {
    step: labelOf(step),
    rowsIn,
    rowsOut: rowsIn - rejected,
    cellsChanged: own.reduce((sum, { cells }) => sum + cells, 0),
    ...(deed.found === undefined ? {} : { found: deed.found }),
    ...(deed.fitted === undefined ? {} : { fitted: deed.fitted }),
  };
  const shown = own.filter(({ cells }) => cells > 0).map(({ column }) => column);
  const examples = await exampleCells(task, shown, { deed, table });
  return {
    done: { report, changes: examples, rejected: [] },
    rejected,
    isChanged: changed.some(({ cells }) => cells > 0),
  };
}

/** The first changed cells of each column, in the order of the rows. */
async function exampleCells<C extends Columns>(
  { source: { engine }, target, examples = 0 }: RunTask<C>,
  columns: readonly string[],
  { deed, table }: { deed: Deed; table: string },
): Promise<readonly CellChange[]> {
  if (examples === 0) return [];
  const found: CellChange[] = [];
  for (const column of columns) {
    const old = `t.${quoteName(column)}`;
    const sql = deed.set?.[column] ?? old;
    const rows = await engine.query(
      `SELECT * FROM (SELECT ${rowIdSql(target, "t")} AS id, ${old}::VARCHAR AS before, (${sql})::VARCHAR AS after, t.${place}
        FROM ${table} t WHERE ${old} IS DISTINCT FROM (${sql})) ORDER BY ${place} LIMIT ${examples}`,
    );
    const text = (cell: Cell | undefined): string | null => (cell == null ? null : String(cell));
    for (const { id, before, after } of rows)
      found.push({ row: String(id), column, before: text(before), after: text(after) });
  }
  return found;
}

/** The first rejected rows, by their ids. */
export async function exampleRows<C extends Columns>(
  { source, examples = 0 }: RunTask<C>,
  kept: string,
  rejected: string,
): Promise<readonly string[]> {
  if (examples === 0) return [];
  const rows = await source.engine.query(
    `SELECT ${rowIdSql(source.schema, "s")} AS id FROM ${kept} s SEMI JOIN ${rejected} r ON s.${place} = r.${place} ORDER BY s.${place} LIMIT ${examples}`,
  );
  return rows.map((row) => String(row["id"]));
}
