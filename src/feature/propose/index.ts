/** @file Features that are proposed, for a person or for AutoML to go on from. */
export {
  type FeatureProposal,
  type ProposedColumn,
  type ProposeFeaturesOptions,
  proposeFeatures,
} from "./propose-features.ts";
