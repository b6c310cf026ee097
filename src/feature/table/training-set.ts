/** @file Training sets: labels, and the features that were known of them then. */
import { checkChoice, checkNames } from "../../core/index.ts";
import type { ColumnSpec } from "../../flow.ts";
import {
  type CellsOf,
  type Column,
  type Columns,
  cells,
  type Frame,
  frame,
  type Lake,
  quoteName,
  type Schema,
} from "../../table/index.ts";
import { type Demand, type DemandColumn, type DemandExpr, demandSql, demandsOf } from "./demand.ts";
import { fail } from "./errors.ts";
import { rowKeyOf } from "./feature-table.ts";
import { joinOrigin } from "./join-origin.ts";
import { foundColumn, type Joined, joinSql } from "./join-sql.ts";
import type { FeatureLookup } from "./lookup.ts";
import { type LookupsState, lookupsFormat } from "./lookups-state.ts";
import { deltaOf, describeFeatures } from "./stored.ts";
import { checkZones } from "./zones.ts";

/** What is done with a label that has no features: nulls in its row, left out, or an error. */
export type MissingPolicy = "null" | "drop" | "refuse";

/** The columns of all lookups together. */
export type LookedUpColumns<L extends readonly FeatureLookup[]> = L extends readonly [
  FeatureLookup<infer Out>,
  ...infer Rest extends readonly FeatureLookup[],
]
  ? Out & LookedUpColumns<Rest>
  : Readonly<Record<never, never>>;

/** The columns of the labels by which something is looked up. */
export type KeysOf<L extends readonly FeatureLookup[]> =
  L[number] extends FeatureLookup<Columns, infer B> ? B : never;

/** On-demand features by name. */
export type Demands = Readonly<Record<string, DemandExpr>>;
type DemandColumns<D> = { readonly [N in keyof D & string]: DemandColumn<D[N]> };

/** Columns as one flat type. */
type Flat<C> = { readonly [N in keyof C]: C[N] extends Column ? C[N] : never };

/** What a training set is made of. */
export interface TrainingSetOptions<
  C extends Columns,
  L extends readonly FeatureLookup[],
  Label extends string,
  X extends string,
  D extends Demands,
> {
  /** Rows with keys, moments and labels. */
  readonly labels: Frame<C>;
  /** Features by key; a table may be looked up several times under other names. */
  readonly lookups: L;
  /** The column of the labels that says as of when; needed where features have a time. */
  readonly timestamp?: keyof C & string;
  /** The column to predict. */
  readonly label: Label & keyof C;
  /** Columns that are left out at the end. */
  readonly exclude?: readonly (X & (keyof C | keyof LookedUpColumns<L>))[];
  /** Features computed of the columns of the labels and of the lookups, in training as in serving. */
  readonly onDemand?: (columns: CellsOf<Flat<Omit<C, Label> & LookedUpColumns<L>>>) => D;
  /** What becomes of labels without features, and later of requests without. Default "null". */
  readonly missing?: MissingPolicy;
}

/** Labels with the features that were known then. */
export interface TrainingSet<
  C extends Columns = Columns,
  Base extends Columns = Columns,
  Keys extends string = string,
  D = unknown,
> {
  /** Rows in the order of the labels; to be split and fitted as any others. */
  readonly rows: Frame<C>;
  readonly schema: Schema<C>;
  /** The column to predict. */
  readonly label: string;
  /** The columns of the labels. */
  readonly base: Schema<Base>;
  /** What serving needs to find the same features; `withLookups` puts it into a model. */
  readonly state: LookupsState;
  /** Never there at run time. */
  readonly types?: { readonly keys: Keys; readonly demands: D };
}

/**
 * Joins features to labels as of the labels' moments: of each key the newest row that was true and
 * known then, no older than the table's ttl. One version of each table is read, and recorded in the
 * rows' origin and in `state`. O((n + m) log m) in the engine, for n labels and m rows of features.
 *
 * A row is true from its timestamp on (equal counts), and known from its `availableAt` on. Of rows
 * with one timestamp the one that was known last counts. Features without a time are those of now.
 *
 * @returns Rows that are read when they are asked for.
 * @throws `feature/missing-table` for a table that has vanished, `feature/conflict-definition`,
 * `feature/unknown-table-column`, `feature/mismatch-key`, `feature/missing-time`,
 * `feature/unsupported-timestamp`, `feature/missing-moment`, `feature/duplicate-column`,
 * `feature/duplicate-rows`, `feature/conflict-label`, `feature/missing-matches`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const at = (day: number) => new Date(Date.UTC(2026, 0, day));
 * const spending = featureTable({
 *   name: "shop.spending", key: "id", timestamp: "at",
 *   schema: schema("spending", { id: text(), at: timestamp(), spend: float() }),
 * });
 * await writeFeatures(lake, spending, [{ id: "a", at: at(1), spend: 10 }, { id: "a", at: at(9), spend: 90 }]);
 * const churn = lake.table("shop.churn", schema("churn", { id: text(), at: timestamp(), churn: bool() }));
 * await churn.append([{ id: "a", at: at(5), churn: true }]);
 * const labels = await churn.read();
 * const set = await trainingSet(lake, { labels, lookups: [lookup(spending)], timestamp: "at", label: "churn" });
 * (await set.rows.rows())[0]?.spend // => 10
 * ```
 */
