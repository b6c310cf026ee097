/** @file Refreshing windows: tiles made anew where the source has changed, and rows where windows have. */
import { hashOfJson } from "../../core/index.ts";
import {
  type Column,
  type Columns,
  float,
  frame,
  int,
  type Lake,
  quoteName,
  type Schema,
  schema,
  type Table,
  timestamp,
} from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { FeatureTable } from "../table/feature-table.ts";
import { writeFeatures } from "../table/write-features.ts";
import { tileParts, type WindowMeasure } from "./measures.ts";

/** What is kept up to date. */
export interface WindowsPlan {
  readonly table: FeatureTable;
  readonly source: Schema;
  readonly from: string;
  readonly entity: readonly string[];
  readonly time: string;
  readonly everyMs: number;
  readonly measures: readonly (readonly [string, WindowMeasure])[];
}

/** What a refresh did. */
export interface RefreshedWindows {
  /** The version of the source that the windows have seen. */
  readonly sourceVersion: number;
  readonly kind: "full" | "incremental";
  /** Tiles that were made anew. */
  readonly tiles: number;
  /** Rows of features that were written. */
  readonly rows: number;
  /** The last moment that features are told of: a multiple of the tiles' width. */
  readonly until: Date;
}

interface Place {
  readonly lake: Lake;
  readonly tiles: Table;
  readonly plan: WindowsPlan;
}

/** How far the windows have come, as the tiles' table keeps it. */
interface Progress {
  readonly plan: string;
  /** The version of the definition. */
  readonly version: number;
  readonly sourceVersion: number;
  readonly untilMs: number;
}

const progressKey = "millrace.featureWindows";

/** See `FeatureWindows.refresh`. */
export async function refreshWindows(
  lake: Lake,
  plan: WindowsPlan,
  until: Date,
): Promise<RefreshedWindows> {
  const untilMs = Math.floor(until.getTime() / plan.everyMs) * plan.everyMs;
  if (Number.isNaN(untilMs)) fail("feature/out-of-range-refresh", { name: plan.table.name, until: String(until), last: null }); // biome-ignore format: one line
  const source = lake.table(plan.from, plan.source);
  const sourceVersion = await source.version();
  const tiles = tilesOf(lake, plan);
  const before = await progressOf(lake, tiles, plan);
  if (before !== undefined && untilMs < before.untilMs)
    fail("feature/out-of-range-refresh", { name: plan.table.name, until: new Date(untilMs).toISOString(), last: new Date(before.untilMs).toISOString() }); // biome-ignore format: one line
  const rows = await source.read({ version: sourceVersion });
  const seenMs = until.getTime();
  const place: Place = { lake, tiles, plan };
  const work = async (changed: string | undefined) => ({
    tiles: await refreshTiles(place, { rows: rows.sql, changed }),
    rows: await writeRows(place, { before, untilMs, seenMs, changed }),
  });
  const made =
    before === undefined
      ? await work(undefined)
      : await lake.engine.withTable(
          await changedSql(source, plan, { from: before.sourceVersion + 1, to: sourceVersion }),
          (changed) => work(`SELECT * FROM ${changed}`),
        );
  const { version } = plan.table;
  const progress: Progress = { plan: planHash(plan), version, sourceVersion, untilMs };
  await tiles.alter({ properties: { [progressKey]: JSON.stringify(progress) } });
  return {
    sourceVersion,
    kind: before === undefined ? "full" : "incremental",
    ...made,
    until: new Date(untilMs),
  };
}

/** Another definition has other tiles. */
const planHash = ({ from, entity, time, everyMs, measures }: WindowsPlan): string =>
  hashOfJson([from, entity, time, everyMs, measures.map(([name, one]) => [name, { ...one }])]);

const names = (columns: readonly string[]): string => columns.map(quoteName).join(", ");
const momentSql = (ms: number): string => `make_timestamptz(${ms * 1000})`;

