/** @file How missing cells may be filled: the choices, as plain values. */
import type { Cell } from "../../../flow.ts";
import type { CellsOf, Expr } from "../../expr/index.ts";
import type { Columns } from "../../schema.ts";
import type { BoolColumn, ColumnName } from "../steps/columns.ts";

/** A number or label that stands for many: for a group or for all rows. */
export type Middle = "mean" | "median" | "mode";

/**
 * How the missing cells of a column are filled:
 *
 * - `constant`: a value; `category`: a label of its own, which the levels of a category must have;
 * - `mean`, `median` (numbers; int columns rounded, halves up) and `mode` (of equals the smallest);
 * - `rule`: what an expression over the row gives; nothing is learned;
 * - `group`: the middle of the rows with the same value in another column, over all rows for groups
 *   that were not seen;
 * - `nearest`: the mean (numbers) or the most frequent (the rest) of the k nearest training rows;
 *   distance as scikit-learn's `nan_euclidean` over standardised numbers, a label counting 0 or 1;
 * - `regression`: least squares on other columns, labels as 0 and 1 per level; for numbers.
 *
 * @see Troyanskaya et al., Bioinformatics 17(6), 2001 (nearest). Peers: scikit-learn
 * `SimpleImputer`, `KNNImputer`, `LinearRegression`.
 */
export type ImputeMethod<C extends Columns> =
  | { readonly by: "constant"; readonly value: Cell }
  | { readonly by: "category"; readonly label: string }
  | { readonly by: Middle }
  | { readonly by: "rule"; readonly from: (columns: CellsOf<C>) => Expr }
  | { readonly by: "group"; readonly of: ColumnName<C>; readonly middle: Middle }
  | {
      readonly by: "nearest";
      readonly from: readonly ColumnName<C>[];
      /** Default 5. */
      readonly neighbours?: number;
      /** Whether numbers are divided by their standard deviation. Default true. */
      readonly scale?: boolean;
    }
  | { readonly by: "regression"; readonly from: readonly ColumnName<C>[] };

/** Which columns are filled, how, and which columns say that a cell was missing. */
export type Imputation<C extends Columns> = ImputeMethod<C> & {
  readonly columns: readonly ColumnName<C>[];
  /** Column → a column of true and false that remembers; it need not be delivered. */
  readonly indicators?: Readonly<Partial<Record<ColumnName<C>, BoolColumn<C>>>>;
};
