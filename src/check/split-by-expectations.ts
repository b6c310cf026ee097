/** @file Row expectations attached to a write: rows that break one are kept, dropped, or stop the write. */
import { checkChoice, count } from "../core/index.ts";
import type { Severity } from "../flow.ts";
import {
  type Columns,
  type Frame,
  frame,
  quoteName,
  quoteText,
  type Schema,
  schema,
  type Table,
  text,
  type WriteOptions,
} from "../table/index.ts";
import { fail } from "./errors.ts";
import type { Expectation } from "./make-expectation.ts";
import { batchSql, type Compiled, compileExpectation, isRowPlan } from "./scan/compile.ts";
import { settleSpread } from "./scan/spread.ts";
import { type CheckOptions, type Suite, surroundings } from "./suite.ts";

/** What becomes of a row that breaks an expectation, or of the whole write. */
export type RowAction = "keep" | "drop" | "fail";

/** How rows are split. */
export interface SplitByOptions extends CheckOptions {
  /** What each severity does. Default: critical drops, warning and info keep and count. */
  readonly actions?: Partial<Readonly<Record<Severity, RowAction>>>;
}

/** How often an expectation was broken, and what that did. */
export interface RuleCount {
  readonly rule: string;
  readonly action: RowAction;
  readonly brokenRows: number;
}

/** The columns of rejected rows: the same, any of them missing, and the rules. */
export type RejectedColumns<C extends Columns> = C & { readonly _rule: ReturnType<typeof text> };

/** Rows split by a suite. The frames are lazy: they are queries over the frame that was split. */
export interface SplitRows<C extends Columns> {
  readonly kept: Frame<C>;
  /** The dropped rows; `_rule` says which rules rejected the row, joined by "; ". */
  readonly rejected: Frame<RejectedColumns<C>>;
  readonly counts: {
    readonly rows: number;
    readonly kept: number;
    readonly rejected: number;
    readonly rules: readonly RuleCount[];
  };
  /** What the expectations say that are not about rows, and so did nothing. */
  readonly skipped: readonly string[];
}

const defaults = { critical: "drop", warning: "keep", info: "keep" } as const;

/** The schema of a quarantine: the columns of the table, nullable, and `_rule`. */
export function quarantineSchema<C extends Columns>(of: Schema<C>): Schema<RejectedColumns<C>> {
  const columns = Object.entries(of.columns).map(([name, { key: _, ...spec }]) => [
    name,
    { ...spec, nullable: true },
  ]);
  const all = { ...Object.fromEntries(columns), _rule: text() } as RejectedColumns<C>;
  return schema(`${of.name} quarantine`, all);
}

/**
 * Splits rows by the expectations of a suite that are about rows, in one scan for the counts. A row
 * is rejected when it breaks an expectation whose severity drops; values that nothing is said of,
 * such as missing ones, break nothing. `mostly` is the share of rows that must pass: below it, an
 * expectation that fails stops everything; it does not save a row from being dropped. Of rows that
 * stand twice, none is dropped: uniqueness is not about one row.
 *
 * @param rows - The frame.
 * @param suite - Bound to the frame's schema.
 * @param options - See {@link SplitByOptions}.
 * @throws `check/failed-suite` when an expectation that fails the write is broken too often, and what is
 * wrong with an expectation
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = schema("points", { x: int() });
 * const table = lake.table("demo.points", points);
 * await table.append([{ x: 1 }, { x: -1 }]);
 * const positive = suite("positive", points, [expectations(points).between("x", { min: 0 })]);
 * const { rejected, counts } = await splitByExpectations(await table.read(), positive);
 * counts.rejected // => 1
 * await rejected.rows() // => [{ x: -1, _rule: "x is ≥ 0" }]
 * ```
 */