/** The table of partial aggregates, one row per entity and tile. */
function tilesOf(lake: Lake, { table, entity, measures }: WindowsPlan): Table {
  const keys = entity.map((name): readonly [string, Column] => {
    const { description: _, ...column } = table.schema.columns[name] ?? float();
    return [name, { ...column, key: true }];
  });
  const { parts } = tileParts(measures.map(([, measure]) => measure), ""); // biome-ignore format: one line
  const columns: Columns = {
    ...Object.fromEntries(keys),
    tile: timestamp({ key: true }),
    ...Object.fromEntries(
      parts.map(({ column, counts }) => [column, counts ? int() : float({ nullable: true })]),
    ),
  };
  return lake.table(`${table.name}__tiles`, schema(`${table.name} tiles`, columns));
}

/**
 * How far the windows of this definition have come; undefined when there are none. Those of an earlier
 * version make room. Throws `feature/conflict-windows` for another definition of the same version.
 */
async function progressOf(
  lake: Lake,
  tiles: Table,
  plan: WindowsPlan,
): Promise<Progress | undefined> {
  if (!(await tiles.exists())) return undefined;
  const text = (await tiles.detail()).properties[progressKey];
  if (text === undefined) return undefined;
  const found = JSON.parse(text) as Progress;
  const { name, version, schema } = plan.table;
  if (found.plan === planHash(plan)) return found;
  if (version <= found.version) fail("feature/conflict-windows", { name, version: found.version });
  const told = lake.table(name, schema);
  if (await told.exists()) await told.delete();
  return undefined;
}

/** The start of the tile of a row. */
const tileSql = ({ time, everyMs }: WindowsPlan): string =>
  `make_timestamptz(CAST(floor(epoch_ms(${quoteName(time)}) / ${everyMs}) AS BIGINT) * ${everyMs * 1000})`;

/** Rows that count: of an entity, at a moment. */
const countedSql = ({ entity, time }: WindowsPlan): string =>
  [...entity, time].map((column) => `${quoteName(column)} IS NOT NULL`).join(" AND ");

/** The tiles in which a version changed a row. */
async function changedSql(
  source: Table,
  plan: WindowsPlan,
  range: { readonly from: number; readonly to: number },
): Promise<string> {
  const select = `SELECT DISTINCT ${names(plan.entity)}, ${tileSql(plan)} AS tile`;
  const rows =
    range.from > range.to ? (await source.read()).sql : (await source.changes(range)).sql;
  const where = range.from > range.to ? "false" : countedSql(plan);
  return `${select} FROM (${rows}) WHERE ${where}`;
}

/** Makes tiles anew, all or those that changed, and tells how many; a tile without rows stays, with nothing in it. */
async function refreshTiles(
  { lake, tiles, plan }: Place,
  { rows, changed }: { readonly rows: string; readonly changed: string | undefined },
): Promise<number> {
  const { parts } = tileParts(plan.measures.map(([, measure]) => measure), quoteName(plan.time)); // biome-ignore format: one line
  const kept = parts.map(({ column, sql }) => `${sql} AS ${column}`).join(", ");
  const all = `SELECT ${names(plan.entity)}, ${tileSql(plan)} AS tile, ${kept} FROM (${rows}) WHERE ${countedSql(plan)} GROUP BY ALL`;
  const { engine } = lake;
  if (changed === undefined) {
    await tiles.overwrite(frame({ engine, schema: tiles.schema, sql: all }));
    return (await tiles.read()).count();
  }
  const [counted] = await engine.query(`SELECT count(*) AS n FROM (${changed})`);
  const found = Number(counted?.["n"]);
  if (found === 0) return 0;
  const filled = parts.map(({ column, counts }) =>
    counts ? `coalesce(${column}, 0) AS ${column}` : column,
  );
  const by = [...plan.entity, "tile"].map(quoteName).join(", ");
  const sql = `SELECT ${by}, ${filled.join(", ")} FROM (${changed}) LEFT JOIN (${all}) USING (${by})`;
  await tiles.merge(frame({ engine, schema: tiles.schema, sql }), { on: [...plan.entity, "tile"] });
  return found;
}

interface Span {
  readonly before: Progress | undefined;
  readonly untilMs: number;
  /** When the refresh is: from then on what it tells is known. */
  readonly seenMs: number;
  /** The tiles that changed; absent where all are new. */
  readonly changed: string | undefined;
}

