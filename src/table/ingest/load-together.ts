/** @file Many small files in one commit, each still marked for itself. */
import type { RowOrigin } from "../lineage/origin.ts";
import type { Columns } from "../schema.ts";
import { quoteName } from "../sql-text.ts";
import { commitFiles } from "./commit-rows.ts";
import { openDelivery } from "./delivery.ts";
import { originOfFile, originOfFiles } from "./file-origin.ts";
import { fitFile } from "./fit-file.ts";
import { checkUnchanged } from "./inspect.ts";
import type { NewFile, Passing } from "./load-file.ts";
import { type Passage, readSql, tableSql } from "./rows-sql.ts";

const fileNumber = quoteName("#file");

/**
 * Loads files that all fit a table that is there, in one commit.
 *
 * @returns The rows of each file, or undefined when they cannot go together: a file is bad, brings
 * columns, has cells that do not fit or no rows, or is in the table by now. Then nothing was
 * written, and each is to be loaded alone, which says why.
 */
export async function loadTogether(
  passing: Passing,
  files: readonly NewFile[],
): Promise<readonly number[] | undefined> {
  const closing: (() => Promise<void>)[] = [];
  try {
    const together = await selectsOf(passing, files, closing);
    return together === undefined ? undefined : await commitAll(passing, files, together);
  } catch {
    return undefined;
  } finally {
    for (const close of closing) await close();
  }
}

interface Together {
  /** For each file, a SELECT of its rows with its number. */
  readonly selects: readonly string[];
  readonly columns: Columns;
  readonly origins: readonly RowOrigin[];
}

async function selectsOf(
  { lake, target, plan }: Passing,
  files: readonly NewFile[],
  closing: (() => Promise<void>)[],
): Promise<Together | undefined> {
  const { columns: now } = await target.look();
  if (now === undefined) return undefined;
  const known = Object.keys(now).filter((name) => !name.startsWith("_"));
  const loadedAtMs = lake.clock();
  const selects: string[] = [];
  const origins: RowOrigin[] = [];
  let columns = now;
  for (const [i, file] of files.entries()) {
    const delivery = await openDelivery({ ...file, known }, { engine: lake.engine, plan });
    closing.push(delivery.close);
    const fit = await fitFile(delivery, { target, plan, columns: now });
    if (fit.added.length > 0 || fit.unexpected.length > 0) return undefined;
    columns = fit.columns;
    const passage: Passage = { delivery, fit, evolution: plan.evolution, loadedAtMs };
    const rows = await tableSql(passage, `(${readSql(passage, true)})`, "row_number() OVER ()");
    selects.push(`SELECT *, ${i} AS ${fileNumber} FROM (${rows})`);
    origins.push(originOfFile(passage, await file.inspected.hash));
  }
  return { selects, columns, origins };
}

async function commitAll(
  { lake, target, plan }: Passing,
  files: readonly NewFile[],
  { selects, columns, origins }: Together,
): Promise<readonly number[] | undefined> {
  return lake.engine.withTable(selects.join(" UNION ALL "), async (table) => {
    const counted = await lake.engine.query(
      `SELECT ${fileNumber} AS file, count(*) AS n FROM ${table} GROUP BY 1`,
    );
    const rows = new Map(counted.map(({ file, n }) => [Number(file), Number(n)]));
    if (rows.size < files.length) return undefined;
    const hashes = await Promise.all(files.map(({ inspected }) => inspected.hash));
    const done = await commitFiles(lake, hashes, {
      target,
      columns,
      sql: `SELECT * EXCLUDE (${fileNumber}) FROM ${table} ORDER BY rowid`,
      origin: () => originOfFiles(origins),
      evolve: plan.evolution === "add",
      confirm: async () => {
        for (const file of files) await checkUnchanged(file, file.inspected);
      },
    });
    return done && files.map((_, i) => rows.get(i) ?? 0);
  });
}
