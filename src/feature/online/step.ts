/** @file A change of a table in memory, as one file: a header, the columns' bytes, and the SHA-256 of both. */
import { formatJson } from "../../core/index.ts";
import type { Cell } from "../../flow.ts";
import { fail } from "./errors.ts";
import { type MemoryTable, memoryTable } from "./memory-table.ts";
import type { OnlineState } from "./store.ts";

/** What happens to a table: its rows are these, or these change, or it is there no more. */
export type Step =
  | { readonly kind: "whole"; readonly rows: MemoryTable }
  | { readonly kind: "change"; readonly upserts: MemoryTable; readonly deletes: MemoryTable }
  | { readonly kind: "drop" };

/** A table of keys alone: what a change deletes. */
export function keysTable(state: OnlineState, keys: readonly (readonly Cell[])[]): MemoryTable {
  const table = memoryTable({ ...state, columns: [] });
  table.set(keys.map((key) => ({ key, cells: [], atMs: null })));
  return table;
}

const magic = "MILLRACE ONLINE 2\n";

interface Header {
  readonly kind: Step["kind"];
  /** Of each table its state, rows, and the sizes of its parts. */
  readonly tables: readonly {
    readonly state: OnlineState;
    readonly rows: number;
    readonly sizes: readonly number[];
  }[];
}

/** The bytes of a step. */
export async function formatStep(step: Step): Promise<Uint8Array> {
  const tables = tablesOf(step).map((table) => ({ table, parts: table.parts() }));
  const header: Header = {
    kind: step.kind,
    tables: tables.map(({ table: { state, rows }, parts }) => ({
      ...{ state, rows },
      sizes: parts.map((part) => part.byteLength),
    })),
  };
  const head = encode(formatJson(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(head.byteLength), true);
  const pieces = [encode(magic), length, head, ...tables.flatMap((one) => one.parts)];
  const end = pieces.reduce((total, { byteLength }) => total + byteLength, 0);
  const bytes = new Uint8Array(end + checksumBytes);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  bytes.set(await checksum(bytes.subarray(0, end)), end);
  return bytes;
}

function tablesOf(step: Step): readonly MemoryTable[] {
  if (step.kind === "whole") return [step.rows];
  return step.kind === "change" ? [step.upserts, step.deletes] : [];
}

/** Reads what {@link formatStep} wrote. Throws `feature/corrupt-snapshot`. */
export async function parseStep(file: string, bytes: Uint8Array): Promise<Step> {
  const corrupt = (reason: string, cause?: unknown): never =>
    fail("feature/corrupt-snapshot", { file, reason }, { cause });
  const end = bytes.byteLength - checksumBytes;
  const start = magic.length + 8;
  if (end < start) return corrupt("it is cut short");
  const body = bytes.subarray(0, end);
  if (decode(body.subarray(0, magic.length)) !== magic) return corrupt("it begins otherwise");
  if (Buffer.compare(bytes.subarray(end), await checksum(body)) !== 0)
    return corrupt("its checksum is another");
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const length = Number(view.getBigUint64(magic.length, true));
    const header = JSON.parse(decode(body.subarray(start, start + length))) as Header;
    return stepFrom(header, body.subarray(start + length));
  } catch (cause) {
    return corrupt((cause as Error).message, cause);
  }
}

function stepFrom({ kind, tables }: Header, bytes: Uint8Array): Step {
  let at = 0;
  const [first, second] = tables.map(({ state, rows, sizes }) => {
    const parts = sizes.map((size) => {
      at += size;
      return bytes.subarray(at - size, at);
    });
    return memoryTable(state, { rows, parts });
  });
  if (kind === "drop") return { kind };
  if (first === undefined) throw new Error("it has no rows");
  if (kind === "whole") return { kind, rows: first };
  if (second === undefined) throw new Error("it does not say what it deletes");
  return { kind, upserts: first, deletes: second };
}

const checksumBytes = 32;

/** Computed beside the event loop: a table may have many megabytes. */
const checksum = async (body: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", body as Uint8Array<ArrayBuffer>));

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
