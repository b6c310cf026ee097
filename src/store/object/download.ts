/** @file Objects into memory or into a file, whole or not at all. */
import { open } from "node:fs/promises";
import type { Call } from "./client.ts";
import { type Remote, retrying } from "./retry.ts";

/** The bytes of an object. */
export async function downloadBytes(remote: Remote, key: string): Promise<Uint8Array<ArrayBuffer>> {
  return retrying(remote.patience, {
    work: async (call) => {
      const pieces: Uint8Array[] = [];
      await receive(remote, { key, call, take: async (piece) => void pieces.push(piece) });
      const all = Buffer.concat(pieces);
      return new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
    },
  });
}

/** An object as a file, and its size. */
export async function downloadFile(
  remote: Remote,
  { key, path }: { readonly key: string; readonly path: string },
): Promise<number> {
  return retrying(remote.patience, {
    work: async (call) => {
      const file = await open(path, "w");
      try {
        return await receive(remote, { key, call, take: (piece) => file.writeFile(piece) });
      } finally {
        await file.close();
      }
    },
  });
}

/** Receives an object piece by piece and gives its size; less than was announced is a broken line. */
async function receive(
  { client }: Remote,
  what: {
    readonly key: string;
    readonly call: Call;
    readonly take: (piece: Uint8Array) => Promise<void>;
  },
): Promise<number> {
  const { key, call, take } = what;
  const { sizeBytes, pieces } = await client.get(key, call);
  let got = 0;
  for await (const piece of pieces) {
    call.alive();
    got += piece.length;
    await take(piece);
  }
  if (sizeBytes !== undefined && got !== sizeBytes)
    throw Object.assign(new Error(`${got} of ${sizeBytes} bytes came`), { code: "TRUNCATED" });
  return got;
}
