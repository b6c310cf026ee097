/** @file The quarantine of a table: rows that its expectations dropped, kept once in a table beside it. */
import type { Commit, Plan } from "../delta/commit.ts";
import { placeBeside } from "../delta/log.ts";
import type { TxnMark } from "../delta/opening.ts";
import type { Shape } from "../delta/shape.ts";
import { derivedColumns, narrowed, type RowOrigin, unknownOrigin } from "../lineage/origin.ts";
import type { WriteLineage } from "../lineage/stored.ts";
import type { WrittenTable } from "../opened.ts";
import { type Columns, type Schema, schema, text } from "../schema.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import type { WriteOptions } from "../table.ts";
import type { Judge, Judged } from "./judge.ts";
import { droppingRules, type ExpectationCount } from "./table-expectations.ts";

/** Appends rows to a table. */
export type AppendTo = (
  table: WrittenTable<Columns>,
  rows: { readonly sql: string; readonly origin: RowOrigin },
  options: WriteOptions,
) => Promise<Commit>;

/** What one write does with the rows that are dropped, however often it has to plan anew. */
export interface Quarantine {
  readonly table: Pick<WrittenTable<Columns>, "place" | "engine" | "clock" | "ids">;
  readonly options: WriteOptions;
  readonly append: AppendTo;
  /** Where the rows of the write come from. */
  readonly lineage: WriteLineage;
  /** What tells this write from the others of its table, in the quarantine's log. */
  readonly mark: () => TxnMark;
  /** The dropped rows that are in the quarantine, by their hash. */
  readonly written: Set<string>;
}

/**
 * The quarantine for one write of a table; a write with a transaction has the same one when it is done again.
 *
 * @param how - `mark`: the transaction where the write marks it itself; it is asked for when rows were dropped.
 */
export function quarantineOf<C extends Columns>(
  { place, engine, clock, ids }: WrittenTable<C>,
  options: WriteOptions,
  how: Pick<Quarantine, "append" | "lineage"> & {
    readonly mark: (() => TxnMark | undefined) | undefined;
  },
): Quarantine {
  const own: TxnMark = options.txn ?? { app: ids(), version: 0 };
  const mark = (): TxnMark => how.mark?.() ?? own;
  return { table: { place, engine, clock, ids }, options, ...how, mark, written: new Set() };
}

/** A plan, and who judged its rows. */
interface Made {
  readonly plan: Plan;
  readonly judge: Judge;
  readonly shape: Shape;
  /** Delta's id of the table; undefined when there is none yet. */
  readonly id: string | undefined;
}

/**
 * The plan with what the judge found. The dropped rows go to the quarantine before the plan is
 * committed, so that none is lost; a write with a transaction that is done again puts them there once.
 */
export async function sealed(
  quarantine: Quarantine,
  { plan, judge, shape, id }: Made,
  judged: readonly Judged[],
): Promise<Plan> {
  const { expectations } = judge;
  if (expectations === undefined) return plan;
  const drops = droppingRules(expectations);
  const numDroppedRows = judged.reduce((sum, one) => sum + one.droppedRows, 0);
  const metrics = drops.length > 0 ? { ...plan.metrics, numDroppedRows } : plan.metrics;
  const counted: Plan = { ...plan, metrics, expectations: added(judged) };
  const { quarantine: name } = expectations;
  const reads = drops.flatMap(({ columns }) => columns);
  for (const { dropped } of judged)
    if (name !== null && dropped !== undefined)
      await keep(quarantine, { name, dropped, shape, id, metrics, reads });
  return counted;
}

/** The counts of several judgements of the same rules, added up. */
function added(judged: readonly Judged[]): readonly ExpectationCount[] {
  const all = judged.map(({ counts }) => counts);
  const sum = (place: number, of: "passed" | "failed" | "dropped"): number =>
    all.reduce((total, counts) => total + (counts[place]?.[of] ?? 0), 0);
  return (all[0] ?? []).map(({ name, action }, i) => ({
    name,
    action,
    passed: sum(i, "passed"),
    failed: sum(i, "failed"),
    dropped: sum(i, "dropped"),
  }));
}

interface Dropped {
  /** The quarantine's name. */
  readonly name: string;
  readonly dropped: string;
  readonly shape: Shape;
  readonly id: string | undefined;
  readonly metrics: Plan["metrics"];
  /** The columns that the rules read. */
  readonly reads: readonly string[];
}

/** Puts the dropped rows into the quarantine, if this write has not done so. */
async function keep(to: Quarantine, rejected: Dropped): Promise<void> {
  const { name, dropped, shape, id, metrics, reads } = rejected;
  const { engine, place } = to.table;
  const target = quarantineSchema(place.name, shape);
  const names = Object.keys(target.columns);
  const sql = `SELECT ${names.map(quoteName).join(", ")} FROM (${dropped})`;
  // A column that another writer adds meanwhile makes no other rows: what is missing does not count.
  const cells = names.map(
    (column) => `${quoteText(`${column}=`)} || ${quoteName(column)}::VARCHAR`,
  );
  const [found = {}] = await engine.query(
    `SELECT concat_ws(' ', count(*), sum(hash(concat_ws(chr(31), ${cells.join(", ")})))) AS rows FROM (${sql})`,
  );
  const rows = String(found["rows"]);
  if (to.written.has(rows)) return;
  const { app, version } = to.mark();
  // A table that is made anew under the name of a dropped one is another; its rows were never kept.
  const write = `quarantine:${id ?? place.name}:${app}`;
  const again = to.written.size === 0 ? "" : `#${to.written.size}`;
  const origin = droppedOrigin(to.lineage, target, reads);
  await to.append(
    opened(to, name, target),
    { sql, origin },
    {
      txn: { app: `${write}${again}`, version },
      confirm: () => to.options.confirm?.(metrics),
    },
  );
  to.written.add(rows);
}

/** The dropped rows come from where the write's rows come from; the rules read which they are. */
function droppedOrigin(
  lineage: WriteLineage,
  { columns }: Schema,
  reads: readonly string[],
): RowOrigin {
  const names = Object.keys(columns);
  if (lineage.effect === "restore") return unknownOrigin(names);
  const { origin } = lineage;
  const from = (name: string): readonly string[] => {
    if (name === "_rule") return reads;
    return origin.columns.has(name) ? [name] : [];
  };
  return narrowed(
    derivedColumns(
      origin,
      names.map((name) => [name, from(name)]),
    ),
    reads,
  );
}

/** The columns of the table, any of them missing, and the rules that a row broke. */
function quarantineSchema(name: string, shape: Shape): Schema {
  const columns = Object.entries(shape.columns).map(([column, { key: _, ...spec }]) => [
    column,
    { ...spec, nullable: true },
  ]);
  return schema(`${name} quarantine`, { ...Object.fromEntries(columns), _rule: text() });
}

/** The quarantine as a table to be written. */
const opened = ({ table }: Quarantine, name: string, target: Schema): WrittenTable<Columns> => ({
  ...table,
  place: placeBeside(table.place, name),
  schema: target,
  options: {},
  newest: undefined,
});
