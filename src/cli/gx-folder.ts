/** @file The folder of suites, validations, checkpoints and results, as Great Expectations lays it out. */
import type { OptionSpec } from "./command.ts";

/** The option `--folder`. */
export const folderOption = {
  type: "string",
  default: "gx",
  value: "FOLDER",
  help: "the folder of suites, validations and checkpoints",
} as const satisfies OptionSpec;

/** Where the data docs of a folder are. */
export const docsOf = (folder: string): string => `${folder}/uncommitted/data_docs/local_site`;
