/** @file Fitted features as plain data, and what they ask of a frame. */
import type { ColumnSpecs, Json } from "../../flow.ts";
import type { ExprNode, FramePart, Schema, TakeDoubles } from "../../table/index.ts";
import type { Levels, Output, Stats } from "../feature.ts";
import type { Trained } from "./row-keys.ts";

/** What a frame must offer for a matrix to be computed of it. */
export interface NumbersFrame {
  readonly schema: Schema;
  /** The SELECT that makes the rows: the rows that were fitted on are known by it. */
  readonly sql?: string;
  /** Set by `split`: test rows that were trained on are refused. */
  readonly part?: FramePart;
  /** The SELECTs that `split` divided, from the whole to this part. */
  readonly dividedFrom?: readonly string[];
  /** Hands over one array per SQL expression, some rows at a time, in row order; a missing value is NaN. */
  takeNumbers(expressions: readonly string[], how: TakeDoubles): Promise<void>;
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
  /** The input again, of the columns in `outputs`. */
  readonly inverse?: ExprNode;
}

/** Fitted features as plain data: what `featuresFromState` reads. */
export interface FeaturesState {
  readonly format: number;
  /** The columns read, as the schema declares them. */
  readonly inputs: ColumnSpecs;
  readonly features: readonly FittedFeature[];
  /** The training rows' keys, hashed, where the schema had a key. */
  readonly trained?: Trained;
}
