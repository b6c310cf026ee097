/** @file Fitted features: state as JSON, and the same numbers for one row and for a whole table. */
import type { Cells, ColumnSpecs, Json, Matrix } from "../flow.ts";
import { type ExprNode, type Schema, toRow, toSql } from "../table/index.ts";
import { matrixOfColumns } from "../tensor/index.ts";
import { fail } from "./errors.ts";
import type { Levels, Output, Stats } from "./feature.ts";

/** What a frame must offer for a matrix to be computed of it. */
export interface NumbersFrame {
  readonly schema: Schema;
  /** One array per SQL expression, in row order; a missing value is NaN. */
  numbers(expressions: readonly string[]): Promise<readonly Float64Array[]>;
  /** The values of a SQL expression as text, in row order. */
  texts(expression: string): Promise<readonly (string | null)[]>;
}

/** One fitted feature as plain data. */
export interface FittedFeature {
  readonly name: string;
  readonly transform: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly reads: readonly string[];
  /** What was measured, for people; `outputs` have it in them. */
  readonly stats: Stats;
  readonly outputs: readonly Output[];
  readonly levels?: Levels;
}

/** Fitted features as plain data: what `featuresFromState` reads. */
export interface FeaturesState {
  readonly format: number;
  /** The columns read, as the schema declares them. */
  readonly inputs: ColumnSpecs;
  readonly features: readonly FittedFeature[];
}

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
   * @throws `table/mismatch-type`, `feature/unknown-level` where unknown levels are refused
   */
  row(row: Cells): Float64Array<ArrayBuffer>;
  /**
   * The numbers of all rows by SQL, [n, d]: bit for bit those of `row`.
   *
   * @throws `feature/unknown-level` where unknown levels are refused
   */
  matrix(frame: NumbersFrame): Promise<Matrix>;
  /** The columns of the matrix, [d][n], and those of more SQL expressions, all from one query. */
  columns(frame: NumbersFrame, more: readonly string[]): Promise<readonly Float64Array[]>;
  /** The features whose category is not a declared level in this row; missing is not unknown. */
  unknowns(row: Cells): readonly string[];
}

/** Compiles the state to both targets. The state must be checked. */
export function fittedFeatures(state: FeaturesState): FittedFeatures {
  const outputs = state.features.flatMap((feature) => feature.outputs);
  const rows = outputs.map(({ node }) => toRow({ node }));
  const sql = outputs.map(({ node }) => toSql({ node }));
  const checks = state.features.flatMap(({ name, levels }) =>
    levels === undefined ? [] : [levelCheck(name, levels)],
  );
  const refusing = checks.filter(({ levels }) => levels.unknown === "refuse");
  const columns: FittedFeatures["columns"] = async (frame, more) => {
    for (const check of refusing)
      for (const text of new Set(await frame.texts(check.sql))) refuse(check, text);
    return frame.numbers([...sql, ...more]);
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
      for (const check of refusing) refuse(check, check.textOf(row));
      const numbers = new Float64Array(rows.length);
      for (const [j, column] of rows.entries()) {
        const value = column(row);
        numbers[j] = typeof value === "number" ? value : Number.NaN;
      }
      return numbers;
    },
    columns,
    matrix: async (frame) => matrixOfColumns(await columns(frame, [])),
    unknowns: (row) =>
      checks.filter((check) => isUnknown(check, check.textOf(row))).map(({ name }) => name),
  };
}

interface LevelCheck {
  readonly name: string;
  readonly levels: Levels;
  readonly known: ReadonlySet<string>;
  readonly sql: string;
  readonly textOf: (row: Cells) => unknown;
}

function levelCheck(name: string, levels: Levels): LevelCheck {
  const input: { readonly node: ExprNode } = { node: levels.input };
  return {
    name,
    levels,
    known: new Set(levels.levels),
    sql: toSql(input),
    textOf: toRow(input),
  };
}

function isUnknown({ known }: LevelCheck, text: unknown): boolean {
  return typeof text === "string" && !known.has(text);
}

function refuse(check: LevelCheck, got: unknown): void {
  const { name: feature, levels } = check;
  if (isUnknown(check, got)) fail("feature/unknown-level", { feature, got, levels: levels.levels });
}
