export { type KMeansOutcome, type KMeansProblem, lloydKMeans } from "./k-means.ts";
export { nearestCentres } from "./nearest.ts";
