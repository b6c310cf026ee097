/** @file What a transform is: an input, what it asks of the training rows, and the columns it makes. */
import type { Ordered } from "../core/index.ts";
import type { Json } from "../flow.ts";
import type { ExprNode } from "../table/index.ts";

/** What was learned from the training rows, by name and for people: `{ mean: 32.4, std: 24.6 }`. */
export type Stats = Readonly<Record<string, Json>>;

/** One column of numbers that a feature makes: its name, and the expression that computes it. */
export interface Output {
  readonly name: string;
  readonly node: ExprNode;
}

/** A text input whose levels are known, and what becomes of other texts. */
export interface Levels {
  readonly input: ExprNode;
  readonly levels: readonly string[];
  /**
   * `zero`: they are served as the transform says, and `unknowns` tells; `refuse`: an error; `skip`:
   * a matrix leaves such rows out, and one such row is an error.
   */
  readonly unknown: "zero" | "refuse" | "skip";
}

/** What a transform asks of the training rows; all that the features ask is answered together. */
export type Request =
  /** The numbers of an expression in row order. */
  | { readonly measure: "numbers"; readonly of: ExprNode }
  /** The different texts of an expression, how often each occurs, and in how many rows it is missing. */
  | { readonly measure: "counts"; readonly of: ExprNode }
  /** The same, by the side of the label and by fold. */
  | { readonly measure: "labels"; readonly of: ExprNode; readonly folds: number }
  /** The texts of an expression in row order. */
  | { readonly measure: "texts"; readonly of: ExprNode };

/** A text of the training rows, and how many rows have it. */
export interface TextCount {
  readonly text: string;
  readonly rows: number;
}

/** The texts of the training rows in the order of their code points. */
export interface TextCounts {
  readonly counts: readonly TextCount[];
  /** Rows in which there is no text. */
  readonly missing: number;
  readonly rows: number;
}

/** How many rows of a fold have a text, and in how many of them the label is true. */
export interface LabelCount {
  /** null where the text is missing. */
  readonly text: string | null;
  readonly fold: number;
  readonly rows: number;
  readonly positives: number;
}

/** The answers to the requests of one feature, by the place of the request. */
export interface Measured {
  /** The rows that were measured, n ≥ 1. */
  readonly rows: number;
  /** The numbers that are not missing, in row order; there may be none. */
  numbers(request: number): Float64Array;
  /** The same by their ranks, rising. */
  sorted(request: number): Ordered;
  counts(request: number): TextCounts;
  labels(request: number): readonly LabelCount[];
  texts(request: number): readonly (string | null)[];
  /** The stats again. Throws `feature/out-of-range-values` when a number in them is not finite. */
  finite<S extends Stats>(stats: S): S;
}

/** What a feature learned, and with that the columns it makes. */
export interface Learned {
  readonly stats: Stats;
  readonly outputs: readonly Output[];
  readonly levels?: Levels;
  /** The input again, of the columns that it makes; for transforms that can be undone. */
  readonly inverse?: ExprNode;
  /** What the columns are in the training rows of each fold: learned from the other folds. */
  readonly folds?: readonly (readonly Output[])[];
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
  readonly requests: readonly Request[];
  /** The columns under the feature's name, of what was measured on the training rows. */
  learn(name: string, measured: Measured): Learned;
}

/** The requests and the `learn` of a transform that learns nothing from the training rows. */
export function learnsNothing(
  outputs: (name: string) => readonly Output[],
  levels?: Levels,
): Pick<Feature, "requests" | "learn"> {
  return {
    requests: [],
    learn: (name) => ({
      stats: {},
      outputs: outputs(name),
      ...(levels === undefined ? {} : { levels }),
    }),
  };
}
