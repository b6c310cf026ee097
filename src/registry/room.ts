/** @file What a registry is opened with. */
import type { Clock } from "../core/index.ts";
import type { LoadModel } from "../flow.ts";
import type { Bytes, Records } from "../store/index.ts";

/** Options of {@link openRegistry}. */
export interface RegistryOptions {
  readonly records: Records;
  readonly bytes: Bytes;
  /** Makes a model of its files. */
  readonly loadModel: LoadModel;
  /** Tells the time. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** The registry's own things, with defaults filled in. */
export type RegistryRoom = Required<RegistryOptions>;
