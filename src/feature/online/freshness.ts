/** @file Freshness: how old the newest features of a table are. */
import { type Clock, systemClock } from "../../core/index.ts";
import { type Lake, quoteName } from "../../table/index.ts";
import { deltaOf, describeFeatures } from "../table/stored.ts";

/** How old the newest row is, and whether that is as declared. */
export interface FreshnessReport {
  readonly table: string;
  /** When the newest row became true, or, without times, when the table was last written; null when it is empty. */
  readonly newestMs: number | null;
  readonly ageMs: number | null;
  /** The age declared; null where none is. */
  readonly freshnessMs: number | null;
  /** False when the newest row is older than declared, or there is none. */
  readonly fresh: boolean;
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
  const { table, rows, modifiedAtMs } = await describeFeatures(lake, name);
  const { timestamp, freshnessMs } = table;
  let newestMs = rows === 0 ? null : modifiedAtMs;
  if (timestamp !== null) {
    const { sql, engine } = await deltaOf(lake, table).read();
    const [found] = await engine.query(`SELECT epoch_ms(max(${quoteName(timestamp)})) AS ms FROM (${sql})`); // biome-ignore format: one line
    const ms = found?.["ms"];
    newestMs = typeof ms === "number" ? ms : null;
  }
  const ageMs = newestMs === null ? null : clock() - newestMs;
  const fresh = freshnessMs === null || (ageMs !== null && ageMs <= freshnessMs);
  return { table: name, newestMs, ageMs, freshnessMs, fresh };
}
