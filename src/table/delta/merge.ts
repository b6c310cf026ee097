/** @file MERGE: rows of a source matched with rows of the table, and what becomes of each, in one commit. */
import type { Judge, Judged } from "../expectations/judge.ts";
import { quoteName } from "../sql-text.ts";
import { type Add, removeOf } from "./actions.ts";
import { writeChanges } from "./changes.ts";
import type { Plan, Touches } from "./commit.ts";
import { checkMatches, type MatchKeys, match, pruneByKeys, sourceName } from "./merge-keys.ts";
import { fileCounts, placedOf } from "./rewrite.ts";
import { placeNames } from "./scan.ts";
import type { Snapshot } from "./snapshot.ts";
import { type Writer, writeFiles } from "./write-files.ts";

/** What a clause does to the rows it is for; values are SQL by column. */
export type MergeAction =
  | { readonly kind: "update"; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: "insert"; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: "delete" };

/** One WHEN of a MERGE. Of the clauses of one group, the first whose condition is true decides. */
export interface MergeClause {
  readonly group: "matched" | "notMatched" | "notMatchedBySource";
  readonly condition: string | undefined;
  readonly action: MergeAction;
}

/** What is merged into what. Columns of the source are named by {@link sourceName} everywhere. */
export interface MergeTask extends MatchKeys {
  readonly snapshot: Snapshot | undefined;
  readonly clauses: readonly MergeClause[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly judge: Judge;
  /** See `WriteContext.sealed`. */
  readonly sealed: (plan: Plan, ...judged: readonly Judged[]) => Promise<Plan>;
}

const { file, row } = placeNames;
const sourceRow = '"\u001esource row"';

/**
 * Plans a MERGE. First the matches alone are found, from the columns that the condition and the
 * clauses read and from the files that can match; then the files that hold a changed row are
 * rewritten with the new rows among them. Rows come out in the order of the key, else of the files
 * and the source, so that the same rows give the same table whatever the engine's threads did.
 *
 * @throws `table/duplicate-match`
 */
export async function mergePlan(writer: Writer, task: MergeTask): Promise<Plan> {
  const all = [...(task.snapshot?.files.values() ?? [])];
  const bySource = task.clauses.some(({ group }) => group === "notMatchedBySource");
  const files = bySource ? all : await pruneByKeys(writer, task, all);
  return writer.engine.withTable(matchesSql(writer, task, files), async (found) => {
    await checkMatches(writer, found);
    return withJudged(writer, { task, matches: found, files }, (matches, judged) =>
      planOf(writer, { task, matches, files, judged }),
    );
  });
}

/** Rows of the table and of the source beside each other, and what the judge says of the new ones. */
interface Matched {
  readonly task: MergeTask;
  /** A table of the engine; see {@link matchesSql}. */
  readonly matches: string;
  readonly files: readonly Add[];
}

async function planOf(
  writer: Writer,
  { task, matches, files, judged }: Matched & { readonly judged: readonly Judged[] },
): Promise<Plan> {
  const touched = await touchedOf(writer, matches, files);
  const scan = targetSql(writer, { task, matches, files, touched });
  const stay = `(${oneOf(numbersOf(task, "delete"))}) IS NOT TRUE`;
  const [copies, inserts] = [copiesSql(task, scan, stay), insertsSql(task, matches)];
  const columns = Object.keys(task.shape.columns).map(quoteName).join(", ");
  const written = await writeFiles(writer, {
    shape: task.shape,
    sql: `SELECT ${columns} FROM (${copies} UNION ALL ${inserts}) ORDER BY ${orderOf(task)}`,
  });
  const changes = task.shape.changeFeed
    ? await writeChanges(writer, task.shape, changesOf(task, scan, matches))
    : [];
  const counts = await countActions(writer, task, matches);
  const actions = [
    ...touched.map((add) => removeOf(add, writer.clock())),
    ...written.adds.map((add) => ({ add })),
    ...changes,
  ];
  const { numTargetRowsInserted, numTargetRowsUpdated } = counts;
  const plan: Plan = {
    operation: "MERGE",
    parameters: task.parameters,
    metrics: {
      ...counts,
      numTargetRowsCopied: written.rows - numTargetRowsInserted - numTargetRowsUpdated,
      ...fileCounts(actions),
    },
    actions,
    reads: "table",
    rests: new Set((await matchedOf(writer, matches, files)).map(({ path }) => path)),
    touches: touchesBy(writer, task),
  };
  return task.sealed(plan, ...judged);
}

/**
 * Judges the rows that the merge would make. One that is dropped is not there for the merge: it is
 * not inserted, and the row that it would have changed stays as it is.
 */
async function withJudged<T>(
  writer: Writer,
  found: Matched,
  work: (matches: string, judged: readonly Judged[]) => Promise<T>,
): Promise<T> {
  const { task, matches, files } = found;
  const { judge, clauses } = task;
  if (judge.expectations === undefined) return work(matches, []);
  const touched = await touchedOf(writer, matches, files);
  const scan = targetSql(writer, { task, matches, files, touched });
  const updates = numbersOf(task, "update");
  const own = updates.filter((i) => clauses[i]?.group === "notMatchedBySource");
  const given = updates.filter((i) => !own.includes(i));
  const changing =
    own.length === 0 ? [] : [await judge.changing(copiesSql(task, scan, oneOf(own)))];
  const news = [
    ...(given.length === 0 ? [] : [copiesSql(task, scan, oneOf(given))]),
    insertsSql(task, matches),
  ];
  const incoming = await judge.incoming(news.join(" UNION ALL "));
  if (incoming.dropped === undefined) return work(matches, [incoming, ...changing]);
  const left = `SELECT m.* REPLACE (CASE WHEN d.s IS NULL THEN m.${match.clause} ELSE -1 END AS ${match.clause}) FROM ${matches} m
    LEFT JOIN (SELECT DISTINCT "\u001e1" AS f, "\u001e2" AS p, "\u001e3" AS s FROM (${incoming.dropped})) d
    ON m.${match.source} = d.s AND m.${match.file} IS NOT DISTINCT FROM d.f AND m.${match.row} IS NOT DISTINCT FROM d.p`;
  return writer.engine.withTable(left, (kept) => work(kept, [incoming, ...changing]));
}

/** Rows of the condition's two sides beside each other: m.* of the table, s.* of the source. */
function joinSql(
  writer: Writer,
  task: MergeTask,
  { files, kind }: { files: readonly Add[]; kind: "FULL" | "RIGHT" | "INNER" },
): string {
  const target = `SELECT *, true AS "\u001ethere" FROM (${placedOf(writer, task.shape, files)})`;
  return `(${target}) t ${kind} JOIN (${sourceSql(task)}) s ON ${onSql(task)}`;
}

/** The source, each row with its number. */
const sourceSql = ({ source }: MergeTask): string =>
  `SELECT *, rowid AS ${sourceRow} FROM ${source}`;

function onSql({ on }: MergeTask): string {
  if ("sql" in on) return on.sql;
  return on.map((key) => `t.${quoteName(key)} = s.${quoteName(sourceName(key))}`).join(" AND ");
}

/**
 * One row for each match, each row of the source without one, and each row of the table that a
 * clause takes by being in no source; see {@link match}. The source's columns are in it, so that no later
 * statement joins more than two tables: each join holds memory, however little there is.
 */
function matchesSql(writer: Writer, task: MergeTask, files: readonly Add[]): string {
  const decide = (group: MergeClause["group"]): string => {
    const arms = task.clauses.map((clause, i) =>
      clause.group === group ? `WHEN ${clause.condition ?? "true"} THEN ${i}` : "",
    );
    const cases = arms.join(" ").trim();
    return cases === "" ? "-1" : `CASE ${cases} ELSE -1 END`;
  };
  const bySource = task.clauses.some(({ group }) => group === "notMatchedBySource");
  const kind = bySource ? "FULL" : "RIGHT";
  return `SELECT * FROM (SELECT ${file} AS ${match.file}, ${row} AS ${match.row}, ${sourceRow} AS ${match.source},
      CASE WHEN "\u001ethere" AND ${sourceRow} IS NOT NULL THEN ${decide("matched")}
        WHEN ${sourceRow} IS NOT NULL THEN ${decide("notMatched")}
        ELSE ${decide("notMatchedBySource")} END AS ${match.clause}, s.*
    FROM ${joinSql(writer, task, { files, kind })}) WHERE ${match.source} IS NOT NULL OR ${match.clause} >= 0`;
}

/** The files of which a row is updated or deleted. */
const touchedOf = (writer: Writer, matches: string, files: readonly Add[]) =>
  filesOf(writer, `${matches} WHERE ${match.clause} >= 0`, files);

/** The files of which a row matches, whether a clause takes it or none: without it, its row of the source would be new. */
const matchedOf = (writer: Writer, matches: string, files: readonly Add[]) =>
  filesOf(writer, `${matches} WHERE true`, files);

async function filesOf(
  { engine }: Writer,
  from: string,
  files: readonly Add[],
): Promise<readonly Add[]> {
  const rows = await engine.query(
    `SELECT DISTINCT ${match.file} AS f FROM ${from} AND ${match.file} IS NOT NULL ORDER BY 1`,
  );
  return rows.flatMap((found) => files[Number(found["f"])] ?? []);
}

/** The rows of the touched files, each with the clause that takes it and its row of the source. */
function targetSql(
  writer: Writer,
  parts: { task: MergeTask; matches: string; files: readonly Add[]; touched: readonly Add[] },
): string {
  const { task, matches, files, touched } = parts;
  const number = new Map(files.map((add, i) => [add, i]));
  const numbers = touched.map((add) => number.get(add) ?? -1);
  const place = numbers.every((n, i) => n === i)
    ? file
    : `([${numbers.join(", ")}]::BIGINT[])[${file} + 1]`;
  const target = placedOf(writer, task.shape, touched);
  return `SELECT * FROM (SELECT * REPLACE (${place} AS ${file}) FROM (${target})) t
    LEFT JOIN (SELECT * FROM ${matches} WHERE ${match.clause} >= 0 AND ${match.file} IS NOT NULL) m
    ON ${file} = ${match.file} AND ${row} = ${match.row}`;
}

/** What a row becomes: for each column the value of the clause that took it, or its own. */
function valuesOf({ clauses, shape }: MergeTask): readonly string[] {
  return Object.keys(shape.columns).map((name) => {
    const column = quoteName(name);
    const arms = new Map<string, number[]>();
    for (const [i, { action }] of clauses.entries()) {
      const value = action.kind === "update" ? action.values.get(name) : undefined;
      if (value !== undefined) arms.set(value, [...(arms.get(value) ?? []), i]);
    }
    const cases = [...arms].map(
      ([value, of]) => `WHEN ${match.clause} IN (${of.join(", ")}) THEN ${value}`,
    );
    return cases.length === 0 ? column : `CASE ${cases.join(" ")} ELSE ${column} END AS ${column}`;
  });
}

const numbersOf = ({ clauses }: MergeTask, kind: MergeAction["kind"]): readonly number[] =>
  clauses.flatMap(({ action }, i) => (action.kind === kind ? [i] : []));

const oneOf = (numbers: readonly number[]): string =>
  numbers.length === 0 ? "false" : `${match.clause} IN (${numbers.join(", ")})`;

/** Rows of the touched files as they become, changed or not. */
function copiesSql(task: MergeTask, scan: string, which: string): string {
  return `SELECT ${valuesOf(task).join(", ")}, ${file} AS "\u001e1", ${row} AS "\u001e2", ${sourceRow} AS "\u001e3"
    FROM (${scan}) WHERE ${which}`;
}

/** The rows that are new. */
function insertsSql(task: MergeTask, matches: string): string {
  const inserts = numbersOf(task, "insert");
  const values = Object.keys(task.shape.columns).map((name) => {
    const cases = inserts.flatMap((i) => {
      const action = task.clauses[i]?.action;
      const value = action?.kind === "insert" ? action.values.get(name) : undefined;
      return value === undefined ? [] : [`WHEN ${match.clause} = ${i} THEN ${value}`];
    });
    return `${cases.length === 0 ? "NULL" : `CASE ${cases.join(" ")} END`} AS ${quoteName(name)}`;
  });
  return `SELECT ${values.join(", ")}, NULL::BIGINT AS "\u001e1", NULL::BIGINT AS "\u001e2", ${sourceRow} AS "\u001e3"
    FROM ${matches} WHERE ${oneOf(inserts)}`;
}

function orderOf({ on }: MergeTask): string {
  const keys = "sql" in on ? [] : on.map(quoteName);
  return [...keys, '"\u001e1" NULLS LAST', '"\u001e2"', '"\u001e3"'].join(", ");
}

/** The rows of the change data feed. */
function changesOf(task: MergeTask, scan: string, matches: string): string {
  const columns = Object.keys(task.shape.columns).map(quoteName).join(", ");
  const [updates, deletes] = [oneOf(numbersOf(task, "update")), oneOf(numbersOf(task, "delete"))];
  return [
    `SELECT ${columns}, 'update_preimage' AS _change_type FROM (${scan}) WHERE ${updates}`,
    `SELECT ${valuesOf(task).join(", ")}, 'update_postimage' FROM (${scan}) WHERE ${updates}`,
    `SELECT ${columns}, 'delete' FROM (${scan}) WHERE ${deletes}`,
    `SELECT ${columns}, 'insert' FROM (${insertsSql(task, matches)})`,
  ].join(" UNION ALL ");
}

async function countActions({ engine }: Writer, task: MergeTask, matches: string) {
  const kinds = { Inserted: "insert", Updated: "update", Deleted: "delete" } as const;
  const counts = Object.entries(kinds).map(
    ([name, kind]) => `count(*) FILTER (${oneOf(numbersOf(task, kind))}) AS ${name}`,
  );
  const [found] = await engine.query(
    `SELECT (SELECT count(*) FROM ${task.source}) AS source, ${counts.join(", ")} FROM ${matches}`,
  );
  return {
    numSourceRows: Number(found?.["source"] ?? 0),
    numTargetRowsInserted: Number(found?.["Inserted"] ?? 0),
    numTargetRowsUpdated: Number(found?.["Updated"] ?? 0),
    numTargetRowsDeleted: Number(found?.["Deleted"] ?? 0),
  };
}

/** Files that others add hold rows of this merge when a row of the source matches one of theirs. */
function touchesBy(writer: Writer, task: MergeTask): Touches {
  if (task.clauses.some(({ group }) => group === "notMatchedBySource")) return async () => true;
  return async (adds) => {
    const join = joinSql(writer, task, { files: adds, kind: "INNER" });
    return (await writer.engine.query(`SELECT 1 FROM ${join} LIMIT 1`)).length > 0;
  };
}
