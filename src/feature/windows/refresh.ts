/** @file Refreshing windows: tiles made anew where the source has changed, and rows where windows have. */
import { isMillraceError } from "../../core/index.ts";
import { frame, type Lake, type Table } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { parseSeen, type SeenSource, windowsHash, windowsKey } from "../table/declared-windows.ts";
import { rowKeyOf } from "../table/feature-table.ts";
import { deltaOf } from "../table/stored.ts";
import { readyFeatures } from "../table/write-features.ts";
import { names, type WindowsPlan } from "./plan.ts";
import { changedTilesSql, tilesOf, tilesSql, touchedSql } from "./tiles.ts";
import { rowsSql } from "./window-rows.ts";

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

/** How far the rows have come. */
interface Told extends SeenSource {
  readonly untilMs: number;
  /** When the last refresh was: from then on what it told was known. */
  readonly seenMs: number;
}

/** A table as it is found: its version (-1: none), and what a refresh kept in it then. */
interface Kept<S> {
  readonly version: number;
  readonly state: S | undefined;
}

const mostTries = 10;

/**
 * See `FeatureWindows.refresh`. There are two commits, tiles and rows. Each keeps with what it wrote up to
 * which version of the source that is, and counts only if nobody wrote since it was begun: what stops in
 * between is gone on from, and of two at once the slower one begins again from where the other came to.
 */
export async function refreshWindows(
  lake: Lake,
  plan: WindowsPlan,
  until: Date,
): Promise<RefreshedWindows> {
  for (let tries = 1; ; tries++)
    try {
      return await refreshOnce(lake, plan, { until, tries });
    } catch (error) {
      if (tries === mostTries || !isMillraceError(error, "table/conflict-newer")) throw error;
    }
}

/** What a refresh works on. */
interface Place {
  readonly lake: Lake;
  readonly plan: WindowsPlan;
  readonly tiles: Table;
  readonly rows: Table;
  readonly source: Table;
}

async function refreshOnce(
  lake: Lake,
  plan: WindowsPlan,
  asked: { readonly until: Date; readonly tries: number },
): Promise<RefreshedWindows> {
  const { table, from } = plan;
  await readyFeatures(lake, table);
  const source = lake.table(from, plan.source);
  const place: Place = {
    lake,
    plan,
    source,
    tiles: tilesOf(lake, plan),
    rows: deltaOf(lake, table),
  };
  const tiles = await keptOf<SeenSource>(place.tiles);
  const rows = await keptOf<Told>(place.rows);
  // The source last, so that nothing was kept of a version that is not there yet.
  const { id: sourceId, version: sourceVersion, changeFeed } = await source.detail();
  if (!changeFeed) fail("feature/missing-changes", { name: table.name, from, off: null });
  const now: SeenSource = { plan: windowsHash(table), sourceId, sourceVersion };
  const [made, told] = [earlier(tiles.state, now), earlier(rows.state, now)];
  const to = momentsOf(plan, told, asked);
  const since = Math.min(made?.sourceVersion ?? Infinity, told?.sourceVersion ?? Infinity);
  return withTouched(place, { since, sourceVersion }, async (touched) => {
    const fresh = await writeTiles(
      place,
      { version: tiles.version, state: made },
      { now, touched },
    );
    const step = { now: { ...now, ...to }, touched, tiles: fresh.version };
    return {
      ...{ sourceVersion, kind: told === undefined ? "full" : "incremental", tiles: fresh.made },
      rows: await writeRows(place, { version: rows.version, state: told }, step),
      until: new Date(to.untilMs),
    };
  });
}

async function keptOf<S extends SeenSource>(table: Table): Promise<Kept<S>> {
  if (!(await table.exists())) return { version: -1, state: undefined };
  const { version, properties } = await table.detail();
  return { version, state: parseSeen<S>(properties) };
}

/** What was kept by this declaration, of this source, which was not made anew or cut back since. */
const earlier = <S extends SeenSource>(kept: S | undefined, now: SeenSource): S | undefined =>
  kept?.plan === now.plan &&
  kept.sourceId === now.sourceId &&
  kept.sourceVersion <= now.sourceVersion
    ? kept
    : undefined;

