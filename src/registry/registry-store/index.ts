export type { NewModel } from "./models.ts";
export type { RegistryStoreOptions } from "./place.ts";
export * from "./records.ts";
export { openRegistryStore, type RegistryStore, type VersionId } from "./registry-store.ts";
export type { ModelSearch } from "./search.ts";
export type { NewVersion, StageMove } from "./versions.ts";
