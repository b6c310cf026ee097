/** @file Bronze to silver: the rows nobody has cleaned yet, cleaned, judged and merged, each once. */
import type { Commit } from "../delta/commit.ts";
import { type Frame, frame } from "../frame.ts";
import type { BronzeColumns } from "../ingest/ingest.ts";
import { narrowed } from "../lineage/origin.ts";
import type { Columns } from "../schema.ts";
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
 * processed. A crash in between leaves rows that are cleaned again; the merges by key make that
 * harmless.
 *
 * @throws what {@link clean}, the gate and the merges throw; silver is unchanged then, unless it was
 * the merge into the quarantine that failed
 */
export async function refine<N extends string, C extends Columns & typeof rescuedColumn>(
  task: RefineTask<N, C>,
): Promise<RefineReport> {
  const { from, into, recipe, on, newest, clock, values } = task;
  const version = await from.version();
  const bronze = await from.read({ version });
  const sql = `SELECT * FROM (${bronze.sql}) WHERE NOT _is_processed`;
  const rows = bronze.origin;
  const origin = rows && narrowed(rows, ["_is_processed"]);
  const fresh = frame({ engine: bronze.engine, schema: bronze.schema, sql, origin });
  const rowsRead = await fresh.count();
  if (rowsRead === 0)
    return { rowsRead, steps: [], rescued: 0, inserted: 0, updated: 0, rejected: 0 };
  const options = { ...(clock && { clock }), ...(values && { values }) };
  await using cleaned = await clean(fresh, into.schema, { ...recipe, ...options });
  await task.gate?.(cleaned.frame);
  // A refinement that was overtaken by one of a later bronze must not put its older rows back.
  const txn = { app: `refine ${from.name}`, version };
  const commit = await into.merge(cleaned.frame, { on, txn, ...(newest && { newest }) });
  const { steps, rescued } = cleaned;
  const rejected = rowsRead - (steps.at(-1)?.rowsOut ?? rowsRead);
  if (rejected > 0) await task.quarantine?.merge(cleaned.quarantine, { on: ["_row_id"] });
  const done = `SELECT * REPLACE (true AS _is_processed) FROM (${sql})`;
  await from.merge(frame({ engine: bronze.engine, schema: bronze.schema, sql: done, origin }), {
    on: ["_row_id"],
  });
  return { rowsRead, steps, rescued, ...changes(commit), rejected };
}

function changes({ metrics }: Commit): Pick<RefineReport, "inserted" | "updated"> {
  return {
    inserted: metrics["numTargetRowsInserted"] ?? 0,
    updated: metrics["numTargetRowsUpdated"] ?? 0,
  };
}
