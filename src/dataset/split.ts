/** @file Train and test rows, told apart by a hash of a key, so that nobody ever changes sides. */
import { checkNames, checkNumber, hashOfJson } from "../core/index.ts";
import type { Hash } from "../flow.ts";
import {
  type Columns,
  checkFrame,
  type Frame,
  frame,
  isHeldOut,
  narrowed,
  quoteName,
  quoteText,
} from "../table/index.ts";
import { checkColumn } from "./check-column.ts";
import { fail } from "./errors.ts";
import { timeWarnings } from "./time-order.ts";

/** Options of {@link split}. */
export interface SplitOptions<N extends string = string> {
  /** Share of the keys that go to the test side, above 0 and below 1. Default 0.2. */
  readonly test?: number;
  /** The column whose value decides the side: rows of equal values stay together. */
  readonly by: N;
  /** Another seed is another split. Default 0. */
  readonly seed?: number;
  /** `null`: the order in time does not matter, and is not looked at. */
  readonly time?: null;
  /** Share of the keys that go to a validation side, to choose by; with `test` below 1. Default: there is none. */
  readonly validation?: number;
}

/** The two sides of a split. */
export interface Split<C extends Columns> {
  readonly train: Frame<C>;
  /** Features and models refuse to learn from it. */
  readonly test: Frame<C>;
  /** The hash of the sorted keys of the test side: equal fingerprints, equal test customers. */
  readonly fingerprint: Hash;
  /** What may be wrong with the split: rows that are alike when they follow each other in time. */
  readonly warnings: readonly string[];
}

/** A split with rows to choose by: which model, which options, when to stop. */
export interface ThreeWaySplit<C extends Columns> extends Split<C> {
  /** Features and models refuse to learn from it. */
  readonly validation: Frame<C>;
}

/**
 * Splits rows by whether md5(seed:key), its first 52 bits as a fraction of 1, is below `test`. A key never changes sides when rows are added,
 * removed or reordered, nor to or from the test side when a validation side is asked for. O(n) in the engine. Where the rows have a column of moments, `warnings` tells when
 * rows that follow each other are alike: then `splitByTime` is the honest split.
 *
 * @param rows - The rows to split.
 * @param options - Which column decides, and how many go to the test side.
 * @returns Two frames, or three, lazy like the one given, and the fingerprint of the test side.
 * @throws `dataset/missing-column`, `dataset/unknown-column`, `dataset/missing-key`, `dataset/missing-rows`,
 * `dataset/conflict-test-rows`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { id: int({ key: true }) });
 * const rows = frame({ engine, schema: people, sql: "SELECT unnest(range(1000)) AS id" });
 * const { train, test } = await split(rows, { by: "id", test: 0.25 });
 * (await train.count()) + (await test.count()) // => 1000
 * await engine.close();
 * ```
 */
export async function split<C extends Columns, V extends number | undefined = undefined>(
  rows: Frame<C>,
  options: SplitOptions<keyof C & string> & { readonly validation?: V },
): Promise<V extends number ? ThreeWaySplit<C> : Split<C>>;
export async function split<C extends Columns>(
  rows: Frame<C>,
  options: SplitOptions<keyof C & string>,
): Promise<Split<C> | ThreeWaySplit<C>> {
  checkFrame("split", rows);
  checkNames("split", options, ["test", "by", "seed", "time", "validation"]);
  const { test = 0.2, by, seed = 0, validation } = options;
  checkNumber("split", { test }, { above: 0, below: 1 });
  if (validation !== undefined) {
    checkNumber("split", { validation }, { above: 0, below: 1 });
    checkNumber("split", { "test and validation": test + validation }, { below: 1 });
  }
  checkNumber("split", { seed });
  if (isHeldOut(rows)) fail("dataset/conflict-test-rows", {});
  const columns = Object.keys(rows.schema.columns);
  checkColumn("split", { by }, columns);
  const key = `CAST(${quoteName(by)} AS VARCHAR)`;
  const keys = await rows.texts(key);
  if (keys.length === 0) fail("dataset/missing-rows", { at: "split" });
  const missing = keys.filter((value) => value === null).length;
  if (missing > 0) fail("dataset/missing-key", { column: by, rows: missing });
  // A second split of training rows draws anew, or its test side would be empty.
  const salt = rows.part === undefined ? `${seed}:` : `${seed}:${rows.part}:`;
  const digest = `md5(${quoteText(salt)} || ${key})`;
  const place = `CAST(CAST('0x' || substr(${digest}, 1, 13) AS BIGINT) AS DOUBLE)`; // 52 bits
  const isBelow = (share: number) => `${place} < '${share * 2 ** 52}'::DOUBLE`;
  const isTest = isBelow(test);
  const isHeld = isBelow(test + (validation ?? 0));
  const { engine, schema, sql } = rows;
  const origin = rows.origin && narrowed(rows.origin, [by]);
  const side = (condition: string) => `SELECT * FROM (${sql}) WHERE ${condition}`;
  const parts = { engine, schema, origin, dividedFrom: [...(rows.dividedFrom ?? []), sql] };
  const testRows = frame({ ...parts, sql: side(isTest), part: "test" });
  const trainRows = frame({ ...parts, sql: side(`NOT (${isHeld})`), part: "train" });
  const testKeys = (await testRows.texts(key)).filter((value) => value !== null);
  const warnings = options.time === null ? [] : await timeWarnings(rows, by);
  const fingerprint = hashOfJson(testKeys.sort());
  const two = { train: trainRows, test: testRows, fingerprint, warnings };
  if (validation === undefined) return two;
  const between = side(`${isHeld} AND NOT (${isTest})`);
  return { ...two, validation: frame({ ...parts, sql: between, part: "validation" }) };
}
