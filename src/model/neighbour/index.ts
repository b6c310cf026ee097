export {
  type NeighboursOptions,
  type NeighboursPredictor,
  type NeighboursState,
  neighbours,
  neighboursPredictor,
} from "./neighbours.ts";
