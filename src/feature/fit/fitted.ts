/** @file Fitted features: state as JSON, and the same numbers for one row and for a whole table. */

import { count, list } from "../../core/index.ts";
import type { Cells, ColumnSpecs, Matrix } from "../../flow.ts";
import {
  type MatrixProgram,
  toMatrix,
  toRow,
  toRows,
  toSql,
  type Value,
} from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Output } from "../feature.ts";
import type { FeaturesState, NumbersFrame } from "./features-data.ts";
import { levelChecks } from "./level-checks.ts";
import { foldOf, keyHashSql, keyOf, type Trained, trainedOn } from "./row-keys.ts";

/** Where a column of the matrix comes from. */
export interface Origin {
  readonly feature: string;
  readonly transform: string;
  readonly reads: readonly string[];
}

/** Features with what they learned. Rows and tables give the same bits. */
export interface FittedFeatures {
  /** The columns of the matrix, [d]. */
  readonly names: readonly string[];
  /** Where each column comes from, [d]. */
  readonly origins: readonly Origin[];
  /** The columns read, and no others. */
  readonly reads: ColumnSpecs;
  /** One SQL expression per column of the matrix, [d]. */
  readonly sql: readonly string[];
  readonly state: FeaturesState;
  /**
   * The numbers of one row, [d]; NaN is missing. Some microseconds.
   *
   * @throws `table/mismatch-type`, `feature/unknown-level` where unknown levels are refused or skipped
   */
  row(row: Cells): Float64Array<ArrayBuffer>;
  /**
   * The numbers of all rows by SQL, [n, d]: bit for bit those of `row`, except that for the rows which
   * were fitted on, a feature that learned from the label has what it learned from the other folds.
   * Rows that are skipped for an unknown level are left out.
   *
   * @throws `feature/unknown-level` where unknown levels are refused, `feature/conflict-trained-rows`
   */
  matrix(frame: NumbersFrame): Promise<Matrix>;
  /** The matrix, and the columns of more SQL expressions, [n] each, all from one query. */
  matrixAnd(
    frame: NumbersFrame,
    more: readonly string[],
  ): Promise<{ readonly x: Matrix; readonly more: readonly Float64Array[] }>;
  /** The features whose category is not a known level in this row; missing is not unknown. */
  unknowns(row: Cells): readonly string[];
  /**
   * The inputs again, of the numbers of a row, by feature: what `standardize`, `minMax` and their like
   * were given, to the last bits; missing where that was made a number.
   */
  inverse(numbers: Float64Array): Readonly<Record<string, Value>>;
}

/** What is known of the rows just fitted on, and not stored. */
export interface Training {
  readonly sql: string;
  /** The hashes of the rows' keys, [n], where the schema has a key. */
  readonly keyHashes: Float64Array | undefined;
  /** By feature: what its columns are in the training rows of each fold. */
  readonly folds: readonly (readonly (readonly Output[])[] | undefined)[];
}

/** Compiles the state to both targets. The state must be checked. */
export function fittedFeatures(state: FeaturesState, training?: Training): FittedFeatures {
  const outputs = state.features.flatMap((feature) => feature.outputs);
  const numbersOf = toRows(outputs);
  const sql = outputs.map((output) => toSql(output));
  const checks = levelChecks(state.features);
  const program = toMatrix(outputs);
  const matrixAnd: FittedFeatures["matrixAnd"] = async (frame, more) => {
    if (
      training !== undefined &&
      frame.part === "test" &&
      frame.dividedFrom?.includes(training.sql)
    )
      fail("feature/conflict-trained-rows", { known: "the features were fitted before the split" });
    const folded = learnsFromLabel(training) && hasKey(frame, training.keyHashes);
    const { sql: own, fill } = folded ? foldedMatrix(state, frame, training) : program;
    const tested = testedSql(state, frame);
    const found = await frame.numbers([...own, ...more, ...checks.sql, ...tested]);
    if (state.trained !== undefined && tested.length > 0)
      refuseTrained(state.trained, found.at(-1) ?? new Float64Array());
    const kept = await checks.filter(frame, found.slice(0, found.length - tested.length));
    const rows = kept[0]?.length ?? 0;
    const x = { rows, cols: outputs.length, data: new Float64Array(rows * outputs.length) };
    fill(kept.slice(0, own.length), x.data);
    return { x, more: kept.slice(own.length, own.length + more.length) };
  };
  return {
    names: outputs.map(({ name }) => name),
    origins: state.features.flatMap(({ name: feature, transform, reads, outputs: columns }) =>
      columns.map(() => ({ feature, transform, reads })),
    ),
    reads: state.inputs,
    sql,
    state,
    row: (row) => {
      checks.refuse(row);
      return numbersOf(row);
    },
    matrixAnd,
    matrix: async (frame) => (await matrixAnd(frame, [])).x,
    unknowns: checks.unknowns,
    inverse: inverseOf(state, outputs),
  };
}

