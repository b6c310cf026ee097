/** @file A table in memory as one file: a header, the columns' bytes, and the SHA-256 of both. */
import { formatJson, hashOf } from "../../core/index.ts";
import { fail } from "./errors.ts";
import { type MemoryTable, memoryTable } from "./memory-table.ts";
import type { OnlineState } from "./store.ts";

const magic = "MILLRACE ONLINE 1\n";

/** The bytes of a table; the same rows in the same order give the same bytes. */
export function formatSnapshot(table: MemoryTable): Uint8Array {
  const parts = table.parts();
  const header = encode(formatJson({ state: table.state, rows: table.rows, sizes: parts.map((part) => part.byteLength) })); // biome-ignore format: one line
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.byteLength), true);
  const body = Buffer.concat([encode(magic), length, header, ...parts]);
  return Buffer.concat([body, encode(hashOf(body))]);
}

/** Reads what {@link formatSnapshot} wrote. Throws `feature/corrupt-snapshot`. */
export function parseSnapshot(file: string, bytes: Uint8Array): MemoryTable {
  const corrupt = (reason: string, cause?: unknown): never =>
    fail("feature/corrupt-snapshot", { file, reason }, { cause });
  const end = bytes.byteLength - checksumBytes;
  const start = magic.length + 8;
  if (end < start) return corrupt("it is cut short");
  const body = bytes.subarray(0, end);
  if (decode(body.subarray(0, magic.length)) !== magic) return corrupt("it begins otherwise");
  if (decode(bytes.subarray(end)) !== hashOf(body)) return corrupt("its checksum is another");
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const length = Number(view.getBigUint64(magic.length, true));
    const { state, rows, sizes } = JSON.parse(decode(body.subarray(start, start + length))) as {
      readonly state: OnlineState;
      readonly rows: number;
      readonly sizes: readonly number[];
    };
    let at = start + length;
    const parts = sizes.map((size) => {
      at += size;
      return body.subarray(at - size, at);
    });
    return memoryTable(state, { rows, parts });
  } catch (cause) {
    return corrupt((cause as Error).message, cause);
  }
}

const checksumBytes = "sha256:".length + 64;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
