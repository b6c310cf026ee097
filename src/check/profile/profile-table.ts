/** @file A table profiled: two scans of the engine, however many columns there are. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { type AnyRows, isTechnicalColumn } from "../../table/index.ts";
import { columnProfile } from "./column-profiles.ts";
import { firstScanSql, type Place, placedSql, placesOf } from "./columns-sql.ts";
import { compareProfiles } from "./compare-profiles.ts";
import { array, type FirstFacts, firstFacts, record } from "./first-facts.ts";
import { missingTogether, strongestPairs } from "./missing-pairs.ts";
import {
  type Correlations,
  type MissingPattern,
  profileFormat,
  rounded,
  type TableProfile,
} from "./profile.ts";
import { type Plan, pairsOf, planSecond, secondScanSql } from "./second-scan.ts";

/** How a table is profiled. */
export interface ProfileOptions {
  /** Look at about so many rows, drawn by their place in the table; default all of them. */
  readonly sample?: number;
  /** How many common values are listed for each column, 1 to 1000. Default 10. */
  readonly topK?: number;
  /** Bins of the histograms, 1 to 200. Default 20. */
  readonly bins?: number;
  /**
   * Whether the technical columns, such as `_loaded_at` and `_row_id`, are profiled too: with them no
   * two rows are the same, and each delivery has moved. Those of the key always are. Default false.
   */
  readonly technical?: boolean;
  /** An earlier profile of the same table: the new one then says how far columns have moved. */
  readonly previous?: TableProfile;
}

/**
 * Profiles rows in two scans of the engine, however many columns there are. The first finds
 * counts, bounds, moments, estimates of the number of different values, text lengths, duplicates
 * and missing cells by row. The second, told by the first what to look for, finds bins, quantiles,
 * common values, exact numbers of different values, patterns, pairs of missing cells, and Pearson's
 * correlations r = cov(a, b) / (σ_a σ_b).
 *
 * Different values are counted exactly up to a million of them in a column, and estimated above.
 * Quantiles and correlations come from all rows until that is too much work (ten million cells, two
 * hundred million pairs); then from a fixed sample, and `measured` says of how many rows.
 *
 * Time O(rows · columns) with O(rows · c²) for at most 40 numeric and 64 incomplete columns. With a
 * sample, the rows are counted first.
 *
 * @param rows - A frame.
 * @param options - See {@link ProfileOptions}.
 * @returns A profile as plain JSON, the same for the same rows. NaN counts as missing.
 * @throws `option/unknown-name`, `option/out-of-range`, `check/unsupported-profile` for a previous
 * profile of another format, and what the engine throws.
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = schema("points", { id: text({ key: true }), x: int({ nullable: true }) });
 * const table = lake.table("demo.points", points);
 * await table.append([{ id: "a", x: 1 }, { id: "b", x: 3 }, { id: "c", x: null }]);
 * const profile = await profileTable(await table.read());
 * profile.columns.map(({ name, missing, distinct }) => [name, missing, distinct]) // => [["id", 0, 3], ["x", 1, 2]]
 * profile.columns[1]?.number?.mean // => 2
 * ```
 * @see Great Expectations' onboarding data assistant, removed in 1.0; ydata-profiling's report.
 */
