/** @file Where a query comes from: the words of the command, a file, or what another program writes. */
import { readFile } from "node:fs/promises";
import { fail } from "./errors.ts";

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

/** Why a file cannot be read, in words. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (!("code" in cause)) return cause.message;
  if (cause.code === "ENOENT") return "there is no such file";
  return cause.code === "EISDIR" ? "it is a folder" : cause.message;
}

async function readQuery(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason = reasonOf(cause);
    return fail("cli/missing-query-file", { path: file, reason }, { cause });
  }
}
