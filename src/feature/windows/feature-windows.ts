/** @file Windowed aggregations: declared once, kept up to date from the changes of their source. */
import { checkDate, checkNames } from "../../core/index.ts";
import {
  type CellsOf,
  type Column,
  type Columns,
  cells,
  float,
  type Lake,
  type Schema,
  schema,
  timestamp,
} from "../../table/index.ts";
import { fail } from "../errors.ts";
import { checkFeatureTable, type FeatureTable } from "../table/feature-table.ts";
import { type Span, spanMs } from "../table/span.ts";
import { type WindowBuilder, type WindowMeasure, windowBuilder } from "./measures.ts";
import type { WindowsPlan } from "./plan.ts";
import { type RefreshedWindows, refreshWindows } from "./refresh.ts";

/** What windows are made of. */
export interface FeatureWindowsOptions<C extends Columns, E extends keyof C & string> {
  /** The feature table that is kept: "shop.spending". */
  readonly name: string;
  /** The source: a table of the lake with a change data feed, and its schema. */
  readonly from: string;
  readonly source: Schema<C>;
  /** The columns of whom a row is about. */
  readonly entity: E | readonly E[];
  /** The column of the row's moment. */
  readonly time: keyof C & string;
  /** The width of a tile: features are told at multiples of it since 1970 in UTC. Default a day. */
  readonly every?: Span;
  readonly owners?: readonly string[];
  readonly description?: string;
  readonly version?: number;
}

/** The columns of the feature table: the entity, its times, and the aggregations. */
export type WindowColumns<C extends Columns, E extends keyof C & string, M> = Pick<C, E> & {
  readonly window_end: Column<Date, "timestamp">;
  readonly known_at: Column<Date, "timestamp">;
} & { readonly [N in keyof M & string]: Column<number | null, "float"> };

/** Windows that are kept in a feature table. */
export interface FeatureWindows<C extends Columns, E extends keyof C & string, M> {
  /** Looked up by the entity as of a moment, as any feature table: `lookup(windows.table, […])`. */
  readonly table: FeatureTable<WindowColumns<C, E, M>, E, "window_end" | "known_at">;
  /**
   * Brings the feature table to a moment, and to what the source is now. Only tiles are made anew in which
   * a row was inserted, updated or deleted since the last time. Any number of processes may refresh at
   * once, and each may be stopped: nothing is lost, and nothing counted twice. All begins anew for another
   * definition, once it is applied, and for a source that was dropped and made again.
   *
   * @throws `table/missing-table`, `feature/missing-changes` for a source whose change data feed is off, or was
   * since the last time, `feature/out-of-range-refresh`, `option/out-of-range`,
   * `option/unknown-name`, `option/missing-options`,
   * `feature/conflict-definition` for another definition of the same version,
   * `feature/conflict-version` for one that was not applied, `table/conflict-newer` when ten times in a
   * row others were faster
   */
  refresh(lake: Lake, options: { readonly until: Date }): Promise<RefreshedWindows>;
}

/**
 * Declares aggregations of the time before a moment, [t − span, t), for each entity. A refresh keeps
 * partial sums, tiles, in a table of its own (`NAME__tiles`), and writes rows of features at the
 * moments at which a tile enters or leaves a window. The first refresh takes the past as known when it
 * was (`known_at` is the end of the window); what later ones tell, of new windows and of late rows, is
 * known from the moment of the refresh on, so that training never uses what was not known yet.
 *
 * @param options - Source, entity, time and the width of a tile.
 * @param define - Gets the columns and a builder, gives aggregations by name. Spans are whole tiles.
 * @throws `feature/unknown-column`, `feature/mismatch-time`, `feature/missing-features`,
 * `feature/out-of-range-span`, `feature/unsupported-key`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const orders = schema("orders", { id: int({ key: true }), who: text(), at: timestamp(), paid: float() });
 * const table = lake.table("shop.orders", orders, { changeFeed: true });
 * await table.append([
 *   { id: 1, who: "ada", at: new Date("2026-01-01T10:00:00Z"), paid: 20 },
 *   { id: 2, who: "ada", at: new Date("2026-01-02T10:00:00Z"), paid: 5 },
 * ]);
 * const spending = featureWindows(
 *   { name: "shop.spending", from: "shop.orders", source: orders, entity: "who", time: "at" },
 *   (c, w) => ({ paid7d: w.sum(c.paid, { days: 7 }), orders1d: w.count({ days: 1 }) }),
 * );
 * await spending.refresh(lake, { until: new Date("2026-01-03") });
 * const rows = await (await readFeatures(lake, spending.table)).rows();
 * rows.map((row) => [row.paid7d, row.orders1d]) // => [[20, 1], [25, 1]]
 * ```
 * @see Chronon and Tecton: tiles of partial aggregates.
 */
export function featureWindows<
  C extends Columns,
  const E extends keyof C & string,
  M extends Readonly<Record<string, WindowMeasure>>,
>(
  options: FeatureWindowsOptions<C, E>,
  define: (columns: CellsOf<C>, windows: WindowBuilder) => M,
): FeatureWindows<C, E, M> {
  checkNames("featureWindows", options, known);
  const { name, from, source, time, owners = [], description = "", version = 1 } = options;
  const entity: readonly E[] =
    typeof options.entity === "string" ? [options.entity] : options.entity;
  const everyMs = spanMs(`${name}, every`, options.every ?? { days: 1 });
  const columns = Object.keys(source.columns);
  for (const column of [...entity, time])
    if (!columns.includes(column)) fail("feature/unknown-column", { at: name, column, columns });
  const kind = source.columns[time]?.kind ?? "missing";
  if (kind !== "timestamp") fail("feature/mismatch-time", { at: name, column: time, kind });
  const measures = Object.entries<WindowMeasure>(define(cells(source), windowBuilder));
  if (measures.length === 0) fail("feature/missing-features", { at: name });
  for (const [measure, { ms }] of measures)
    if (ms % everyMs !== 0) fail("feature/out-of-range-span", { at: name, measure, ms, everyMs });
  const keys = Object.fromEntries(
    entity.map((column) => [column, { ...(source.columns[column] ?? float()), nullable: false }]),
  );
  const columnsMade: Columns = {
    ...keys,
    window_end: timestamp(),
    known_at: timestamp(),
    ...Object.fromEntries(measures.map(([measure]) => [measure, float({ nullable: true })])),
  };
  const made: FeatureTable = {
    ...{ name, schema: schema(name, columnsMade), key: entity, label: null, ttlMs: null },
    ...{ timestamp: "window_end", availableAt: "known_at", freshnessMs: null, tags: {} },
    ...{ owners, description, version },
    windows: {
      ...{ from, time, everyMs },
      measures: Object.fromEntries(measures.map(([measure, { text }]) => [measure, text])),
    },
  };
  checkFeatureTable(made);
  // Its columns are those just named, of which the type below says what the definition said.
  const table = made as unknown as FeatureWindows<C, E, M>["table"];
  const plan: WindowsPlan = { table: made, source, from, entity, time, everyMs, measures };
  const refresh: FeatureWindows<C, E, M>["refresh"] = async (lake, how) => {
    checkNames(`${name}, refresh`, how, ["until"]);
    const { until } = how;
    checkDate(`${name}, refresh`, { until });
    return refreshWindows(lake, plan, until);
  };
  return { table, refresh };
}

const known = [
  ...["name", "from", "source", "entity", "time", "every"],
  ...["owners", "description", "version"],
];
