/** @file Where a query comes from: the words of the command, a file, or what another program writes. */
import { readFile } from "node:fs/promises";
import { fail } from "./errors.ts";
import { readReason } from "./read-reason.ts";

/** What the command line says about it. */
export interface QuerySource {
  /** The query, or "-" for what comes in. */
  readonly query: string | undefined;
  readonly file: string | undefined;
}

/** What comes in from another program; `isTTY` when a person types. */
export type Incoming = AsyncIterable<unknown> & { readonly isTTY?: boolean };

/**
 * The text of a query.
 *
 * @throws `cli/conflict-query` for two queries, `cli/missing-query` for none, `cli/missing-query-file`
 */
export async function queryText(
  { query, file }: QuerySource,
  incoming: Incoming = process.stdin,
): Promise<string> {
  if (query !== undefined && file !== undefined) fail("cli/conflict-query", { file });
  if (file !== undefined) return readQuery(file);
  if (query !== undefined && query !== "-") return query;
  if (incoming.isTTY === true) return fail("cli/missing-query", {});
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(Buffer.from(part as Uint8Array | string));
  const text = Buffer.concat(parts).toString("utf8");
  return text.trim() === "" ? fail("cli/missing-query", {}) : text;
}

function readQuery(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) =>
    fail("cli/missing-query-file", { path: file, reason: readReason(cause) }, { cause }),
  );
}