/** Until when features are told, and from when on that is known: never before what was told already. */
function momentsOf(
  { table: { name }, everyMs }: WindowsPlan,
  told: Told | undefined,
  { until, tries }: { readonly until: Date; readonly tries: number },
): Pick<Told, "untilMs" | "seenMs"> {
  const untilMs = Math.floor(until.getTime() / everyMs) * everyMs;
  const last = told === undefined ? null : new Date(told.untilMs).toISOString();
  if (Number.isNaN(untilMs))
    fail("feature/out-of-range-refresh", { name, until: String(until), last });
  if (told === undefined) return { untilMs, seenMs: until.getTime() };
  if (untilMs < told.untilMs && tries === 1)
    fail("feature/out-of-range-refresh", { name, until: until.toISOString(), last });
  return {
    untilMs: Math.max(untilMs, told.untilMs),
    seenMs: Math.max(until.getTime(), told.seenMs),
  };
}

/** Does the work with the tiles that the source changed after a version, as a table of the engine. */
async function withTouched<T>(
  { lake, plan, source }: Place,
  { since, sourceVersion }: { readonly since: number; readonly sourceVersion: number },
  work: (touched: string) => Promise<T>,
): Promise<T> {
  const rows =
    since < sourceVersion
      ? await changesSql(plan, source, { from: since + 1, to: sourceVersion })
      : `SELECT * FROM (${(await source.read({ version: sourceVersion })).sql}) WHERE false`;
  return lake.engine.withTable(touchedSql(plan, rows), (touched) =>
    work(`SELECT * FROM ${touched}`),
  );
}

/** What the source changed, as SQL. Throws `feature/missing-changes` where that was not kept. */
async function changesSql(
  { table: { name }, from }: WindowsPlan,
  source: Table,
  versions: { readonly from: number; readonly to: number },
): Promise<string> {
  try {
    return (await source.changes(versions)).sql;
  } catch (error) {
    if (!isMillraceError(error, "table/missing-changes")) throw error;
    return fail("feature/missing-changes", { name, from, off: versions }, { cause: error });
  }
}

interface Step<S> {
  /** What is kept with what is written. */
  readonly now: S;
  /** The tiles that changed. */
  readonly touched: string;
}

/** Brings the tiles to a version of the source: all of them, or those that changed. */
async function writeTiles(
  { lake: { engine }, plan, source, tiles }: Place,
  { version, state }: Kept<SeenSource>,
  { now, touched }: Step<SeenSource>,
): Promise<{ readonly version: number; readonly made: number }> {
  if (state?.sourceVersion === now.sourceVersion) return { version, made: 0 };
  const read = await source.read({ version: now.sourceVersion });
  const made = (sql: string) => frame({ engine, schema: tiles.schema, sql, keep: [read] });
  const how = keeping(version, now);
  if (state === undefined) {
    const all = made(`${tilesSql(plan, read.sql)} ORDER BY ${names([...plan.entity, "tile"])}`);
    const commit = await tiles.overwrite(all, { ...how, overwriteSchema: true });
    return { version: commit.version, made: commit.metrics["numOutputRows"] ?? 0 };
  }
  const some = made(changedTilesSql(plan, read.sql, touched));
  const commit = await tiles.merge(some, { ...how, on: [...plan.entity, "tile"] });
  return { version: commit.version, made: commit.metrics["numSourceRows"] ?? 0 };
}

/** Writes the rows of features of the moments at which a window changed, and tells how many. */
async function writeRows(
  { lake: { engine }, plan, tiles, rows }: Place,
  { version, state }: Kept<Told>,
  { now, touched, tiles: tilesVersion }: Step<Told> & { readonly tiles: number },
): Promise<number> {
  if (state?.sourceVersion === now.sourceVersion && state.untilMs === now.untilMs) return 0;
  const [all, stored] = [await tiles.read({ version: tilesVersion }), await rows.read({ version })];
  const before = state && { untilMs: state.untilMs, rows: stored.sql, touched };
  const sql = rowsSql(plan, { tiles: all.sql, before, ...now });
  const made = frame({ engine, schema: rows.schema, sql, keep: [all, stored] });
  const how = keeping(version, now);
  if (state === undefined) return (await rows.overwrite(made, how)).metrics["numOutputRows"] ?? 0;
  const { metrics } = await rows.merge(made, { ...how, on: rowKeyOf(plan.table) });
  return metrics["numSourceRows"] ?? 0;
}

/** A write that counts only if the table is as it was read, and keeps how far it is then. */
const keeping = (version: number, now: SeenSource) => ({
  ifVersion: version,
  properties: { [windowsKey]: JSON.stringify(now) },
});
