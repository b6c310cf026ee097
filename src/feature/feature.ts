/** @file What a transform is: an input, what it measures on the training rows, and the columns it makes. */
import type { Json } from "../flow.ts";
import type { ExprNode } from "../table/index.ts";

/** What was measured on the training rows, by name: `{ mean: 32.4, std: 24.6 }`. */
export type Stats = Readonly<Record<string, number>>;

/** One column of numbers that a feature makes: its name, and the expression that computes it. */
export interface Output {
  readonly name: string;
  readonly node: ExprNode;
}

/** A text input whose levels are declared, and what becomes of other texts. */
export interface Levels {
  readonly input: ExprNode;
  readonly levels: readonly string[];
  /** `zero`: every column of the feature is 0, and `unknowns` tells; `refuse`: an error. */
  readonly unknown: "zero" | "refuse";
}

/**
 * A transform of the columns `R`, not yet fitted. Everything it can make is an expression, so that
 * SQL and the function of a row cannot differ.
 */
export interface Feature<R extends string = string> {
  /** The transform: "standardize". */
  readonly transform: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly reads: readonly R[];
  /** What `measure` needs: the values of this expression on the training rows. */
  readonly input?: ExprNode;
  readonly levels?: Levels;
  /** Reduces the values that are not missing, [n] in row order, n ≥ 1, to what `outputs` needs. */
  measure(values: Float64Array): Stats;
  /** The columns under the feature's name. */
  outputs(name: string, stats: Stats): readonly Output[];
}

/** For transforms that learn nothing from the training rows. */
export const measuresNothing = (): Stats => ({});
