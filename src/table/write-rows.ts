/** @file What every write of rows shares: the table's rules before it, the rows in the table's columns, one commit. */
import { checkSchema, checkWhole, strictest } from "./agreement.ts";
import { formatCheck } from "./delta/check-sql.ts";
import { type Commit, commitPlan, type Plan } from "./delta/commit.ts";
import {
  changed,
  createTable,
  evolved,
  isDone,
  markOf,
  type Opening,
  type TxnMark,
  unchanged,
  withRules,
  withSchema,
} from "./delta/opening.ts";
import { checkWritable, type Governed } from "./delta/protocol.ts";
import type { Shape } from "./delta/shape.ts";
import type { Snapshot } from "./delta/snapshot.ts";
import { duckTypeOf } from "./delta/types.ts";
import { type Writer, type Written, writeFiles } from "./delta/write-files.ts";
import { writePlan } from "./delta/write-plan.ts";
import { fail } from "./errors.ts";
import { type Judge, type Judged, judgeOf } from "./expectations/judge.ts";
import { quarantineOf, sealed } from "./expectations/quarantine.ts";
import { droppingRules } from "./expectations/table-expectations.ts";
import { cells } from "./expr/index.ts";
import { type LineageSource, narrowed, type RowOrigin } from "./lineage/origin.ts";
import { tableSource } from "./lineage/self.ts";
import type { WriteLineage } from "./lineage/stored.ts";
import type { WrittenTable } from "./opened.ts";
import type { Columns, Schema } from "./schema.ts";
import { quoteName } from "./sql-text.ts";
import type { Condition, WriteOptions } from "./table.ts";

/** What a write makes its plan from. */
export interface WriteContext {
  readonly writer: Writer;
  readonly snapshot: Snapshot | undefined;
  /** The rows as they will be, every column filled that the table or the schema wants filled. */
  readonly shape: Shape;
  readonly opening: Opening;
  /** Judges the rows on their way in; see {@link writeJudged}. */
  readonly judge: Judge;
  /** The plan with what the judge found, the dropped rows being in the quarantine. */
  readonly sealed: (plan: Plan, ...judged: readonly Judged[]) => Promise<Plan>;
}

/** One kind of write. */
export interface WriteTask {
  readonly options: WriteOptions;
  readonly overwriteSchema?: boolean;
  /** Whether it waits for the writers of this process that began before it. */
  readonly queued: boolean;
  /** Whether it takes rows out, which an append-only table forbids. */
  readonly removes: boolean;
  /** Where the rows come from; `self` is the table as it is before. */
  readonly lineage: (self: LineageSource | undefined) => WriteLineage;
  readonly make: (context: WriteContext) => Promise<Plan>;
  /** The transaction of a write that marks it among its own actions. */
  readonly mark?: () => TxnMark | undefined;
}

/** Commits a write: makes the table if there is none, evolves it if told to, and skips what was done. */
export function commitWrite<C extends Columns>(
  table: WrittenTable<C>,
  task: WriteTask,
): Promise<Commit> {
  const { options, queued } = task;
  const quarantine = quarantineOf(table, options, {
    append: appendTo,
    lineage: task.lineage(undefined),
    mark: task.mark,
  });
  return commitPlan(table, {
    queued,
    confirm: options.confirm,
    planFrom: async (snapshot, writer) => {
      checkVersion(table.place.name, snapshot, options.ifVersion);
      if (snapshot !== undefined) checkWritable(table.place.name, snapshot, task.removes);
      const opening = openingOf(table, snapshot, task); // a wrong schema is told before all else
      if (isDone(snapshot, options.txn)) return undefined;
      const shape = strictest(opening.shape, table.schema);
      const { name } = table.place;
      const judge = await judgeOf({
        name,
        engine: table.engine,
        metaData: opening.metaData,
        shape,
      });
      const seal = (made: Plan, ...judged: readonly Judged[]): Promise<Plan> =>
        sealed(quarantine, { plan: made, judge, shape, id: snapshot?.metaData.id }, judged);
      const plan = await task.make({ writer, snapshot, shape, opening, judge, sealed: seal });
      const before = [...opening.actions, ...markOf(options.txn, table.clock)];
      const lineage = judgedLineage(task.lineage(snapshot && tableSource(name, snapshot)), judge);
      const reads = options.ifVersion === undefined ? plan.reads : "version";
      return { ...plan, reads, lineage, actions: [...before, ...plan.actions] };
    },
  });
}

/** Throws `table/conflict-newer` when a write is meant for another version. */
function checkVersion(name: string, now: Snapshot | undefined, expected: number | undefined): void {
  const found = now?.version ?? -1;
  if (expected !== undefined && expected !== found)
    fail("table/conflict-newer", { name, expected, found });
}

/** Rules that drop rows decide by the columns that they read which rows there are. */
function judgedLineage(lineage: WriteLineage, { expectations }: Judge): WriteLineage {
  const drops = droppingRules(expectations);
  if (lineage.effect === "restore" || drops.length === 0) return lineage;
  const reads = drops.flatMap(({ columns }) => columns);
  return { ...lineage, origin: narrowed(lineage.origin, reads) };
}

