/** @file Finding clusters or components in typed rows: features and algorithm fitted in one call. */
import { checkNames, type LongWork } from "../core/index.ts";
import { type Features, fitFeatures } from "../feature/index.ts";
import { type Column, type Columns, checkFrame, type Frame, type Row } from "../table/index.ts";
import type { Clusters } from "./clusters.ts";
import type { Components } from "./components.ts";
import type { ClusterData } from "./data.ts";
import { type FittedClusters, fittedClusters } from "./fitted-clusters.ts";
import { type FittedComponents, fittedComponents } from "./fitted-components.ts";

/** The row that is asked for: the columns the features read, and no others. */
export type ClusterInput<D extends Columns, R extends string> = Row<Pick<D, R & keyof D>>;

/** What is learned from. */
export interface ClusterFitOptions<D extends Columns, R extends string> {
  /** Defined on the schema of the rows, or on another that has the columns they read. */
  readonly features: Features<D, R>;
}

/**
 * Fits the features to the rows, finds clusters in them, and gives the model of both.
 *
 * @throws What `fitFeatures` and `learn` throw: `feature/conflict-test-rows`, `cluster/missing-value`
 *   and others
 */
export type ClusterFit<M extends Clusters> = <
  D extends Columns,
  R extends string,
  C extends Columns & Readonly<Record<R, Column>>,
>(
  rows: Frame<C>,
  options: ClusterFitOptions<D, R>,
  work?: LongWork,
) => Promise<FittedClusters<ClusterInput<D, R>, M>>;

/** The same of components. @throws as {@link ClusterFit} */
export type ComponentFit<M extends Components> = <
  D extends Columns,
  R extends string,
  C extends Columns & Readonly<Record<R, Column>>,
>(
  rows: Frame<C>,
  options: ClusterFitOptions<D, R>,
  work?: LongWork,
) => Promise<FittedComponents<ClusterInput<D, R>, M>>;

interface Learner<M> {
  learn(data: ClusterData, work?: LongWork): Promise<M>;
}

/** The `fit` of a clusterer. */
export function fitClusters<M extends Clusters>(learner: Learner<M>): ClusterFit<M> {
  return async (rows, options, work) => {
    const { features, data } = await featuresOf(rows, options);
    return fittedClusters({ features, learned: await learner.learn(data, work) });
  };
}

/** The `fit` of what finds components. */
export function fitComponents<M extends Components>(learner: Learner<M>): ComponentFit<M> {
  return async (rows, options, work) => {
    const { features, data } = await featuresOf(rows, options);
    return fittedComponents({ features, learned: await learner.learn(data, work) });
  };
}

async function featuresOf<
  D extends Columns,
  R extends string,
  C extends Columns & Readonly<Record<R, Column>>,
>(rows: Frame<C>, options: ClusterFitOptions<D, R>) {
  checkFrame("fit", rows);
  checkNames("fit", options, ["features"]);
  const features = await fitFeatures(options.features, rows);
  return { features, data: { x: await features.matrix(rows), names: features.names } };
}
