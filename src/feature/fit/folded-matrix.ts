/** @file The matrix of training rows: each has what was learned from the folds that it is not in. */
import { toMatrix } from "../../table/index.ts";
import type { Output } from "../feature.ts";
import type { FeaturesState, NumbersFrame } from "./features-data.ts";
import { foldOf, keyHashSql, keyOf } from "./row-keys.ts";

/** What is known of the rows just fitted on, and not stored. */
export interface Training {
  readonly sql: string;
  readonly rows: number;
  /** The hashes of the rows' keys, [n], where the schema has a key. */
  readonly keyHashes: Float64Array | undefined;
  /** By feature: what its columns are in the training rows of each fold. */
  readonly folds: readonly (readonly (readonly Output[])[] | undefined)[];
}

/** Computes rows of a matrix from parts of the engine's columns. */
export interface PartProgram {
  /** What the engine is asked for. */
  readonly sql: readonly string[];
  /** Fills rows, [n, d] of zeros, from a part that begins at the row `from` of all. */
  fill(part: readonly Float64Array[], to: Float64Array, from: number): void;
}

/**
 * The matrix of rows among which there may be training rows, whatever query gives them: a row whose key was
 * trained on has what was learned from the other folds, any other row what was learned from all. Undefined
 * where nothing was learned by folds, or the rows have no key to be known by.
 */
export function foldedMatrix(
  state: FeaturesState,
  { schema }: NumbersFrame,
  training: Training | undefined,
): PartProgram | undefined {
  const { keyHashes, folds: learned = [] } = training ?? {};
  const by = keyOf(schema.columns);
  const isFolded = learned.some((folds) => folds !== undefined);
  if (!isFolded || keyHashes === undefined || by.length === 0) return undefined;
  const columns = state.features.flatMap(({ outputs }, i) => {
    const folds = learned[i] ?? [];
    return outputs.map((output, j) => [output, ...folds.map((made) => made[j] ?? output)]);
  });
  const { sql, fill } = toMatrix(columns);
  const isTrained = knownBy(keyHashes);
  return {
    sql: [...sql, keyHashSql(by, schema.columns)],
    fill: (part, to, from) => {
      const hashes = part[sql.length] ?? new Float64Array();
      const chosen = columns.map(({ length }) =>
        length === 1 ? undefined : choiceOf(hashes, { isTrained, from, folds: length - 1 }),
      );
      fill(part.slice(0, sql.length), to, chosen);
    },
  };
}

type IsTrained = (hash: number, row: number) => boolean;

/** Whether a row was trained on, by the hash of its key: looked for at its own place first. */
function knownBy(trained: Float64Array): IsTrained {
  let known: ReadonlySet<number> | undefined;
  return (hash, row) => {
    if (hash === trained[row]) return true;
    known ??= new Set(trained);
    return known.has(hash);
  };
}

/** Of each row 0 for what was learned from all rows, or 1 + the fold that it was trained in. */
function choiceOf(
  hashes: Float64Array,
  { isTrained, from, folds }: { isTrained: IsTrained; from: number; folds: number },
): Int16Array {
  const choice = new Int16Array(hashes.length);
  for (let i = 0; i < hashes.length; i++) {
    const hash = hashes[i] ?? Number.NaN;
    if (isTrained(hash, from + i)) choice[i] = 1 + foldOf(hash, folds);
  }
  return choice;
}
