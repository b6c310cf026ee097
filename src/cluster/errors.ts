/** @file What can go wrong with clusters, components and the number of clusters. */
import { type Catalogue, failWith } from "../core/index.ts";

/** The errors of this room: code → sentence. */
export const clusterErrors = {} satisfies Catalogue;

/** Throws one of {@link clusterErrors}. */
export const fail = failWith(clusterErrors);