export async function splitByExpectations<C extends Columns>(
  rows: Frame<C>,
  suite: Suite<C>,
  options: SplitByOptions = {},
): Promise<SplitRows<C>> {
  const { rules, skipped } = await rulesOf(rows, suite, options);
  const { engine, sql } = rows;
  const open = `WITH ${batchSql(rows)}`;
  const from = "FROM batch";
  const drops = rules.filter(({ action }) => action === "drop");
  const dropped = drops.map(({ broken }) => broken).join(" OR ") || "false";
  const asks = rules.flatMap(({ broken, looked }, i) => [
    `count(*) FILTER (${broken}) AS b${i}`,
    `count(*) FILTER (${looked}) AS l${i}`,
  ]);
  const select = ["count(*) AS n", `count(*) FILTER (${dropped}) AS d`, ...asks].join(", ");
  const [counts = {}] = await engine.queryJson(`${open} SELECT ${select} ${from}`);
  const brokenRows = (i: number): number => Number(counts[`b${i}`] ?? 0);
  const failures = rules.flatMap(({ action, expectation: { says, mostly } }, i) => {
    const [broken, looked] = [brokenRows(i), Number(counts[`l${i}`] ?? 0)];
    const stops = action === "fail" && broken > 0 && (looked - broken) / looked < mostly;
    return stops
      ? [`${says} (${broken} of ${count(looked, "row")} ${broken === 1 ? "does" : "do"} not)`]
      : [];
  });
  if (failures.length > 0)
    fail("check/failed-suite", { suite: suite.name, table: rows.schema.name, failures });
  const names = Object.keys(rows.schema.columns)
    .map((name) => `batch.${quoteName(name)}`)
    .join(", ");
  const rule = drops.map(
    ({ expectation, broken }) => `CASE WHEN ${broken} THEN ${quoteText(expectation.says)} END`,
  );
  const [all, gone] = [Number(counts["n"] ?? 0), Number(counts["d"] ?? 0)];
  return {
    kept: frame({
      engine,
      schema: rows.schema,
      sql: drops.length === 0 ? sql : `${open} SELECT ${names} ${from} WHERE NOT (${dropped})`,
    }),
    rejected: frame({
      engine,
      schema: quarantineSchema(rows.schema),
      sql: `${open} SELECT ${names}, concat_ws('; ', ${rule.join(", ") || "NULL"}) AS _rule ${from} WHERE ${dropped}`,
    }),
    counts: {
      rows: all,
      kept: all - gone,
      rejected: gone,
      rules: rules.map(({ expectation, action }, i) => ({
        rule: expectation.says,
        action,
        brokenRows: brokenRows(i),
      })),
    },
    skipped,
  };
}

/** A rule for rows: SQL that is true for one that is looked at, and for one that breaks it. */
interface SqlRule {
  readonly expectation: Expectation;
  readonly action: RowAction;
  readonly looked: string;
  readonly broken: string;
}

async function rulesOf<C extends Columns>(
  rows: Frame<C>,
  suite: Suite<C>,
  options: SplitByOptions,
) {
  const actions = { ...defaults, ...options.actions };
  for (const action of Object.values(actions))
    checkChoice("splitByExpectations", { action }, ["keep", "drop", "fail"]);
  const around = surroundings(suite.schema.columns, suite, options);
  const all = suite.expectations.map((one) => compileExpectation(one, around));
  const isAboutRows = ({ plan }: Compiled): boolean => isRowPlan(plan) && plan.unique === undefined;
  const skipped = all.filter((one) => !isAboutRows(one)).map(({ expectation }) => expectation.says);
  const settled = await settleSpread(rows, all.filter(isAboutRows));
  const rules = settled.flatMap(({ plan, where, expectation }): readonly SqlRule[] => {
    if (!isRowPlan(plan)) return [];
    const looked = `(${where ?? "true"} AND ${plan.looked})`;
    const broken = `coalesce(${looked} AND (${plan.broken}), false)`;
    return [{ expectation, action: actions[expectation.severity], looked, broken }];
  });
  return { rules, skipped };
}

/** What a checked write did. */
export interface CheckedWrite {
  readonly counts: SplitRows<Columns>["counts"];
  readonly skipped: readonly string[];
}

/** Where and how checked rows are written. */
export interface AppendCheckedOptions<C extends Columns> extends SplitByOptions {
  /** The table of rejected rows, of {@link quarantineSchema}; without it, they are only counted. */
  readonly quarantine?: Table<RejectedColumns<C>>;
  /** Makes the two writes happen once: see {@link WriteOptions}. */
  readonly txn?: NonNullable<WriteOptions["txn"]>;
}

/**
 * Appends the rows that pass to a table and the others to its quarantine. The quarantine is written
 * first, so that no rejected row is lost; with `txn`, doing it again after a crash writes neither twice.
 *
 * @throws what {@link splitByExpectations} and the tables throw; then nothing was appended to the table
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = schema("points", { x: int() });
 * const table = lake.table("demo.points", points);
 * const quarantine = lake.table("demo.rejected", quarantineSchema(points));
 * const raw = lake.table("demo.raw", points);
 * await raw.append([{ x: 1 }, { x: -1 }]);
 * const positive = suite("positive", points, [expectations(points).between("x", { min: 0 })]);
 * const { counts } = await appendChecked(table, await raw.read(), { suite: positive, quarantine });
 * counts.kept // => 1
 * ```
 */
export async function appendChecked<C extends Columns>(
  table: Table<C>,
  rows: Frame<C>,
  options: AppendCheckedOptions<C> & { readonly suite: Suite<C> },
): Promise<CheckedWrite> {
  const { suite, quarantine, txn, ...how } = options;
  const { kept, rejected, counts, skipped } = await splitByExpectations(rows, suite, how);
  const write = txn === undefined ? {} : { txn };
  if (quarantine !== undefined && counts.rejected > 0) await quarantine.append(rejected, write);
  await table.append(kept, write);
  return { counts, skipped };
}
