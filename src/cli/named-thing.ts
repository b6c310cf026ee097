/** @file What the commands about the catalog share: a name of anything, and the lake it is in. */
import type { Lake, Securable } from "../table/index.ts";
import { openWorkspaceLake } from "../workspace/index.ts";
import type { ArgumentSpec } from "./command.ts";

/** The argument NAME. */
export const nameArgument = {
  type: "string",
  help: "a table, schema, catalog or volume: telco.silver, telco, main; where a name could be two things, the kind stands before it: schema:telco",
} as const satisfies ArgumentSpec;

/** The same, where it may be left out. */
export const optionalName = { ...nameArgument, optional: true } as const satisfies ArgumentSpec;

/** What each command about grants says of them. */
export const recordedOnly =
  "Grants are recorded; a server enforces them later. Nothing stops who can read the files themselves.";

/** A thing as lines name it: "table telco.silver". */
export const nameOf = (on: Securable): string => Object.entries(on).flat().join(" ");

/** Opens the lake of a workspace that is there, and closes it when the work is done. */
export async function withLake<T>(dir: string, work: (lake: Lake) => Promise<T>): Promise<T> {
  await using lake = await openWorkspaceLake(dir);
  return await work(lake);
}
