/** @file Which online store a command works with: the workspace's own, or a server's. */
import { join } from "node:path";
import { memoryStore, type OnlineStore, openOnlineStore } from "../feature/index.ts";
import type { OptionSpec } from "./command.ts";

/** The option `--store`. */
export const store = {
  type: "string",
  value: "URL",
  help: "another online store than the workspace's: redis://… or postgres://…; MILLRACE_STORE names one, so that a password is in no list of processes",
} as const satisfies OptionSpec;

/** The server that an option or the environment names, if one does. */
export function namedStore(option: string | undefined): string | undefined {
  const named = option ?? process.env["MILLRACE_STORE"];
  return named === "" ? undefined : named;
}

/** Opens the store that was named, or that of a workspace. */
export function openStore(folder: string, named: string | undefined): Promise<OnlineStore> {
  if (named !== undefined) return openOnlineStore(named);
  return memoryStore({ snapshots: join(folder, "online") });
}