export async function profileTable(
  rows: AnyRows,
  options: ProfileOptions = {},
): Promise<TableProfile> {
  checkNames("profileTable", options, ["sample", "topK", "bins", "technical", "previous"]);
  const { sample, topK = 10, bins = 20, previous } = options;
  checkNumber("profileTable", { topK }, { min: 1, max: 1000, integer: true });
  checkNumber("profileTable", { bins }, { min: 1, max: 200, integer: true });
  if (sample !== undefined) checkNumber("profileTable", { sample }, { min: 1, integer: true });
  const [places, leftOut] = chosenOf(rows, options);
  const all = sample === undefined ? undefined : await countOf(rows);
  const share = sample === undefined ? 1 : Math.min(1, sample / Math.max(1, all ?? 1));
  const placed = placedSql(rows, places, { looked: share, measured: 1 });
  const key = places.filter(({ name }) => rows.schema.columns[name]?.key === true);
  const keyPlaces = key.map(({ at }) => at);
  const one = await oneRow(rows, firstScanSql(placed, places, keyPlaces));
  const looked = Number(one["n"] ?? 0);
  const facts = places.map((place) => firstFacts(place, one[`s${place.at}`]));
  const plan = planSecond(facts, { rows: looked, bins, topK });
  const again = placedSql(rows, places, { looked: share, measured: plan.share });
  const two = await oneRow(rows, secondScanSql(again, plan));
  const columns = plan.columns.map((column) =>
    columnProfile(column, two[`s${column.first.place.at}`], looked),
  );
  const profile: TableProfile = {
    format: profileFormat,
    table: rows.schema.name,
    rows: all ?? looked,
    looked,
    measured: Number(two["measured"] ?? 0),
    duplicateRows: Number(one["duplicates"] ?? 0),
    key: key.map(({ name }) => name),
    duplicateKeys: key.length === 0 ? null : Number(one["key_duplicates"] ?? 0),
    constantColumns: namesWhere(
      columns,
      ({ distinct, missing }) => distinct === 1 && missing === 0,
    ),
    emptyColumns: namesWhere(columns, ({ count }) => count === 0 && looked > 0),
    columns,
    leftOut,
    missing: missingPattern({ plan, facts, rows: looked }, one["missing"], two["both"]),
    correlations: correlationsOf(plan.numbers, two["correlations"]),
    drift: null,
  };
  return previous === undefined
    ? profile
    : { ...profile, drift: compareProfiles(previous, profile) };
}

/** The columns that are profiled, and the names of those that are not; never none of all. */
function chosenOf(
  rows: AnyRows,
  { technical = false }: ProfileOptions,
): readonly [readonly Place[], readonly string[]] {
  const all = placesOf(rows);
  const isLeftOut = ({ name }: Place): boolean =>
    !technical && isTechnicalColumn(name) && rows.schema.columns[name]?.key !== true;
  const leftOut = all.filter(isLeftOut);
  if (leftOut.length === all.length) return [all, []];
  return [all.filter((place) => !isLeftOut(place)), leftOut.map(({ name }) => name)];
}

async function countOf({ engine, sql }: AnyRows): Promise<number> {
  const [row] = await engine.query(`SELECT count(*) AS n FROM (${sql})`);
  return Number(row?.["n"] ?? 0);
}

async function oneRow(
  { engine }: AnyRows,
  sql: string,
): Promise<Readonly<Record<string, unknown>>> {
  return (await engine.queryJson(sql))[0] ?? {};
}

function namesWhere<T extends { readonly name: string }>(
  columns: readonly T[],
  is: (column: T) => boolean,
): readonly string[] {
  return columns.filter(is).map(({ name }) => name);
}

function missingPattern(
  { plan, facts, rows }: { plan: Plan; facts: readonly FirstFacts[]; rows: number },
  byRow: unknown,
  both: unknown,
): MissingPattern {
  const missing = new Map(facts.map(({ place, count }) => [place.at, rows - count]));
  const counts = array(both).map(Number);
  const pairs = pairsOf(plan.missing).map(([a, b], i) => {
    const together = counts[i] ?? 0;
    const sizes = { rows, a: missing.get(a.at) ?? 0, b: missing.get(b.at) ?? 0, both: together };
    return { a: a.name, b: b.name, both: together, ...missingTogether(sizes) };
  });
  const byCount = array(byRow).map((entry) => {
    const { key, value } = record(entry);
    return { missing: Number(key), rows: Number(value) };
  });
  return {
    rows: byCount.toSorted((a, b) => a.missing - b.missing),
    columns: plan.missing.map(({ name }) => name),
    pairs: strongestPairs(pairs),
    pairsCounted: pairs.length,
  };
}

function correlationsOf(places: readonly Place[], found: unknown): Correlations {
  const values: (number | null)[][] = places.map(() => places.map(() => null));
  const list = array(found);
  for (const [at, [i, j]] of pairsOf(places.map((_, i) => i)).entries()) {
    const r = list[at];
    const known = typeof r === "number" && Number.isFinite(r);
    const value = known ? rounded(Math.max(-1, Math.min(1, r))) : null;
    for (const [row, column] of [
      [i, j],
      [j, i],
    ] as const) {
      const line = values[row];
      if (line !== undefined) line[column] = value;
    }
  }
  for (const [i, line] of values.entries()) line[i] = 1;
  return { columns: places.map(({ name }) => name), values };
}
