export {
  type ChiSquare,
  chiSquareTest,
  homogeneityTest,
  type Proportion,
  proportionTest,
} from "./chi-square.ts";
export {
  hellinger,
  jensenShannon,
  klDivergence,
  totalVariation,
} from "./divergences.ts";
export {
  type EmbeddingDrift,
  type EmbeddingDriftOptions,
  embeddingDrift,
  type VectorSummary,
} from "./embedding-drift.ts";
export { type KolmogorovSmirnov, kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
export { normedWasserstein, wasserstein } from "./wasserstein.ts";
