/** @file Folds of a frame: train and validation rows told apart by a hash of a key. */
import { checkNames, checkNumber } from "../core/index.ts";
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

/** Options of {@link frameFolds}. */
export interface FrameFoldsOptions<N extends string = string> {
  /** How many, 2 to 100. Default 5. */
  readonly folds?: number;
  /** The column whose value decides the fold: rows of equal values stay together. */
  readonly by: N;
  /** Another seed is another division. Default 0. */
  readonly seed?: number;
}

/** One fold. */
export interface FrameFold<C extends Columns> {
  readonly train: Frame<C>;
  /** Features and models refuse to learn from it. */
  readonly validation: Frame<C>;
}

/**
 * Divides rows into folds by md5 of the seed, how often the rows were divided, and the key, its first 52 bits as a fraction of 1: each key is in the validation rows of one
 * fold and in the training rows of all others, whatever other rows there are. Folds differ in size as chance
 * has it. Lazy like the frame given: features are fitted on each fold's training rows, so that nothing of the
 * validation rows is known. O(n) for the check of the keys.
 *
 * @param rows - Rows that may be learned from: the training side of a split.
 * @param options - Which column decides, and how many folds.
 * @returns The folds, in order.
 * @throws `dataset/missing-column`, `dataset/unknown-column`, `dataset/missing-key`, `dataset/missing-rows`, `dataset/out-of-range-folds` when there
 * are fewer keys than folds, or a fold would have none, `dataset/conflict-test-rows`, `option/out-of-range`,
 * `option/unknown-name`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { id: int({ key: true }) });
 * const rows = frame({ engine, schema: people, sql: "SELECT unnest(range(1000)) AS id" });
 * const parts = await frameFolds(rows, { by: "id", folds: 3 });
 * const sizes = await Promise.all(parts.map(({ validation }) => validation.count()));
 * sizes.reduce((sum, size) => sum + size, 0) // => 1000
 * await engine.close();
 * ```
 * @see Peer: scikit-learn `GroupKFold(shuffle=True)`, which deals groups out by their order.
 */
export async function frameFolds<C extends Columns>(
  rows: Frame<C>,
  options: FrameFoldsOptions<keyof C & string>,
): Promise<readonly FrameFold<C>[]> {
  checkFrame("frameFolds", rows);
  checkNames("frameFolds", options, ["folds", "by", "seed"]);
  const { folds = 5, by, seed = 0 } = options;
  checkNumber("frameFolds", { folds }, { min: 2, max: 100, integer: true });
  checkNumber("frameFolds", { seed });
  if (isHeldOut(rows)) fail("dataset/conflict-test-rows", {});
  const columns = Object.keys(rows.schema.columns);
  checkColumn("frameFolds", { by }, columns);
  const place = foldSql(by, saltOf(rows, seed), folds);
  await checkKeys(rows, { by, place, folds });
  const { engine, schema, sql } = rows;
  const origin = rows.origin && narrowed(rows.origin, [by]);
  const parts = { engine, schema, origin, dividedFrom: [...(rows.dividedFrom ?? []), sql] };
  const where = (condition: string): string => `SELECT * FROM (${sql}) WHERE ${condition}`;
  return Array.from({ length: folds }, (_, fold) => ({
    train: frame({ ...parts, sql: where(`${place} <> ${fold}`), part: "train" }),
    validation: frame({ ...parts, sql: where(`${place} = ${fold}`), part: "validation" }),
  }));
}

/** Folds of folds must not fall together with those they are made of, so each depth has a salt of its own. */
function saltOf({ part, dividedFrom = [] }: Frame<Columns>, seed: number): string {
  const depth = dividedFrom.length;
  return part === undefined && depth === 0 ? `${seed}:folds:` : `${seed}:folds:${part}:${depth}:`;
}

/** SQL of a row's fold, 0 to folds − 1. */
function foldSql(by: string, salt: string, folds: number): string {
  const digest = `md5(${quoteText(salt)} || CAST(${quoteName(by)} AS VARCHAR))`;
  const bits = `CAST(CAST('0x' || substr(${digest}, 1, 13) AS BIGINT) AS DOUBLE)`; // 52 bits
  return `CAST(floor(${bits} * '${folds / 2 ** 52}'::DOUBLE) AS INTEGER)`;
}

async function checkKeys(
  rows: Frame<Columns>,
  { by, place, folds }: { readonly by: string; readonly place: string; readonly folds: number },
): Promise<void> {
  const name = quoteName(by);
  const [found = {}] = await rows.engine.query(
    `SELECT count(*) AS n, count(*) - count(${name}) AS missing, count(DISTINCT ${place}) AS filled FROM (${rows.sql})`,
  );
  if (Number(found["n"]) === 0) fail("dataset/missing-rows", { at: "frameFolds" });
  const missing = Number(found["missing"]);
  if (missing > 0) fail("dataset/missing-key", { column: by, rows: missing });
  const filled = Number(found["filled"]);
  if (filled < folds)
    fail("dataset/out-of-range-folds", {
      at: "frameFolds",
      folds,
      what: `the folds that keys of "${by}" fall into`,
      got: filled,
    });
}
