/** @file Online stores: the newest features by key, kept equal to the offline tables. */
export { onlineErrors } from "./errors.ts";
export { checkFreshness, type FreshnessReport } from "./freshness.ts";
export { type Materialized, type MaterializeOptions, materialize } from "./materialize.ts";
export { type MemoryStoreOptions, memoryStore } from "./memory-store.ts";
export { checkParity, type ParityDifference, type ParityReport } from "./parity.ts";
export type { ServerStoreOptions } from "./server-place.ts";
export { openOnlineStore, postgresStore, redisStore } from "./server-stores.ts";
export type {
  OnlineBatch,
  OnlineEntry,
  OnlineState,
  OnlineStore,
} from "./store.ts";
