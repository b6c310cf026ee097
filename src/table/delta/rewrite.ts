/** @file UPDATE, DELETE and the replacement of some rows: files that hold such a row are rewritten, the others stay. */
import type { Judge } from "../expectations/judge.ts";
import type { ExprNode } from "../expr/index.ts";
import { quoteName } from "../sql-text.ts";
import { type Action, type Add, removeOf } from "./actions.ts";
import { writeChanges } from "./changes.ts";
import type { Plan, Touches } from "./commit.ts";
import { pruneFiles, statsOf } from "./prune.ts";
import { placeNames, scanSql } from "./scan.ts";
import type { Shape } from "./shape.ts";
import type { Snapshot } from "./snapshot.ts";
import { type Writer, writeFiles } from "./write-files.ts";

/** The rows that are changed. */
export interface Affected {
  readonly snapshot: Snapshot;
  readonly shape: Shape;
  /** The condition as SQL, and as data for skipping files. */
  readonly where: string;
  readonly node: ExprNode | undefined;
}

/** What an UPDATE sets, as SQL by column, and what judges the rows it makes. */
export interface Update {
  readonly set: ReadonlyMap<string, string>;
  readonly judge: Judge;
}

/** Plans an UPDATE; undefined when no row matches. */
export async function updatePlan(
  writer: Writer,
  affected: Affected,
  { set, judge }: Update,
): Promise<Plan | undefined> {
  const { shape, where } = affected;
  const { touched, matched } = await touchedFiles(writer, affected);
  if (touched.length === 0) return undefined;
  const scan = scanOf(writer, shape, touched);
  const columns = Object.keys(shape.columns).map((name) => ({
    name: quoteName(name),
    value: set.get(name),
  }));
  const after = columns.map(({ name, value }) =>
    value === undefined ? name : `${value} AS ${name}`,
  );
  const judged = await judge.changing(`SELECT ${after.join(", ")} FROM (${scan}) WHERE ${where}`);
  const changing = columns.map(({ name, value }) =>
    value === undefined ? name : `CASE WHEN ${where} THEN ${value} ELSE ${name} END AS ${name}`,
  );
  const written = await writeFiles(writer, {
    shape,
    sql: `SELECT ${changing.join(", ")} FROM (${scan})`,
  });
  const changes = await writeChanges(
    writer,
    shape,
    `SELECT *, 'update_preimage' AS _change_type FROM (${scan}) WHERE ${where}
      UNION ALL SELECT ${after.join(", ")}, 'update_postimage' FROM (${scan}) WHERE ${where}`,
  );
  return {
    operation: "UPDATE",
    parameters: { predicate: where },
    metrics: { numUpdatedRows: matched, numCopiedRows: written.rows - matched },
    ...(judge.expectations === undefined ? {} : { expectations: judged.counts }),
    actions: [...replaced(writer, touched, written.adds), ...changes],
    reads: "table",
    touches: touchesBy(writer, affected),
  };
}

/** What a deletion removes and writes anew. */
interface Deletion {
  readonly actions: readonly Action[];
  readonly matched: number;
  readonly copied: number;
  /** A SELECT of the deleted rows; undefined when only whole files went. */
  readonly deleted: string | undefined;
}

/** Takes out the rows that meet the condition. Files of which every row goes are not rewritten. */
async function deletion(writer: Writer, affected: Affected): Promise<Deletion> {
  const { shape, where } = affected;
  const { touched, whole, matched } = await touchedFiles(writer, affected);
  const partial = touched.filter((add) => !whole.has(add));
  const written =
    partial.length === 0
      ? { adds: [], rows: 0 }
      : await writeFiles(writer, {
          shape,
          sql: `SELECT * FROM (${scanOf(writer, shape, partial)}) WHERE (${where}) IS NOT TRUE`,
        });
  const deleted = `SELECT * FROM (${scanOf(writer, shape, touched)}) WHERE ${where}`;
  return {
    actions: replaced(writer, touched, written.adds),
    matched,
    copied: written.rows,
    deleted: partial.length === 0 ? undefined : deleted,
  };
}

