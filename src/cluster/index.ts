/** @file Clusters, components and the number of clusters. */
export type { Clusterer } from "./clusterer.ts";
export type { Clusters } from "./clusters.ts";
export type { ComponentFinder } from "./component-finder.ts";
export type { Components } from "./components.ts";
export { type ClusterData, scaleWarnings } from "./data.ts";
export { clusterErrors } from "./errors.ts";
export type { ClusterFit, ClusterFitOptions, ClusterInput, ComponentFit } from "./fit.ts";
export type { FittedClusters, Labelled } from "./fitted-clusters.ts";
export type { FittedComponents } from "./fitted-components.ts";
export { clusterFromState, loadClusters } from "./from-state.ts";
export {
  type KMeansClusters,
  type KMeansOptions,
  type KMeansState,
  kMeans,
  kMeansClusters,
} from "./k-means.ts";
export { type ClusterState, clusterState } from "./state.ts";
