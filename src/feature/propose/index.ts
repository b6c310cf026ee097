/** @file Features that are proposed, for a person or for AutoML to go on from. */
export {
  type FeatureProposal,
  type ProposedColumn,
  type ProposeFeaturesOptions,
  proposeBoth,
  proposeFeatures,
} from "./propose-features.ts";
