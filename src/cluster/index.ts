/** @file Clusters, components and the number of clusters. */
export { clusterErrors } from "./errors.ts";
