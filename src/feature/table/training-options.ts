/** @file What a training set is made of, and the types of what comes out. */
import type { CellsOf, Column, Columns, Frame, Schema } from "../../table/index.ts";
import type { DemandColumn, DemandExpr } from "./demand.ts";
import type { FeatureLookup } from "./lookup.ts";
import type { LookupsState } from "./lookups-state.ts";

/** What is done with a label that has no features: nulls in its row, left out, or an error. */
export type MissingPolicy = "null" | "drop" | "refuse";

/** A column as a policy gives it: where labels without features are kept it may be missing. */
type Found<S, M> = "null" extends M
  ? S extends Column<infer V, infer Kind>
    ? Column<V | null, Kind>
    : never
  : S;

/** The columns of all lookups together, under a policy for labels without features. */
export type LookedUpColumns<
  L extends readonly FeatureLookup[],
  M extends MissingPolicy = "null",
> = L extends readonly [FeatureLookup<infer Out>, ...infer Rest extends readonly FeatureLookup[]]
  ? { readonly [N in keyof Out]: Found<Out[N], M> } & LookedUpColumns<Rest, M>
  : Readonly<Record<never, never>>;

/** The columns of the labels by which something is looked up. */
export type KeysOf<L extends readonly FeatureLookup[]> =
  L[number] extends FeatureLookup<Columns, infer B> ? B : never;

/** On-demand features by name. */
export type Demands = Readonly<Record<string, DemandExpr>>;

/** The columns of on-demand features. */
export type DemandColumns<D> = { readonly [N in keyof D & string]: DemandColumn<D[N]> };

/** Columns as one flat type. */
export type Flat<C> = { readonly [N in keyof C]: C[N] extends Column ? C[N] : never };

/** What a training set is made of. */
export interface TrainingSetOptions<
  C extends Columns,
  L extends readonly FeatureLookup[],
  Label extends string,
  X extends string,
  D extends Demands,
  M extends MissingPolicy = MissingPolicy,
> {
  /** Rows with keys, moments and labels. */
  readonly labels: Frame<C>;
  /** Features by key; a table may be looked up several times under other names. */
  readonly lookups: L;
  /** The column of the labels that says as of when; needed where features have a time. */
  readonly timestamp?: keyof C & string;
  /** The column to predict. */
  readonly label: Label & keyof C;
  /** Columns that are left out at the end. */
  readonly exclude?: readonly (X & (keyof C | keyof LookedUpColumns<L>))[];
  /** Features computed of the columns of the labels and of the lookups, in training as in serving. */
  readonly onDemand?: (columns: CellsOf<Flat<Omit<C, Label> & LookedUpColumns<L, M>>>) => D;
  /** What becomes of labels without features, and later of requests without. Default "null". */
  readonly missing?: M;
}

/** Labels with the features that were known then. */
export interface TrainingSet<
  C extends Columns = Columns,
  Base extends Columns = Columns,
  Keys extends string = string,
  D = unknown,
> {
  /** Rows in the order of the labels; to be split and fitted as any others. */
  readonly rows: Frame<C>;
  readonly schema: Schema<C>;
  /** The column to predict. */
  readonly label: string;
  /** The columns of the labels. */
  readonly base: Schema<Base>;
  /** What serving needs to find the same features; `withLookups` puts it into a model. */
  readonly state: LookupsState;
  /** Never there at run time. */
  readonly types?: { readonly keys: Keys; readonly demands: D };
}