/** Writes rows of features at the moments at which a window changed, and tells how many. */
async function writeRows({ lake, tiles, plan }: Place, span: Span): Promise<number> {
  const { table } = plan;
  const { engine } = lake;
  const all = (await tiles.read()).sql;
  const moments = await momentsSql({ lake, plan }, { ...span, all });
  const sql = `SELECT ${names(Object.keys(table.schema.columns))} FROM (${valuesSql(plan, { moments, all })})`;
  return engine.withTable(sql, async (made) => {
    const rows = frame({ engine, schema: table.schema, sql: `SELECT * FROM ${made}` });
    const count = await rows.count();
    const isNew = !(await lake.table(table.name, table.schema).exists());
    if (count > 0 || isNew) await writeFeatures(lake, table, rows);
    return count;
  });
}

/** Entities and moments at which features are told, and from when on they were known. */
async function momentsSql(
  { lake, plan }: Omit<Place, "tiles">,
  { before, untilMs, seenMs, changed, all }: Span & { readonly all: string },
): Promise<string> {
  const { entity, table } = plan;
  const by = names(entity);
  const until = momentSql(untilMs);
  const ends = changesAfter(plan).map((ms) => `tile + to_milliseconds(${ms})`);
  const told = (tiles: string): string =>
    `SELECT ${by}, unnest([${ends.join(", ")}]) AS window_end FROM (${tiles})`;
  if (before === undefined || changed === undefined)
    return `SELECT DISTINCT ${by}, window_end, window_end AS known_at FROM (${told(all)}) WHERE window_end <= ${until}`;
  const [last, seen] = [momentSql(before.untilMs), momentSql(seenMs)];
  const longest = Math.max(...changesAfter(plan));
  const stored = (await lake.table(table.name, table.schema).read()).sql;
  const earlier = `SELECT ${by}, window_end FROM (${told(changed)})
    UNION ALL SELECT ${entity.map((name) => `f.${quoteName(name)}`).join(", ")}, f.window_end
      FROM (${stored}) f JOIN (${changed}) d USING (${by})
      WHERE f.window_end > d.tile AND f.window_end <= d.tile + to_milliseconds(${longest})`;
  return `
    SELECT DISTINCT ${by}, window_end, ${seen} AS known_at FROM (${told(all)})
      WHERE window_end > ${last} AND window_end <= ${until}
    UNION ALL SELECT DISTINCT ${by}, window_end, ${seen} AS known_at FROM (${earlier})
      WHERE window_end <= ${last}`;
}

/** How long after the start of a tile windows change: when it enters, and when it has left each. */
function changesAfter({ everyMs, measures }: WindowsPlan): readonly number[] {
  return [everyMs, ...new Set(measures.map(([, { ms }]) => ms + everyMs))];
}

/** The aggregations of the tiles before each moment. */
function valuesSql(
  { entity, measures }: WindowsPlan,
  { moments, all }: { readonly moments: string; readonly all: string },
): string {
  const longest = Math.max(...measures.map(([, { ms }]) => ms));
  const { of } = tileParts(measures.map(([, measure]) => measure), ""); // biome-ignore format: one line
  const values = measures.map(([name, { aggregate, ms }], i) => {
    const { n, value } = of[i] ?? { n: "rows", value: null };
    const within = `FILTER (t.tile >= m.window_end - to_milliseconds(${ms}))`;
    const count = `coalesce(sum(t.${n}) ${within}, 0)::DOUBLE`;
    if (value === null) return `${count} AS ${quoteName(name)}`;
    const kept =
      aggregate === "min" || aggregate === "max"
        ? `${aggregate}(t.${value})`
        : `sum(t.${value} ORDER BY t.tile)`;
    const whole = aggregate === "mean" ? `${kept} ${within} / ${count}` : `${kept} ${within}`;
    return `CASE WHEN ${count} > 0 THEN ${whole} END AS ${quoteName(name)}`;
  });
  const keys = [...entity.map(quoteName), "window_end", "known_at"].map((name) => `m.${name}`);
  const same = entity.map((name) => `t.${quoteName(name)} = m.${quoteName(name)}`).join(" AND ");
  return `SELECT ${keys.join(", ")}, ${values.join(", ")} FROM (${moments}) m LEFT JOIN (${all}) t
    ON ${same} AND t.tile < m.window_end AND t.tile >= m.window_end - to_milliseconds(${longest})
    GROUP BY ${keys.join(", ")}`;
}
