/** @file A table in which expressions look texts up. */

/** A table of numbers by text. */
export interface LookupTable {
  /** Each once. */
  readonly keys: readonly string[];
  /** As many as keys, finite. */
  readonly values: readonly number[];
  /** The number of a text that is no key. Default missing. */
  readonly otherwise?: number;
}
