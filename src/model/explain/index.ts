export { columnsOf } from "./columns.ts";
export {
  type PartialDependence,
  type PartialDependenceOptions,
  partialDependence,
} from "./partial-dependence.ts";
export {
  type PermutationImportance,
  type PermutationOptions,
  permutationImportance,
} from "./permutation-importance.ts";
export {
  type Contribution,
  type ExplainOptions,
  explain,
  type RowExplanation,
  type ShapleyOptions,
  shapleyValues,
} from "./shapley-values.ts";
