/** @file The little that is asked of a store of files; `folderBytes` and `memoryBytes` have it. */

/** Files by key, such as `expectations/orders.json`. */
export interface CheckFiles {
  get(key: string): Promise<Uint8Array>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  has(key: string): Promise<boolean>;
  /** Names of the entries directly in a folder. */
  list(folder: string): Promise<readonly string[]>;
}
