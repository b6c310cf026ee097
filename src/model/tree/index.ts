export type { TreeLink } from "./links.ts";
export {
  type OutOfBag,
  type TreesPredictor,
  type TreesState,
  treesPredictor,
} from "./trees-predictor.ts";
