/** @file Bronze to silver: the rows nobody has cleaned yet, cleaned, judged and merged, each once. */
import type { Commit } from "../delta/commit.ts";
import { type AnyRows, type Frame, frame } from "../frame.ts";
import type { BronzeColumns } from "../ingest/ingest.ts";
import { derivedColumns, narrowed } from "../lineage/origin.ts";
import { bool, type Columns, schema, text, timestamp } from "../schema.ts";
import type { Table } from "../table.ts";
import { type CleanOptions, clean, type rescuedColumn } from "./clean.ts";
import type { rejectionColumns } from "./quarantine.ts";
import type { Recipe, StepReport } from "./steps.ts";

/** What is refined into what, and how. */
export interface RefineTask<N extends string, C extends Columns & typeof rescuedColumn>
  extends CleanOptions<C> {
  readonly from: Table<BronzeColumns<N>>;
  readonly into: Table<C>;
  readonly recipe: Recipe<C>;
  /** The key of the silver table. */
  readonly on: readonly (keyof C & string)[];
  /** A column by which the newer of two rows with one key wins. */
  readonly newest?: keyof C & string;
  /** Looks at the cleaned rows before they are written; throwing writes nothing. */
  readonly gate?: (rows: Frame<C>) => Promise<void>;
  /** Where the rows go that the recipe rejects. Without it they are counted, and stay in bronze. */
  readonly quarantine?: Table<typeof rejectionColumns>;
}

/** What a refinement did. */
export interface RefineReport {
  /** Bronze rows that had not been cleaned. */
  readonly rowsRead: number;
  readonly steps: readonly StepReport[];
  /** Cells kept in the rescued column. */
  readonly rescued: number;
  readonly inserted: number;
  readonly updated: number;
  /** Rows that the recipe rejected. */
  readonly rejected: number;
}

/**
 * Cleans the bronze rows that are not processed, merges them into silver in one commit, the
 * rejected ones into the quarantine by their `_row_id`, and then marks exactly those rows as
 * processed, which changes nothing else of them. A crash in between leaves rows that are cleaned
 * again; the merges by key make that harmless.
 *
 * @throws what {@link clean}, the gate and the merges throw; silver is unchanged then, unless it was
 * the merge into the quarantine that failed
 */
export async function refine<N extends string, C extends Columns & typeof rescuedColumn>(
  task: RefineTask<N, C>,
): Promise<RefineReport> {
  const { from, into, recipe, on, newest, clock, values } = task;
  const { id, version } = await from.detail();
  const bronze = await from.read({ version });
  const sql = `SELECT * FROM (${bronze.sql}) WHERE NOT _is_processed`;
  const rows = bronze.origin;
  const origin = rows && narrowed(rows, ["_is_processed"]);
  const fresh = frame({ engine: bronze.engine, schema: bronze.schema, sql, origin, keep: bronze });
  const rowsRead = await fresh.count();
  if (rowsRead === 0)
    return { rowsRead, steps: [], rescued: 0, inserted: 0, updated: 0, rejected: 0 };
  const options = { ...(clock && { clock }), ...(values && { values }) };
  await using cleaned = await clean(fresh, into.schema, { ...recipe, ...options });
  await task.gate?.(cleaned.frame);
  // A refinement that was overtaken by one of a later bronze must not put its older rows back. Versions
  // are those of one table: another of the same name, after a drop, counts from 0 again.
  const txn = { app: `refine ${id}`, version };
  const commit = await into.merge(cleaned.frame, { on, txn, ...(newest && { newest }) });
  const { steps, rescued } = cleaned;
  const rejected = rowsRead - (steps.at(-1)?.rowsOut ?? rowsRead);
  if (rejected > 0) await task.quarantine?.merge(once(cleaned.quarantine), { on: ["_row_id"] });
  await from.mergeWhen(marksOf(fresh), {
    on: ["_row_id", "_loaded_at"],
    matched: [{ set: "all" }],
  });
  return { rowsRead, steps, rescued, ...changes(commit), rejected };
}

/** Rejected rows, each once (a file that was loaded again brings its rows again), with the first rule that rejects it. */
function once(rejected: Frame<typeof rejectionColumns>): Frame<typeof rejectionColumns> {
  const sql = `SELECT * FROM (${rejected.sql}) QUALIFY row_number() OVER (PARTITION BY _row_id ORDER BY _step, _cells) = 1 ORDER BY _row_id`;
  return frame({ ...rejected, sql });
}

const markSchema = schema("marks", {
  _row_id: text(),
  _loaded_at: timestamp(),
  _is_processed: bool(),
});

/** Rows by their identity and when they were loaded, which tells one that was loaded again from itself: processed. */
function marksOf(rows: AnyRows): Frame<typeof markSchema.columns> {
  const { engine, sql, origin } = rows;
  const made = [
    ["_row_id", ["_row_id"]],
    ["_loaded_at", ["_loaded_at"]],
    ["_is_processed", []],
  ] as const;
  return frame({
    engine,
    schema: markSchema,
    sql: `SELECT DISTINCT _row_id, _loaded_at, true AS _is_processed FROM (${sql})`,
    origin: origin && derivedColumns(origin, made),
    keep: rows,
  });
}

function changes({ metrics }: Commit): Pick<RefineReport, "inserted" | "updated"> {
  return {
    inserted: metrics["numTargetRowsInserted"] ?? 0,
    updated: metrics["numTargetRowsUpdated"] ?? 0,
  };
}
