/** @file What a registry store is opened with. */
import type { Clock } from "../../core/index.ts";
import type { Records } from "../../store/index.ts";

/** Options of {@link openRegistryStore}. */
export interface RegistryStoreOptions {
  readonly records: Records;
  /** The address of the files of a version that Millrace stored, by the key of their place in the byte store. */
  readonly addressOf: (source: string) => string;
  /** Tells the time. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** The registry store's own things, with defaults filled in. */
export type RegistryPlace = Required<RegistryStoreOptions>;
