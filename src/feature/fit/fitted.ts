/** @file Fitted features: state as JSON, and the same numbers for one row and for a whole table. */

import { count, list } from "../../core/index.ts";
import type { Cells, ColumnSpecs, Matrix } from "../../flow.ts";
import { toRow, toRows, toSql, type Value } from "../../table/index.ts";
import { matrixOfColumns } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { Output } from "../feature.ts";
import type { FeaturesState, NumbersFrame } from "./features-data.ts";
import { levelChecks } from "./level-checks.ts";
import { foldSql, keyHashSql, keyOf, type Trained, trainedOn } from "./row-keys.ts";

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
  /** The columns of the matrix, [d][n], and those of more SQL expressions, all from one query. */
  columns(frame: NumbersFrame, more: readonly string[]): Promise<readonly Float64Array[]>;
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
  /** By feature: what its columns are in the training rows of each fold. */
  readonly folds: readonly (readonly (readonly Output[])[] | undefined)[];
}

/** Compiles the state to both targets. The state must be checked. */
export function fittedFeatures(state: FeaturesState, training?: Training): FittedFeatures {
  const outputs = state.features.flatMap((feature) => feature.outputs);
  const numbersOf = toRows(outputs);
  const sql = outputs.map((output) => toSql(output));
  const checks = levelChecks(state.features);
  const columns: FittedFeatures["columns"] = async (frame, more) => {
    if (frame.part === "test" && training?.sql === frame.dividedFrom && training !== undefined)
      fail("feature/conflict-trained-rows", { known: "the features were fitted before the split" });
    const own = isTraining(frame, training) ? trainingSql(state, frame, training) : sql;
    const tested = testedSql(state, frame);
    const asked = [...own, ...more, ...checks.sql, ...tested];
    const found = await frame.numbers(asked);
    const kept = await checks.filter(frame, found.slice(0, asked.length - tested.length));
    if (state.trained !== undefined && tested.length > 0)
      refuseTrained(state.trained, found.at(-1) ?? new Float64Array());
    return kept.slice(0, own.length + more.length);
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
    columns,
    matrix: async (frame) => matrixOfColumns(await columns(frame, [])),
    unknowns: checks.unknowns,
    inverse: inverseOf(state, outputs),
  };
}

function inverseOf(state: FeaturesState, outputs: readonly Output[]): FittedFeatures["inverse"] {
  const undone = state.features.flatMap(({ name, inverse }) =>
    inverse === undefined ? [] : [{ name, of: toRow({ node: inverse }) }],
  );
  return (numbers) => {
    const row = Object.fromEntries(outputs.map(({ name }, j) => [name, numbers[j] ?? null]));
    return Object.fromEntries(undone.map(({ name, of }) => [name, of(row)]));
  };
}

/** Whether the rows are those that were fitted on: the same query, or a part of the same side. */
function isTraining(frame: NumbersFrame, training: Training | undefined): training is Training {
  if (training === undefined || training.folds.every((folds) => folds === undefined)) return false;
  return frame.part === "train" || (frame.sql !== undefined && frame.sql === training.sql);
}

/** The columns of training rows: each fold has what was learned from the others. */
function trainingSql(
  state: FeaturesState,
  { schema }: NumbersFrame,
  training: Training,
): readonly string[] {
  const hash = keyHashSql(keyOf(schema.columns), schema.columns);
  return state.features.flatMap(({ outputs }, i) => {
    const folds = training.folds[i];
    if (folds === undefined) return outputs.map((output) => toSql(output));
    return outputs.map((output, j) => {
      const cases = folds.map((made, fold) => `WHEN ${fold} THEN ${toSql(made[j] ?? output)}`);
      return `(CASE ${foldSql(hash, folds.length)} ${cases.join(" ")} END)`;
    });
  });
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
