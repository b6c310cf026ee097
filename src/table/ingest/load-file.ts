/** @file One file into its table: read strictly with types, or as text when a cell does not fit. */
import type { Commit } from "../delta/commit.ts";
import type { Lake } from "../lake.ts";
import { quoteName } from "../sql-text.ts";
import { commitFiles } from "./commit-rows.ts";
import { messageOf } from "./csv.ts";
import { openDelivery } from "./delivery.ts";
import { fail } from "./errors.ts";
import { originOfFile } from "./file-origin.ts";
import { isMisfit } from "./fit.ts";
import { type Fit, fitFile } from "./fit-file.ts";
import { checkUnchanged, type FilePlace, type Inspected, type Inspecting } from "./inspect.ts";
import type { IngestPlan } from "./options.ts";
import { keptName, type Passage, readSql, tableSql } from "./rows-sql.ts";
import { recordSchema } from "./schema-log.ts";
import type { Target } from "./target.ts";

/** A file that is not in the table, or of which that is being found out. */
export interface NewFile extends FilePlace {
  readonly inspected: Inspected | Inspecting;
}

/** What became of a file's rows and columns. */
export interface Loaded {
  readonly skipped: boolean;
  readonly rows: number;
  /** Rows that the expectations attached to the table dropped. */
  readonly dropped: number;
  /** Cells in `_rescued`. */
  readonly rescued: number;
  /** Cells that did not fit and were left out, with evolution "ignore". */
  readonly ignored: number;
  readonly fit: Fit;
}

/** Where files go, and how. */
export interface Passing {
  readonly lake: Lake;
  readonly target: Target;
  readonly plan: IngestPlan;
}

/** Files from this size are read into a table first, so that their rows are numbered in parallel. */
const stageBytes = 16_000_000;

/**
 * Loads one file in one commit, and records what it did to the table's columns.
 *
 * @throws what the file's format throws, `table/mismatch-header`, `table/mismatch-cell-type`,
 * `table/conflict-column`, `table/missing-rescued`, `table/missing-rows`, `table/conflict-file`
 */
export async function loadFile(passing: Passing, file: NewFile): Promise<Loaded> {
  const { lake, target, plan } = passing;
  const { columns } = await target.look();
  const known = Object.keys(columns ?? target.schema?.columns ?? {});
  const delivery = await openDelivery(
    { ...file, known: known.filter((name) => !name.startsWith("_")) },
    { engine: lake.engine, plan },
  );
  try {
    const loadedAtMs = lake.clock();
    const fit = await fitFile(delivery, { target, plan, columns });
    const passage: Passage = { delivery, fit, evolution: plan.evolution, loadedAtMs };
    const strict = await pass(passing, passage, true).catch((cause: unknown) =>
      isMisfit(messageOf(cause)) ? undefined : delivery.rethrow(cause),
    );
    const done = strict ?? (await pass(passing, passage, false).catch(delivery.rethrow));
    const skipped = done.commit === undefined;
    if (!skipped)
      await recordSchema(target, {
        file: file.file,
        atMs: loadedAtMs,
        evolution: plan.evolution,
        columns: fit.columns,
        added: fit.added,
        unexpected: fit.unexpected,
        misfits: done.misfits.filter((name) => !fit.unexpected.includes(name)),
      });
    const kept = plan.evolution === "ignore" ? { ignored: done.kept } : { rescued: done.kept };
    const { numOutputRows: rows = 0, numDroppedRows: dropped = 0 } = done.commit?.metrics ?? {};
    return { skipped, rows, dropped, rescued: 0, ignored: 0, ...kept, fit };
  } finally {
    await delivery.close();
  }
}

interface Passed {
  /** Undefined when the file is in the table already. */
  readonly commit: Commit | undefined;
  /** How many cells were kept aside, and of which columns. */
  readonly kept: number;
  readonly misfits: readonly string[];
}

async function pass(passing: Passing, passage: Passage, strict: boolean): Promise<Passed> {
  const { lake } = passing;
  const read = readSql(passage, strict);
  if (!isStaged(passing, passage, strict)) {
    const sql = await tableSql(passage, `(${read})`, "row_number() OVER ()");
    const commit = await commitOne(passing, passage, sql);
    return { commit, kept: 0, misfits: [] };
  }
  return lake.engine.withTable(read, async (table) => {
    const kept = await keptIn(lake, table);
    if (passage.evolution === "fail" && kept.cells > 0) await refuse(lake, passage, table);
    const sql = await tableSql(passage, table, "rowid + 1");
    const commit = await commitOne(passing, passage, sql);
    return { commit, kept: kept.cells, misfits: kept.columns };
  });
}

/** Whether the rows are kept in the engine between reading and writing: it may use the disk for them. */
function isStaged(
  { lake }: Passing,
  { fit, evolution, delivery }: Passage,
  strict: boolean,
): boolean {
  if (!strict || (evolution === "rescue" && fit.unexpected.length > 0)) return true;
  const { sizeBytes } = delivery.inspected;
  if (!("_row_id" in fit.columns) || sizeBytes < stageBytes) return false;
  return sizeBytes < lake.engine.memoryBytes() / 4;
}

async function commitOne(
  passing: Passing,
  passage: Passage,
  sql: string,
): Promise<Commit | undefined> {
  const { delivery, fit } = passage;
  const { file, inspected } = delivery;
  return commitFiles(passing.lake, [inspected.hash], {
    target: passing.target,
    columns: fit.columns,
    sql,
    origin: ([hash]) => originOfFile(passage, hash),
    evolve: passage.evolution === "add",
    confirm: async (metrics) => {
      if (metrics["numOutputRows"] === 0 && (metrics["numDroppedRows"] ?? 0) === 0)
        fail("table/missing-rows", { file, what: "there is a header and no row" });
      await checkUnchanged(delivery, inspected);
    },
  });
}

/** How many cells a staged file keeps aside, and of which columns. */
async function keptIn(
  { engine }: Lake,
  table: string,
): Promise<{ cells: number; columns: readonly string[] }> {
  const kept = quoteName(keptName);
  const found = await engine.query(
    `SELECT name, count(*) AS cells FROM (SELECT unnest(json_keys(${kept})) AS name FROM ${table}
      WHERE ${kept} IS NOT NULL) WHERE name <> '_source_file' GROUP BY name ORDER BY name`,
  );
  return {
    cells: found.reduce((sum, row) => sum + Number(row["cells"]), 0),
    columns: found.map((row) => String(row["name"])),
  };
}

/** Names the first cell that does not fit. Throws `table/mismatch-cell-type`. */
async function refuse({ engine }: Lake, { delivery, fit }: Passage, table: string): Promise<void> {
  const kept = quoteName(keptName);
  const [first] = await engine.query(
    `SELECT rowid + 1 AS n, ${kept} AS cells FROM ${table} WHERE ${kept} IS NOT NULL ORDER BY rowid LIMIT 1`,
  );
  const cells = JSON.parse(String(first?.["cells"])) as Readonly<Record<string, string>>;
  const [column = "", got = ""] = Object.entries(cells)[0] ?? [];
  const inTable = [...fit.source].find(([, from]) => from === column)?.[0] ?? column;
  const kind = fit.columns[inTable]?.kind ?? "";
  fail("table/mismatch-cell-type", {
    file: delivery.file,
    row: Number(first?.["n"]),
    column,
    kind,
    got,
  });
}