/** Rows that were judged, and the files of those that the judge keeps. */
export type WrittenJudged = Written & { readonly judged: Judged };

/**
 * Writes the rows that the judge keeps, and hands over what was written. Rows that rules judge are
 * read once: a query that gives others each time (random(), LIMIT without an order) would be judged by
 * rows that are not written, and drop rows that are in no quarantine.
 */
export async function writeJudged(
  { writer, shape, judge }: WriteContext,
  sql: string,
  planOf: (written: WrittenJudged) => Promise<Plan>,
): Promise<Plan> {
  const write = async (rows: string): Promise<Plan> => {
    const judged = await judge.incoming(rows);
    const written = await writeFiles(writer, { shape, sql: judged.kept });
    return planOf({ ...written, judged });
  };
  if ((judge.expectations?.rules.length ?? 0) === 0) return write(sql);
  return writer.engine.withTable(sql, (table) => write(`SELECT * FROM ${table}`));
}

/** Appends rows to another table of the lake, whose columns grow with them: a quarantine. */
async function appendTo(
  table: WrittenTable<Columns>,
  { sql, origin }: { readonly sql: string; readonly origin: RowOrigin },
  options: WriteOptions,
): Promise<Commit> {
  return commitWrite(table, {
    options: { ...options, evolve: true },
    queued: false,
    removes: false,
    lineage: () => ({ effect: "add", origin }),
    make: async (context) => {
      const { name } = table.place;
      if (context.judge.expectations?.quarantine != null)
        fail("table/unsupported-expectation", {
          name,
          expectation: context.judge.expectations.quarantine,
          reason: "the table is a quarantine itself",
        });
      const { schema } = table;
      const aligned = alignedSql(sql, schema, context.shape);
      return writeJudged(context, aligned, (written) =>
        context.sealed(writePlan(context, written), written.judged),
      );
    },
  });
}

function openingOf<C extends Columns>(
  table: WrittenTable<C>,
  snapshot: Snapshot | undefined,
  task: WriteTask,
): Opening {
  const { options, overwriteSchema = false } = task;
  const { place, schema, clock, ids } = table;
  const { name } = place;
  const { partitionBy = [], changeFeed = false, expectations, properties } = table.options;
  if (snapshot === undefined) {
    const checks = checksSql(name, schema, table.options.checks ?? {});
    const creation = { partitionBy, checks, changeFeed, expectations };
    const set = { ...properties, ...options.properties };
    return createTable(schema, { creation: { ...creation, properties: set }, clock, ids });
  }
  const given = table.options.partitionBy;
  if (given !== undefined && given.join("\n") !== snapshot.shape.partitionBy.join("\n"))
    fail("table/mismatch-partitions", { name, table: snapshot.shape.partitionBy, given });
  const opening = rulesAfter(table, snapshot, task);
  if (overwriteSchema) return opening;
  checkSchema(name, schema, opening.shape);
  if (options.evolve !== true) checkWhole(name, schema, opening.shape);
  return opening;
}

/** The rules of a table that is there, after a write: its schema, and settings of a program's own. */
function rulesAfter<C extends Columns>(
  { place: { name }, schema: { columns } }: WrittenTable<C>,
  before: Snapshot,
  { options: { evolve = false, properties }, overwriteSchema = false }: WriteTask,
): Opening {
  const written = (): Governed => {
    if (overwriteSchema) return withSchema(name, before, columns);
    return evolve ? evolved(name, before, columns) : before;
  };
  const after = withRules(name, written(), { properties });
  return after === before ? unchanged(before) : changed(name, { before, after });
}

/** Checks as expressions, in Delta's SQL. Throws `table/unsupported-check`. */
export function checksSql<C extends Columns>(
  name: string,
  schema: Schema<C>,
  checks: Readonly<Record<string, Condition<C>>>,
): Readonly<Record<string, string>> {
  const columns = cells(schema);
  const entries = Object.entries(checks).map(([check, condition]) => {
    if (!/^\w+$/.test(check))
      fail("table/unsupported-check", {
        name,
        check,
        reason: "its name is more than letters, digits and _",
      });
    const found = formatCheck(condition(columns).node);
    if ("reason" in found)
      return fail("table/unsupported-check", { name, check, reason: found.reason });
    return [check, found.sql] as const;
  });
  return Object.fromEntries(entries);
}

/** Rows with the schema's columns as rows with the table's: a column it has besides is missing. */
export function alignedSql(sql: string, schema: Schema, { types }: Shape): string {
  const missing = [...types].filter(([name]) => !(name in schema.columns));
  if (missing.length === 0) return sql;
  const nulls = missing.map(([name, type]) => `NULL::${duckTypeOf(type)} AS ${quoteName(name)}`);
  return `SELECT *, ${nulls.join(", ")} FROM (${sql})`;
}
