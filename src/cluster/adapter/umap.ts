/** @file The one place that knows umap-js: rows in, places out, an epoch at a time. */
import { UMAP } from "umap-js";

/** How rows are embedded. */
export interface UmapSettings {
  readonly components: number;
  readonly neighbours: number;
  readonly minDistance: number;
  /** Rounds of moving the rows; 0 lets the library choose by their number. */
  readonly epochs: number;
  /** A number in [0, 1): the only chance there is. */
  readonly next: () => number;
}

/** An embedding on its way. */
export interface UmapRun {
  readonly epochs: number;
  /** Moves the rows once. */
  step(): void;
  /** Where the rows are: n lists of k numbers. */
  places(): readonly (readonly number[])[];
}

/** Finds the neighbours of all rows, and places the rows at random. */
export function startUmap(rows: number[][], settings: UmapSettings): UmapRun {
  const { components, neighbours, minDistance, epochs, next } = settings;
  const umap = new UMAP({
    nComponents: components,
    nNeighbors: neighbours,
    minDist: minDistance,
    ...(epochs > 0 ? { nEpochs: epochs } : {}),
    random: next,
  });
  const count = umap.initializeFit(rows);
  return { epochs: count, step: () => void umap.step(), places: () => umap.getEmbedding() };
}
