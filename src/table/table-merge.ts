/** @file MERGE as users write it: the short form by key, and the form with clauses. */
import { type Assignments, assignSql } from "./assign.ts";
import { checkColumn } from "./check-column.ts";
import type { Commit } from "./delta/commit.ts";
import { type MergeAction, type MergeClause, mergePlan } from "./delta/merge.ts";
import { checkKeys, sourceName } from "./delta/merge-keys.ts";
import { fail } from "./errors.ts";
import { named } from "./expr/cells.ts";
import { type CellsOf, cells, toSql } from "./expr/index.ts";
import type { Frame } from "./frame.ts";
import { type MergeReads, mergeLineage, readsOfMerge } from "./lineage/of-merge.ts";
import type { RowOrigin } from "./lineage/origin.ts";
import type { OpenTable } from "./opened.ts";
import type { Columns, Row, Schema } from "./schema.ts";
import { originOfRows, type RowSource, withSource } from "./source.ts";
import { quoteName } from "./sql-text.ts";
import type { MergeOptions, MergeWhen, WriteOptions } from "./table.ts";
import { commitWrite } from "./write-rows.ts";

/** What is merged, compiled to SQL. */
interface Compiled {
  readonly sourceColumns: readonly string[];
  readonly on: readonly string[] | { readonly sql: string };
  /** Whether the source must have each key once. */
  readonly unique: boolean;
  readonly clauses: readonly MergeClause[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly reads: MergeReads;
}

/** Updates rows whose key is there, inserts the others. */
export async function mergeRows<C extends Columns>(
  table: OpenTable<C>,
  rows: RowSource<C>,
  options: MergeOptions<C>,
): Promise<Commit> {
  const { schema, engine, place } = table;
  const { on, newest } = options;
  for (const column of [...on, ...(newest === undefined ? [] : [newest])])
    checkColumn(`${place.name}.merge`, schema, column);
  const sourceColumns = Object.keys(schema.columns);
  const values = allOf(sourceColumns);
  const wins =
    newest === undefined
      ? undefined
      : `(${quoteName(newest)} IS NULL OR ${quoteName(sourceName(newest))} >= ${quoteName(newest)})`;
  const compiled: Compiled = {
    sourceColumns,
    on,
    unique: true,
    clauses: [
      { group: "matched", condition: wins, action: { kind: "update", values } },
      { group: "notMatched", condition: undefined, action: { kind: "insert", values } },
    ],
    parameters: { on, newest: newest ?? null },
    reads: {
      values: sourceColumns.map((column) => [column, [sourceName(column)]]),
      decide: [...on, ...(newest === undefined ? [] : [newest])].flatMap((column) => [
        column,
        sourceName(column),
      ]),
    },
  };
  const origin = originOfRows(rows, schema);
  return withSource({ name: place.name, schema, engine }, rows, (sql) =>
    commitMerge(table, { sql, origin }, { options, compiled }),
  );
}

/** MERGE in full. */
export async function mergeWhen<C extends Columns, S extends Columns>(
  table: OpenTable<C>,
  source: Frame<S> | readonly Row<C>[],
  options: MergeWhen<C, S>,
): Promise<Commit> {
  const { schema, engine, place } = table;
  if ("sql" in source) {
    const compiled = compile(table, source.schema, options);
    const origin = originOfRows(source, source.schema);
    return commitMerge(table, { sql: source.sql, origin }, { options, compiled });
  }
  // Rows without a schema of their own are of the table's: S is C.
  const compiled = compile(table, schema as unknown as Schema<S>, options);
  const origin = originOfRows<C>(source, schema);
  return withSource({ name: place.name, schema, engine }, source, (sql) =>
    commitMerge(table, { sql, origin }, { options, compiled }),
  );
}

function commitMerge<C extends Columns>(
  table: OpenTable<C>,
  { sql, origin }: { readonly sql: string; readonly origin: RowOrigin },
  { options, compiled }: { options: WriteOptions; compiled: Compiled },
): Promise<Commit> {
  const renamed = compiled.sourceColumns.map(
    (column) => `${quoteName(column)} AS ${quoteName(sourceName(column))}`,
  );
  return table.engine.withTable(`SELECT ${renamed.join(", ")} FROM (${sql})`, (source) =>
    commitWrite(table, {
      options,
      queued: true,
      removes: true,
      lineage: (self) => mergeLineage(origin, self, compiled.reads),
      make: async ({ writer, snapshot, shape, judge, sealed }) => {
        const { on, unique, clauses, parameters } = compiled;
        if (unique && !("sql" in on)) await checkKeys(writer, { source, on });
        const rules = { judge, sealed };
        return mergePlan(writer, { on, clauses, parameters, source, snapshot, shape, ...rules });
      },
    }),
  );
}

/** The source's value for each of its columns. */
const allOf = (columns: readonly string[]): ReadonlyMap<string, string> =>
  new Map(columns.map((column) => [column, quoteName(sourceName(column))]));

function compile<C extends Columns, S extends Columns>(
  table: OpenTable<C>,
  sourceSchema: Schema<S>,
  options: MergeWhen<C, S>,
): Compiled {
  const { schema, place } = table;
  const at = `${place.name}.mergeWhen`;
  const [ours, theirs] = [cells(schema), sourceCells(sourceSchema)];
  const { on, matched = [], notMatched = [], notMatchedBySource = [] } = options;
  const sourceColumns = Object.keys(sourceSchema.columns);
  const shared = allOf(sourceColumns.filter((column) => column in schema.columns));
  const sqlOf = (set: Assignments<C>): ReadonlyMap<string, string> => assignSql(at, schema, set);
  const update = (values: ReadonlyMap<string, string>): MergeAction => ({ kind: "update", values });
  const clauses: MergeClause[] = [
    ...matched.map((clause) => ({
      group: "matched" as const,
      condition: clause.condition && toSql(clause.condition(ours, theirs)),
      action: ((): MergeAction => {
        if ("delete" in clause) return { kind: "delete" };
        return update(clause.set === "all" ? shared : sqlOf(clause.set(ours, theirs)));
      })(),
    })),
    ...notMatched.map(({ condition, values }) => ({
      group: "notMatched" as const,
      condition: condition && toSql(condition(theirs)),
      action: {
        kind: "insert" as const,
        values: values === "all" ? shared : sqlOf(values(theirs)),
      },
    })),
    ...notMatchedBySource.map((clause) => ({
      group: "notMatchedBySource" as const,
      condition: clause.condition && toSql(clause.condition(ours)),
      action: "delete" in clause ? { kind: "delete" as const } : update(sqlOf(clause.set(ours))),
    })),
  ];
  if (clauses.length === 0) fail("table/missing-clauses", { name: place.name });
  if (typeof on !== "function")
    for (const column of on) {
      checkColumn(at, schema, column);
      checkColumn(at, sourceSchema, column);
    }
  const joined = typeof on === "function" ? { sql: toSql(on(ours, theirs)) } : on;
  const parameters = {
    predicate: "sql" in joined ? readable(joined.sql) : joined,
    clauses: clauses.map(({ group, condition, action }) => ({
      group,
      action: action.kind,
      ...(condition === undefined ? {} : { condition: readable(condition) }),
    })),
  };
  const reads = readsOfMerge({ ours, theirs, shared: [...shared.keys()] }, options);
  return { sourceColumns, on: joined, unique: false, clauses, parameters, reads };
}

/** Names of the source as people write them. */
const readable = (sql: string): string => sql.replaceAll('"\u001f', 'source."');

/** The columns of the source under their names in a MERGE. */
function sourceCells<S extends Columns>(schema: Schema<S>): CellsOf<S> {
  const renamed = cells({
    name: schema.name,
    columns: Object.fromEntries(
      Object.entries(schema.columns).map(([name, column]) => [sourceName(name), column]),
    ),
  });
  const byName = Object.fromEntries(
    Object.keys(schema.columns).map((name) => [name, renamed[sourceName(name)]]),
  );
  return named(`the source, ${schema.name}`, byName as CellsOf<S>);
}