const none = new Float64Array();

function inverseOf(state: FeaturesState, outputs: readonly Output[]): FittedFeatures["inverse"] {
  const undone = state.features.flatMap(({ name, inverse }) =>
    inverse === undefined ? [] : [{ name, of: toRow({ node: inverse }) }],
  );
  return (numbers) => {
    const row = Object.fromEntries(outputs.map(({ name }, j) => [name, numbers[j] ?? null]));
    return Object.fromEntries(undone.map(({ name, of }) => [name, of(row)]));
  };
}

function learnsFromLabel(training: Training | undefined): training is Training {
  return training?.folds.some((folds) => folds !== undefined) === true;
}

/** Whether rows can be told from those that were fitted on. */
const hasKey = ({ schema }: NumbersFrame, known: Float64Array | undefined): boolean =>
  known !== undefined && keyOf(schema.columns).length > 0;

/**
 * The matrix of rows among which there may be training rows, whatever query gives them: a row whose key was
 * trained on has what was learned from the other folds, any other row what was learned from all.
 */
function foldedMatrix(
  state: FeaturesState,
  { schema }: NumbersFrame,
  training: Training,
): Pick<MatrixProgram, "sql" | "fill"> {
  const hash = keyHashSql(keyOf(schema.columns), schema.columns);
  const columns = state.features.flatMap(({ outputs }, i) => {
    const folds = training.folds[i];
    return outputs.map((output, j) => [output, ...(folds ?? []).map((made) => made[j] ?? output)]);
  });
  const { sql, fill } = toMatrix(columns);
  return {
    sql: [...sql, hash],
    fill: (given, to) => {
      const hashes = given[sql.length] ?? none;
      const isTrained = trainedRows(hashes, training.keyHashes ?? none);
      const chosen = columns.map(({ length }) =>
        length === 1 ? undefined : choiceOf(hashes, { isTrained, folds: length - 1 }),
      );
      fill(given.slice(0, sql.length), to, chosen);
    },
  };
}

/** Of each row 0 for what was learned from all rows, or 1 + the fold that it was trained in. */
function choiceOf(
  hashes: Float64Array,
  { isTrained, folds }: { isTrained: (row: number) => boolean; folds: number },
): Int16Array {
  const choice = new Int16Array(hashes.length);
  for (let i = 0; i < hashes.length; i++)
    if (isTrained(i)) choice[i] = 1 + foldOf(hashes[i] ?? Number.NaN, folds);
  return choice;
}

/** Whether each of some rows, told by the hash of its key, was trained on. */
function trainedRows(hashes: Float64Array, trained: Float64Array): (row: number) => boolean {
  const areThey = hashes.length === trained.length && hashes.every((one, i) => one === trained[i]);
  if (areThey) return () => true;
  const known = new Set(trained);
  return (row) => known.has(hashes[row] ?? Number.NaN);
}

/** The hashes of the keys of test rows, where they and the training rows can be told apart. */
function testedSql({ trained }: FeaturesState, { part, schema }: NumbersFrame): readonly string[] {
  if (trained === undefined || part !== "test") return [];
  const known = trained.by.every((name) => name in schema.columns);
  return known ? [keyHashSql(trained.by, schema.columns)] : [];
}

function refuseTrained(trained: Trained, hashes: Float64Array): void {
  const rows = trainedOn(trained, hashes);
  if (rows === 0) return;
  const known = `${count(rows, "key")} of ${list(trained.by)} that the features remember are among them`;
  fail("feature/conflict-trained-rows", { known });
}
