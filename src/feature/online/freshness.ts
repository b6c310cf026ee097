/** @file Freshness: how old the newest features of a table are, and how many keys have none that count. */
import { type Clock, systemClock } from "../../core/index.ts";
import { type Lake, quoteName } from "../../table/index.ts";
import { deltaOf, describeFeatures } from "../table/stored.ts";
import { newestSql, timeName } from "./materialize.ts";

/** How old the newest row is, and whether that is as declared. */
export interface FreshnessReport {
  readonly table: string;
  /** When the newest row that is true by now became so, or, without times, when the table was last written; null when it is empty. */
  readonly newestMs: number | null;
  readonly ageMs: number | null;
  /** The age declared; null where none is. */
  readonly freshnessMs: number | null;
  /** `stale` when the newest row is older than declared, or there is none; `undeclared` where nobody says how old it may be. */
  readonly state: "fresh" | "stale" | "undeclared";
  /** The age past which a row counts no more; null where none is declared. */
  readonly ttlMs: number | null;
  /** Things that have a row by now. */
  readonly keys: number;
  /** Of these, those whose newest row is past its ttl: they are served as missing. Null without a ttl. */
  readonly expired: number | null;
}

/**
 * Judges how old a feature table is by its declaration.
 *
 * @throws `feature/missing-table`
 */
export async function checkFreshness(
  lake: Lake,
  name: string,
  clock: Clock = systemClock,
): Promise<FreshnessReport> {
  const { table, tableVersion, modifiedAtMs } = await describeFeatures(lake, name);
  const { timestamp, freshnessMs, ttlMs } = table;
  const nowMs = clock();
  const { sql, engine } = await deltaOf(lake, table).read({ version: tableVersion });
  const time = quoteName(timeName);
  const [found] = await engine.query(
    `SELECT count(*) AS keys, epoch_ms(max(${time})) AS ms, count(*) FILTER (epoch_ms(${time}) < ${nowMs - (ttlMs ?? 0)}) AS expired
     FROM (${newestSql(table, sql, nowMs)})`,
  );
  const keys = Number(found?.["keys"] ?? 0);
  const ms = timestamp === null && keys > 0 ? modifiedAtMs : (found?.["ms"] ?? null);
  const newestMs = ms === null ? null : Number(ms);
  const ageMs = newestMs === null ? null : nowMs - newestMs;
  const isFresh = freshnessMs !== null && ageMs !== null && ageMs <= freshnessMs;
  return {
    ...{ table: name, newestMs, ageMs, freshnessMs },
    state: freshnessMs === null ? "undeclared" : isFresh ? "fresh" : "stale",
    ...{ ttlMs, keys, expired: ttlMs === null ? null : Number(found?.["expired"] ?? 0) },
  };
}
