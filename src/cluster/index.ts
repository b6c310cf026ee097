/** @file Clusters, components and the number of clusters. */
export {
  type AgglomerativeClusters,
  type AgglomerativeOptions,
  type AgglomerativeState,
  agglomerative,
  isAgglomerative,
} from "./agglomerative.ts";
export {
  type ChooseClustersOptions,
  type ClusterChoice,
  type ClusterChoices,
  chooseClusters,
} from "./choose-clusters.ts";
export type { Clusterer } from "./clusterer.ts";
export type { Clusters } from "./clusters.ts";
export type { ComponentFinder } from "./component-finder.ts";
export type { Components } from "./components.ts";
export { type ClusterData, scaleWarnings } from "./data.ts";
export { type DbscanClusters, type DbscanOptions, type DbscanState, dbscan } from "./dbscan.ts";
export { clusterErrors } from "./errors.ts";
export type { ClusterFit, ClusterFitOptions, ClusterInput, ComponentFit } from "./fit.ts";
export type { FittedClusters, Labelled } from "./fitted-clusters.ts";
export type { FittedComponents } from "./fitted-components.ts";
export {
  clusterFromState,
  componentsFromState,
  loadClusters,
  loadComponents,
} from "./from-state.ts";
export {
  type GaussianMixtureClusters,
  type GaussianMixtureOptions,
  type GaussianMixtureState,
  gaussianMixture,
} from "./gaussian-mixture.ts";
export {
  type KMeansClusters,
  type KMeansOptions,
  type KMeansState,
  kMeans,
  kMeansClusters,
} from "./k-means.ts";
export { type MiniBatchKMeansOptions, miniBatchKMeans } from "./mini-batch-k-means.ts";
export * from "./outlier/index.ts";
export { type PcaComponents, type PcaOptions, type PcaState, pca } from "./pca.ts";
export { type ClusterState, clusterState } from "./state.ts";
export { type Embedder, type Embedding, type UmapOptions, umap } from "./umap.ts";
