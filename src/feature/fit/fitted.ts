/** @file Fitted features: state as JSON, and the same numbers for one row and for a whole table. */

import { count, list } from "../../core/index.ts";
import type { Cells, ColumnSpecs, Matrix } from "../../flow.ts";
import {
  isHeldOut,
  type TakeDoubles,
  toMatrix,
  toRow,
  toRows,
  toSql,
  type Value,
} from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Output } from "../feature.ts";
import type { FeaturesState, NumbersFrame } from "./features-data.ts";
import { foldedMatrix, type PartProgram, type Training } from "./folded-matrix.ts";
import { levelChecks } from "./level-checks.ts";
import { keyHashSql, type Trained, trainedOn } from "./row-keys.ts";

/** Where a column of the matrix comes from. */
export interface Origin {
  readonly feature: string;
  readonly transform: string;
  readonly reads: readonly string[];
}

/** A matrix, and further columns of its rows, [n] each. */
export interface MatrixAnd {
  readonly x: Matrix;
  readonly more: readonly Float64Array[];
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
  matrixAnd(frame: NumbersFrame, more: readonly string[]): Promise<MatrixAnd>;
  /** The features whose category is not a known level in this row; missing is not unknown. */
  unknowns(row: Cells): readonly string[];
  /**
   * The inputs again, of the numbers of a row, by feature: what `standardize`, `minMax` and their like
   * were given, to the last bits; missing where that was made a number.
   */
  inverse(numbers: Float64Array): Readonly<Record<string, Value>>;
}

/** Compiles the state to both targets. The state must be checked. */
export function fittedFeatures(state: FeaturesState, training?: Training): FittedFeatures {
  const outputs = state.features.flatMap((feature) => feature.outputs);
  const numbersOf = toRows(outputs);
  const sql = outputs.map((output) => toSql(output));
  const checks = levelChecks(state.features);
  const program = toMatrix(outputs);
  const whole: PartProgram = { sql: program.sql, fill: (part, to) => program.fill(part, to) };
  const matrixAnd: FittedFeatures["matrixAnd"] = async (frame, more) => {
    if (training !== undefined && isHeldOut(frame) && frame.dividedFrom?.includes(training.sql))
      fail("feature/conflict-trained-rows", { known: "the features were fitted before the split" });
    const { sql: own, fill } = foldedMatrix(state, frame, training) ?? whole;
    const tested = testedSql(state, frame);
    const asked = [...more, ...checks.sql, ...tested];
    let data = none;
    let rest: readonly Float64Array<ArrayBuffer>[] = asked.map(() => none);
    const cols = outputs.length;
    const take: TakeDoubles["take"] = (part, from, rows) => {
      if (from === 0) {
        data = new Float64Array(rows * cols);
        rest = asked.map(() => new Float64Array(rows));
      }
      fill(part.slice(0, own.length), data.subarray(from * cols), from);
      for (const [k, column] of rest.entries()) column.set(part[own.length + k] ?? none, from);
    };
    const rows = training?.sql === frame.sql ? training?.rows : undefined;
    await frame.takeNumbers([...own, ...asked], { take, rows });
    if (state.trained !== undefined && tested.length > 0)
      refuseTrained(state.trained, rest.at(-1) ?? none);
    const flags = rest.slice(more.length, more.length + checks.sql.length);
    const kept = await checks.kept(flags, (sql) => frame.texts(sql));
    const x = { rows: cols === 0 ? (rest[0]?.length ?? 0) : data.length / cols, cols, data };
    return keptRows({ x, more: rest.slice(0, more.length) }, kept);
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

/** A matrix and columns without the rows that do not stay. */
function keptRows({ x, more }: MatrixAnd, kept: ((row: number) => boolean) | undefined): MatrixAnd {
  if (kept === undefined) return { x, more };
  const isKept = (_: number, i: number): boolean => kept(Math.floor(i / x.cols));
  const data = x.data.filter(isKept);
  const columns = more.map((column) => column.filter((_, row) => kept(row)));
  return { x: { rows: data.length / x.cols, cols: x.cols, data }, more: columns };
}

/** The hashes of the keys of test rows, where they and the training rows can be told apart. */
function testedSql({ trained }: FeaturesState, { part, schema }: NumbersFrame): readonly string[] {
  if (trained === undefined || !isHeldOut({ part })) return [];
  const known = trained.by.every((name) => name in schema.columns);
  return known ? [keyHashSql(trained.by, schema.columns)] : [];
}

function refuseTrained(trained: Trained, hashes: Float64Array): void {
  const rows = trainedOn(trained, hashes);
  if (rows === 0) return;
  const known = `${count(rows, "key")} of ${list(trained.by)} that the features remember are among them`;
  fail("feature/conflict-trained-rows", { known });
}
