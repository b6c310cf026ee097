/** @file A local file into an object: in one piece when it is small, else in parts. */
import { type FileHandle, open } from "node:fs/promises";
import { checkNumber } from "../../core/index.ts";
import { limiter, type Remote, retrying } from "./retry.ts";

/** How files are put. */
export interface UploadOptions {
  /**
   * Files larger than this are put in parts of this size, two at a time, so this is what an
   * upload takes of memory, twice; in bytes. Default 32 MiB, at least 5 MiB (the least S3 takes).
   */
  readonly partSizeBytes?: number;
}

const mib = 2 ** 20;
const mostParts = 10_000;

/** Checks the option and fills in the default. Throws `option/out-of-range`. */
export function checkPartSize(at: string, { partSizeBytes = 32 * mib }: UploadOptions): number {
  return checkNumber(at, { partSizeBytes }, { min: 5 * mib, max: 4000 * mib, integer: true });
}

/** A file to put. */
interface FilePut {
  readonly key: string;
  readonly path: string;
  readonly partSizeBytes: number;
}

/** Puts a file in place of what was there, and gives its size. */
export async function uploadFile(remote: Remote, what: FilePut): Promise<number> {
  const { client, patience } = remote;
  const { key, path, partSizeBytes } = what;
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > partSizeBytes) {
      await inParts(remote, { ...what, file, size });
      return size;
    }
    const body = await pieceOf(file, 0, size);
    const object = { key, body, ifAbsent: false, token: patience.ids() };
    await retrying(patience, { sizeBytes: size, work: (call) => client.put(object, call) });
    return size;
  } finally {
    await file.close();
  }
}

async function inParts(
  { client, patience }: Remote,
  what: FilePut & { readonly file: FileHandle; readonly size: number },
): Promise<void> {
  const { key, file, size } = what;
  const partSize = Math.max(what.partSizeBytes, Math.ceil(size / mostParts));
  const id = await retrying(patience, { work: (call) => client.begin(key, call) });
  const part = async (i: number): Promise<string> => {
    const body = await pieceOf(file, i * partSize, Math.min(partSize, size - i * partSize));
    const one = { key, id, number: i + 1, body };
    return retrying(patience, { sizeBytes: body.length, work: (call) => client.part(one, call) });
  };
  const twoAtATime = limiter(2);
  try {
    const count = Math.ceil(size / partSize);
    const parts = await Promise.all(
      Array.from({ length: count }, (_, i) => twoAtATime(() => part(i))),
    );
    await finish({ client, patience }, { key, id, parts, size });
  } catch (error) {
    await client.abandon({ key, id }, neverLate()).catch(() => undefined);
    throw error;
  }
}

/** Joins the parts. When an answer was lost, an object of the right size says that they were joined. */
async function finish(
  { client, patience }: Remote,
  what: { key: string; id: string; parts: readonly string[]; size: number },
): Promise<void> {
  let doubt = false;
  try {
    await retrying(patience, {
      work: (call) => client.finish(what, call),
      failed: (fault) => {
        doubt ||= fault.mayHaveHappened;
      },
    });
  } catch (error) {
    if (!doubt) throw error;
    const found = await retrying(patience, { work: (call) => client.head(what.key, call) });
    if (found?.sizeBytes !== what.size) throw error;
  }
}

const neverLate = () => ({ signal: new AbortController().signal, alive: () => undefined });

async function pieceOf(
  file: FileHandle,
  start: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await file.read(bytes, got, length - got, start + got);
    if (bytesRead === 0) throw new Error("the file became shorter while it was read");
    got += bytesRead;
  }
  return bytes;
}
