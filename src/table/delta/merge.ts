/** @file MERGE by key: matched rows are replaced, new ones inserted, in one commit. */
import { fail } from "../errors.ts";
import type { Columns } from "../schema.ts";
import { quoteName } from "../sql-text.ts";
import type { Plan } from "./commit.ts";
import { scanSql } from "./scan.ts";
import type { Snapshot } from "./snapshot.ts";
import { removeOf, scanOf, touchedFiles } from "./update.ts";
import { type Writer, writeFiles } from "./write-files.ts";

/** What is merged into what. */
export interface MergeTask {
  /** The source: a SELECT of the table's columns. */
  readonly sql: string;
  readonly snapshot: Snapshot | undefined;
  readonly columns: Columns;
  readonly on: readonly string[];
  readonly newest: string | undefined;
}

/**
 * Plans a MERGE. Rows come out in the order of the key, so that the same rows give the same table
 * whatever the engine's threads did.
 *
 * @throws `table/unknown-column`, `table/mismatch-null` for a key without a value, `table/duplicate-key`
 */
export async function mergePlan(writer: Writer, task: MergeTask): Promise<Plan> {
  const { sql, snapshot, columns, on } = task;
  await checkKeys(writer, task);
  const matches = on.map((key) => `t.${quoteName(key)} = s.${quoteName(key)}`).join(" AND ");
  const files = [...(snapshot?.files.values() ?? [])];
  const touched = await touchedFiles(
    writer,
    files,
    `SELECT t.__millrace_file FROM (${scanOf(writer.place, columns, files)}) t SEMI JOIN (${sql}) s ON ${matches}`,
  );
  const target = scanSql(writer.place, columns, { files: touched });
  const wins = winsSql(task.newest);
  const counts = await countRows(writer, { sql, target, matches, wins });
  const select = Object.keys(columns)
    .map(
      (name) =>
        `CASE WHEN __millrace_use_source THEN s.${quoteName(name)} ELSE t.${quoteName(name)} END AS ${quoteName(name)}`,
    )
    .join(", ");
  const joined = `SELECT ${select} FROM (SELECT *, true AS __millrace_there FROM (${target})) t
    FULL JOIN (SELECT *, true AS __millrace_there FROM (${sql})) s ON ${matches},
    LATERAL (SELECT s.__millrace_there IS NOT NULL AND (t.__millrace_there IS NULL OR ${wins}) AS __millrace_use_source)
    ORDER BY ${on.map(quoteName).join(", ")}`;
  const written = await writeFiles(writer, columns, joined);
  return {
    operation: "MERGE",
    parameters: { on, newest: task.newest ?? null },
    metrics: {
      ...counts,
      numTargetRowsCopied:
        written.rows - counts.numTargetRowsInserted - counts.numTargetRowsUpdated,
    },
    actions: [
      ...touched.map((add) => removeOf(add, writer.clock())),
      ...written.adds.map((add) => ({ add })),
    ],
    blindAppend: false,
  };
}

/** When a matched row of the source replaces the table's. */
function winsSql(newest: string | undefined): string {
  if (newest === undefined) return "true";
  const column = quoteName(newest);
  return `(t.${column} IS NULL OR s.${column} >= t.${column})`;
}

async function countRows(
  { engine }: Writer,
  parts: { sql: string; target: string; matches: string; wins: string },
) {
  const { sql, target, matches, wins } = parts;
  const [row] = await engine.query(
    `SELECT count(*) AS source, count(*) FILTER (t.__millrace_there IS NULL) AS inserted,
      count(*) FILTER (t.__millrace_there IS NOT NULL AND ${wins}) AS updated
    FROM (${sql}) s LEFT JOIN (SELECT *, true AS __millrace_there FROM (${target})) t ON ${matches}`,
  );
  return {
    numSourceRows: Number(row?.["source"] ?? 0),
    numTargetRowsInserted: Number(row?.["inserted"] ?? 0),
    numTargetRowsUpdated: Number(row?.["updated"] ?? 0),
  };
}

async function checkKeys({ place, engine }: Writer, task: MergeTask): Promise<void> {
  const { on, sql, columns } = task;
  const { name } = place;
  for (const column of [...on, ...(task.newest === undefined ? [] : [task.newest])])
    if (!(column in columns))
      fail("table/unknown-column", { at: `${name}.merge`, column, columns: Object.keys(columns) });
  for (const column of on) {
    const [row] = await engine.query(
      `SELECT count(*) AS n FROM (${sql}) WHERE ${quoteName(column)} IS NULL`,
    );
    const rows = Number(row?.["n"] ?? 0);
    if (rows > 0) fail("table/mismatch-null", { name, column, rows });
  }
  const key = on.map(quoteName).join(", ");
  const twice = `SELECT ${key} FROM (${sql}) GROUP BY ${key} HAVING count(*) > 1`;
  const [found] = await engine.query(`SELECT count(*) AS n FROM (${twice})`);
  const keys = Number(found?.["n"] ?? 0);
  if (keys === 0) return;
  const [sample] = await engine.query(`${twice} ORDER BY ${key} LIMIT 1`);
  fail("table/duplicate-key", { name, on, keys, sample: Object.values(sample ?? {})[0] });
}