export async function trainingSet<
  C extends Columns,
  const L extends readonly FeatureLookup[],
  const Label extends string,
  const X extends string = never,
  D extends Demands = Readonly<Record<never, never>>,
>(
  lake: Lake,
  options: TrainingSetOptions<C, L, Label, X, D>,
): Promise<TrainingSet<Flat<Omit<C & LookedUpColumns<L> & DemandColumns<D>, X>>, C, KeysOf<L>, D>> {
  const { labels, onDemand } = options;
  const made = await make(lake, {
    ...options,
    onDemand: onDemand && ((schema) => onDemand(cells(schema) as never)),
  });
  return { ...made, base: labels.schema } as never;
}

interface MakeOptions {
  readonly labels: Frame;
  readonly lookups: readonly FeatureLookup[];
  readonly timestamp?: string;
  readonly label: string;
  readonly exclude?: readonly string[];
  readonly onDemand: ((schema: Schema) => Demands) | undefined;
  readonly missing?: MissingPolicy;
}

const known = ["labels", "lookups", "timestamp", "label", "exclude", "onDemand", "missing"];

async function make(lake: Lake, options: MakeOptions): Promise<Omit<TrainingSet, "base">> {
  const { labels, lookups, timestamp: moment, label, exclude = [], missing = "null" } = options;
  const at = "trainingSet";
  checkNames(at, options, known);
  checkChoice(at, { missing }, ["null", "drop", "refuse"]);
  const { columns } = labels.schema;
  has(at, columns, label);
  checkLookups(at, { lookups, columns, label });
  await checkMoments(lake, { at, labels, moment, lookups });
  const tables = await tablesOf(lake, lookups);
  const joinedColumns = columnsJoined(at, { columns, lookups, missing });
  const { [label]: _, ...seen } = joinedColumns;
  const demands = demandsOf(options.onDemand?.({ name: labels.schema.name, columns: seen }) ?? {});
  for (const { name } of demands)
    if (Object.hasOwn(joinedColumns, name)) fail("feature/duplicate-column", { at, column: name });
  const all: Columns = {
    ...joinedColumns,
    ...Object.fromEntries(demands.map(({ name, column }) => [name, column])),
  };
  for (const column of exclude) has(at, all, column);
  const kept = Object.fromEntries(Object.entries(all).filter(([name]) => !exclude.includes(name)));
  const joined = lookups.map(
    ({ table, by, columns: taken }, i): Joined => ({
      ...{ table, by, columns: taken, drops: missing === "drop" },
      sql: tables[i]?.frame.sql ?? "",
    }),
  );
  const join = joinSql({
    ...{ labels: labels.sql, labelColumns: Object.keys(columns), joined },
    moment: moment === undefined ? null : quoteName(moment),
  });
  if (missing === "refuse") await checkMatches(lake, { at, join, lookups });
  const select = Object.keys(kept).map((name) => {
    const demand = demands.find((one) => one.name === name);
    return demand === undefined ? quoteName(name) : `${demandSql(demand)} AS ${quoteName(name)}`;
  });
  const rows = frame({
    engine: labels.engine,
    schema: { name: labels.schema.name, columns: kept },
    sql: `SELECT ${select.join(", ")} FROM (${join})`,
    keep: [labels, ...tables.map(({ frame: one }) => one)],
    ...(labels.part === undefined ? {} : { part: labels.part }),
    origin: joinOrigin({ labels, moment, joined, tables, demands, columns: kept }),
  });
  const state = stateOf({ lookups, tables, demands, columns, label, missing });
  return { rows, schema: rows.schema, label, state };
}

/** The columns of the labels and of the lookups. Throws `feature/duplicate-column`. */
function columnsJoined(
  at: string,
  how: {
    readonly columns: Columns;
    readonly lookups: readonly FeatureLookup[];
    readonly missing: MissingPolicy;
  },
): Columns {
  const joined: Record<string, Column> = { ...how.columns };
  for (const { table, columns: taken } of how.lookups)
    for (const [name, from] of Object.entries(taken)) {
      const found = has(at, table.schema.columns, from);
      if (Object.hasOwn(joined, name)) fail("feature/duplicate-column", { at, column: name });
      joined[name] = how.missing === "null" ? { ...found, nullable: true } : found;
    }
  return joined;
}

