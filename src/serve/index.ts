export { type CheckedRow, checkRow, rowChecker } from "./check-row.ts";
export {
  type Answers,
  type Client,
  type ClientOptions,
  client,
  type InputOf,
  type OutputOf,
} from "./client.ts";
export { type Endpoint, type EndpointOptions, endpoint, loggedSignature } from "./endpoint.ts";
export { type Problem, serveErrors } from "./errors.ts";
export {
  type Declared,
  type FeatureClient,
  type FeatureClientOptions,
  type FoundFeatures,
  featureClient,
  type KeyOf,
} from "./feature-client.ts";
export {
  type AnswerLog,
  type InferenceLog,
  type InferenceLogOptions,
  type LogState,
  openInferenceLog,
} from "./inference-log.ts";
export { logColumns } from "./log-columns.ts";
export {
  featureLookUp,
  type LookedUpReply,
  type LookedUpValues,
  type LookUp,
} from "./look-up.ts";
export type { Recovered } from "./recover.ts";
export { checkRequestId } from "./request-id.ts";
export { type JsonSchema, requestSchema } from "./request-schema.ts";
export type { EndpointStats } from "./request-stats.ts";
