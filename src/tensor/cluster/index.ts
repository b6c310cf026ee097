export { type DenseGroups, type DensityLimits, denseGroups } from "./density.ts";
export { type KMeansOutcome, type KMeansProblem, lloydKMeans } from "./k-means.ts";
export { type RowTree, rowTree } from "./kd-tree.ts";
export { cutJoins, type Joins, type Linkage, linkRows } from "./linkage.ts";
export { type MiniBatchProblem, miniBatch } from "./mini-batch.ts";
export {
  type EmProblem,
  fitMixture,
  type Mixture,
  type MixtureForm,
  mixtureDensities,
} from "./mixture.ts";
export { nearestCentres } from "./nearest.ts";