/** What serving needs to know of a training set. */
function stateOf(parts: {
  readonly lookups: readonly FeatureLookup[];
  readonly tables: readonly ReadTable[];
  readonly demands: readonly Demand[];
  readonly columns: Columns;
  readonly label: string;
  readonly missing: MissingPolicy;
}): LookupsState {
  const { lookups, tables, demands, columns, label, missing } = parts;
  return {
    format: lookupsFormat,
    missing: missing === "null" ? "null" : "refuse",
    lookups: lookups.map(({ table, by, columns: taken }, i) => ({
      table: table.name,
      version: table.version,
      tableVersion: tables[i]?.version ?? 0,
      key: table.key.map((name, k) => ({ name, from: by[k] ?? name })),
      columns: taken,
      timed: table.timestamp !== null,
      ttlMs: table.ttlMs,
    })),
    demands: demands.map(({ name, node, column, reads }) => ({
      ...{ name, node, kind: column.kind, reads },
    })),
    request: Object.fromEntries(
      Object.entries(columns)
        .filter(([name]) => name !== label)
        .map(([name, spec]) => [name, plain(spec)]),
    ),
  };
}

const plain = ({ description: _, key: __, ...spec }: Column): ColumnSpec => spec;

function has(at: string, columns: Columns, column: string): Column {
  const found = Object.hasOwn(columns, column) ? columns[column] : undefined;
  return (
    found ?? fail("feature/unknown-table-column", { at, column, columns: Object.keys(columns) })
  );
}

/** Keys are there and of one kind; nobody looks the label up. */
function checkLookups(
  at: string,
  how: {
    readonly lookups: readonly FeatureLookup[];
    readonly columns: Columns;
    readonly label: string;
  },
): void {
  const sort = (kind: string): string => (kind === "category" ? "text" : kind);
  for (const { table, by, columns: taken } of how.lookups) {
    for (const [k, column] of by.entries()) {
      const got = has(at, how.columns, column).kind;
      const expected = table.schema.columns[table.key[k] ?? ""]?.kind ?? "";
      if (sort(got) !== sort(expected)) fail("feature/mismatch-key", { at, column, expected, got });
    }
    if (table.label === how.label && Object.values(taken).includes(how.label))
      fail("feature/conflict-label", { at, label: how.label });
  }
}

/** Each label says as of when, where features change with time. */
async function checkMoments(
  lake: Lake,
  how: {
    readonly at: string;
    readonly labels: Frame;
    readonly moment: string | undefined;
    readonly lookups: readonly FeatureLookup[];
  },
): Promise<void> {
  const { at, labels, moment: column, lookups } = how;
  const timed = lookups.filter(({ table }) => table.timestamp !== null);
  if (column === undefined) {
    const tables = timed.map(({ table }) => table.name);
    if (timed.length > 0) fail("feature/missing-time", { at, tables });
    return;
  }
  const spec = has(at, labels.schema.columns, column);
  if (spec.kind !== "timestamp")
    fail("feature/unsupported-timestamp", { at, column, reason: `it is a ${spec.kind} column` });
  await checkZones(lake, labels, { at, columns: [column] });
  if (!spec.nullable) return;
  const [counted] = await labels.engine.query(
    `SELECT count(*) AS n FROM (${labels.sql}) WHERE ${quoteName(column)} IS NULL`,
  );
  const rows = Number(counted?.["n"] ?? 0);
  if (rows > 0) fail("feature/missing-moment", { at, column, rows });
}

/** A feature table as it is read: one version of it. */
export interface ReadTable {
  readonly name: string;
  readonly version: number;
  readonly frame: Frame;
}

/** The newest version of each table, whose rows must be told apart by their keys. */
export async function tablesOf(
  lake: Lake,
  lookups: readonly Pick<FeatureLookup, "table">[],
): Promise<readonly ReadTable[]> {
  const names = [...new Set(lookups.map(({ table }) => table.name))];
  const read = new Map<string, ReadTable>();
  for (const name of names) {
    const given = lookups.find(({ table }) => table.name === name)?.table;
    const stored = await describeFeatures(lake, name);
    const table = given ?? stored.table;
    const frame = await deltaOf(lake, table).read({ version: stored.tableVersion });
    const on = rowKeyOf(table);
    const keys = on.map(quoteName).join(", ");
    const [twice] = await lake.engine.query(
      `SELECT ${keys} FROM (${frame.sql}) GROUP BY ${keys} HAVING count(*) > 1 LIMIT 1`,
    );
    if (twice !== undefined)
      fail("feature/duplicate-rows", { name, on, sample: Object.values(twice).join(", ") });
    read.set(name, { name, version: stored.tableVersion, frame });
  }
  return lookups.flatMap(({ table }) => read.get(table.name) ?? []);
}

/** Every label has features. Throws `feature/missing-matches`. */
async function checkMatches(
  lake: Lake,
  how: { readonly at: string; readonly join: string; readonly lookups: readonly FeatureLookup[] },
): Promise<void> {
  const counts = how.lookups.map((_, i) => `count(*) FILTER (NOT ${foundColumn(i)}) AS n${i}`);
  if (counts.length === 0) return;
  const [row] = await lake.engine.query(`SELECT ${counts.join(", ")} FROM (${how.join})`);
  for (const [i, { table }] of how.lookups.entries()) {
    const rows = Number(row?.[`n${i}`] ?? 0);
    if (rows > 0) fail("feature/missing-matches", { at: how.at, table: table.name, rows });
  }
}
