/** @file What a study's scores are of: kept beside them, so that scores of something else are not taken for them. */
import { hashOfJson } from "../core/index.ts";
import { type Columns, type Frame, quoteName } from "../table/index.ts";
import { fail } from "./errors.ts";
import type { Study } from "./study/study.ts";

/** The note of a trial that says what was searched. */
export const searchedNote = "searched";

/** What was searched: a hash of the rows, and how they were judged. */
export type Searched = Readonly<Record<string, string | number | null>>;

/** How models are judged, by the names of the options. */
export interface Judging {
  readonly metric: string;
  readonly by: string;
  readonly folds: number;
  readonly seed: number;
  readonly weights: string | null;
}

/** What is searched. Reads all rows once; the same rows in any order are the same. */
export async function searchedOf<C extends Columns>(
  rows: Frame<C>,
  judging: Judging,
): Promise<Searched> {
  const columns = Object.entries(rows.schema.columns).map(([name, { kind }]) => [name, kind]);
  const names = Object.keys(rows.schema.columns).sort();
  const digest = `md5_number_lower(json_array(${names.map(quoteName).join(", ")})::VARCHAR)`;
  const [sums = {}] = await rows.engine.query(
    `SELECT count(*) AS n, CAST(bit_xor(${digest}) AS VARCHAR) AS mixed, CAST(sum(CAST(${digest} AS HUGEINT)) AS VARCHAR) AS total FROM (${rows.sql})`,
  );
  const content = [Number(sums["n"]), String(sums["mixed"]), String(sums["total"])];
  return { rows: hashOfJson([columns.sort(), content]), ...judging };
}

/**
 * Checks that the trials of a study are of what is searched now. Throws `tune/conflict-search`.
 */
export async function checkSearched(study: Study, searched: Searched): Promise<void> {
  for (const { number, steps, values, notes } of await study.trials()) {
    if (values === null && steps.length === 0) continue; // it has no score
    const kept = notes[searchedNote];
    const known = new Map(typeof kept === "object" && kept !== null ? Object.entries(kept) : []);
    const differ = Object.keys(searched).filter((name) => known.get(name) !== searched[name]);
    if (differ.length > 0)
      fail("tune/conflict-search", { study: study.name, trial: number, differ });
  }
}