/** Plans a DELETE; undefined when no row matches. */
export async function deletePlan(writer: Writer, affected: Affected): Promise<Plan | undefined> {
  const { actions, matched, copied, deleted } = await deletion(writer, affected);
  if (actions.length === 0) return undefined;
  const changes =
    deleted === undefined
      ? []
      : await writeChanges(
          writer,
          affected.shape,
          `SELECT *, 'delete' AS _change_type FROM (${deleted})`,
        );
  return {
    operation: "DELETE",
    parameters: { predicate: affected.where },
    metrics: { numDeletedRows: matched, numCopiedRows: copied, ...fileCounts(actions) },
    actions: [...actions, ...changes],
    reads: "table",
    touches: touchesBy(writer, affected),
  };
}

/** Plans the replacement of the rows that meet a condition by new files, all of whose rows meet it. */
export async function replacePlan(
  writer: Writer,
  affected: Affected,
  fresh: { readonly adds: readonly Add[]; readonly rows: number },
): Promise<Plan> {
  const { shape, where } = affected;
  const { actions, deleted } = await deletion(writer, affected);
  const changes =
    deleted === undefined
      ? []
      : await writeChanges(
          writer,
          shape,
          `SELECT *, 'delete' AS _change_type FROM (${deleted})
            UNION ALL SELECT *, 'insert' FROM (${scanOf(writer, shape, fresh.adds)})`,
        );
  const all = [...actions, ...fresh.adds.map((add) => ({ add }))];
  return {
    operation: "WRITE",
    parameters: { mode: "Overwrite", predicate: where },
    metrics: { numOutputRows: fresh.rows, ...fileCounts(all) },
    actions: [...all, ...changes],
    reads: "table",
    touches: touchesBy(writer, affected),
  };
}

/** How many rows of some files do not meet the condition. */
export async function countOutside(
  writer: Writer,
  { shape, where }: Pick<Affected, "shape" | "where">,
  adds: readonly Add[],
): Promise<number> {
  const sql = `SELECT count(*) AS n FROM (${scanOf(writer, shape, adds)}) WHERE (${where}) IS NOT TRUE`;
  return Number((await writer.engine.query(sql))[0]?.["n"] ?? 0);
}

/** The files that hold a row to change, which of them hold no other, and how many such rows there are. */
async function touchedFiles(writer: Writer, { snapshot, shape, where, node }: Affected) {
  const files = pruneFiles(snapshot.files.values(), shape, node);
  const scan = placedOf(writer, shape, files);
  const rows = await writer.engine.query(
    `SELECT ${placeNames.file} AS f, count(*) AS n FROM (${scan}) WHERE ${where} GROUP BY 1 ORDER BY 1`,
  );
  const touched: Add[] = [];
  const whole = new Set<Add>();
  let matched = 0;
  for (const row of rows) {
    const add = files[Number(row["f"])];
    if (add === undefined) continue;
    touched.push(add);
    matched += Number(row["n"]);
    if (statsOf(add).numRecords === Number(row["n"])) whole.add(add);
  }
  return { touched, whole, matched };
}

function touchesBy(writer: Writer, { shape, where, node }: Affected): Touches {
  return async (adds) => {
    const files = pruneFiles(adds, shape, node);
    if (files.length === 0) return false;
    const scan = scanOf(writer, shape, files);
    return (await writer.engine.query(`SELECT 1 FROM (${scan}) WHERE ${where} LIMIT 1`)).length > 0;
  };
}

/** A scan of all columns. */
export const scanOf = ({ place }: Writer, shape: Shape, files: Iterable<Add>): string =>
  scanSql(place, { files, columns: shape.columns, partitionBy: shape.partitionBy });

/** A scan of all columns with each row's place. */
export const placedOf = ({ place }: Writer, shape: Shape, files: Iterable<Add>): string =>
  scanSql(place, { files, columns: shape.columns, partitionBy: shape.partitionBy, places: true });

const replaced = ({ clock }: Writer, gone: readonly Add[], adds: readonly Add[]): Action[] => [
  ...gone.map((add) => removeOf(add, clock())),
  ...adds.map((add) => ({ add })),
];

/** How many files a commit adds and removes. */
export function fileCounts(actions: readonly Action[]): Readonly<Record<string, number>> {
  return {
    numAddedFiles: actions.filter(({ add }) => add !== undefined).length,
    numRemovedFiles: actions.filter(({ remove }) => remove !== undefined).length,
  };
}
