/** @file A model of clusters: fitted features and what was learned, from raw rows to cluster numbers. */
import { hashOf, invariant } from "../core/index.ts";
import type { FittedFeatures } from "../feature/index.ts";
import type { Cells, Hash, ModelFiles, Signature } from "../flow.ts";
import { type Columns, checkFrame, type Frame, type Row } from "../table/index.ts";
import type { Clusters } from "./clusters.ts";
import { fail } from "./errors.ts";
import { clusterFile, formatFile, matrixOf } from "./model-file.ts";

/** A row of a frame with the number of its cluster in one more column. */
export type Labelled<C extends Columns, A extends string> = Row<C> & Readonly<Record<A, number>>;

/** Raw rows in, cluster numbers out; its features are inside. */
export interface FittedClusters<In = Cells, M extends Clusters = Clusters> {
  readonly kind: string;
  readonly signature: Signature;
  /** The hash of everything that decides what it assigns. */
  readonly hash: Hash;
  readonly features: FittedFeatures;
  readonly learned: M;
  /** The number of the cluster of a row; −1 where it belongs to none. */
  assign(row: In): number;
  /** The same of many rows. */
  assignAll(rows: readonly In[]): readonly number[];
  /**
   * All rows of a frame, each with the number of its cluster in one more column, to be written to a
   * table. Rows are read into memory.
   *
   * @throws `cluster/duplicate-column` when the frame has that column
   */
  withClusters<C extends Columns, const A extends string>(
    rows: Frame<C> & (Row<C> extends In ? unknown : never),
    column: A,
  ): Promise<readonly Labelled<C, A>[]>;
  /** What `loadClusters` reads back. */
  files(): ModelFiles;
}

/** What such a model is made of. */
export interface ClusterParts<M> {
  readonly features: FittedFeatures;
  readonly learned: M;
}

/** The model of some features and clusters; fitting and loading both end here. */
export function fittedClusters<In extends Cells, M extends Clusters>(
  parts: ClusterParts<M>,
): FittedClusters<In, M> {
  const { features, learned } = parts;
  const signature: Signature = { inputs: features.reads, output: { name: "cluster", kind: "int" } };
  const bytes = formatFile({ ...parts, signature });
  const assignAll = (rows: readonly Cells[]): readonly number[] =>
    Array.from(learned.assign(matrixOf(features, rows)));
  return {
    kind: learned.kind,
    signature,
    hash: hashOf(bytes),
    features,
    learned,
    assign: (row) => assignAll([row])[0] ?? -1,
    assignAll,
    withClusters: async <C extends Columns, const A extends string>(rows: Frame<C>, column: A) => {
      checkFrame("withClusters", rows);
      const columns = Object.keys(rows.schema.columns);
      if (columns.includes(column)) fail("cluster/duplicate-column", { column });
      const whole = await rows.rows();
      const labels = assignAll(whole.map((row): Cells => ({ ...row })));
      return whole.map((row, i) => labelled(row, column, labels[i] ?? -1));
    },
    files: (): ModelFiles => ({ [clusterFile]: bytes.slice() }),
  };
}

function labelled<C extends Columns, const A extends string>(
  row: Row<C>,
  column: A,
  label: number,
): Labelled<C, A> {
  const made = { ...row, [column]: label };
  invariant(hasNumber<Row<C>, A>(made, column), "a label is a number");
  return made;
}

const hasNumber = <R, A extends string>(
  row: R & Readonly<Record<string, unknown>>,
  column: A,
): row is R & Readonly<Record<string, unknown>> & Readonly<Record<A, number>> =>
  typeof row[column] === "number";
