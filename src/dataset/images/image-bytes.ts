/** @file Bytes of image files: as much as is allowed, unpacked where they are packed. */
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { fail } from "../errors.ts";

/** The most bytes that are read from one file, or unpacked from it: a gigabyte. */
export const mostBytes = 2 ** 30;

/** The bytes of a file of images; those of gzip are unpacked. @throws `dataset/missing-file`, `dataset/out-of-range-size`, `dataset/corrupt-images` */
export async function imageFile(at: string, file: string, most = mostBytes): Promise<Buffer> {
  const handle = await open(file).catch((cause: NodeJS.ErrnoException) =>
    fail("dataset/missing-file", { at, file, reason: cause.code ?? cause.message }),
  );
  try {
    const { size } = await handle.stat();
    if (size > most) fail("dataset/out-of-range-size", { at, file, most, got: size });
    const bytes = await handle.readFile();
    return bytes[0] === 0x1f && bytes[1] === 0x8b
      ? await unpacked(bytes, { at, file, most })
      : bytes;
  } finally {
    await handle.close();
  }
}

async function unpacked(
  bytes: Buffer,
  { at, file, most }: { readonly at: string; readonly file: string; readonly most: number },
): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: most });
  } catch (cause) {
    if (cause instanceof RangeError)
      return fail("dataset/out-of-range-size", { at, file, most, got: most + 1 });
    const got = cause instanceof Error ? cause.message : String(cause);
    return fail("dataset/corrupt-images", { at, file, expected: "a whole gzip file", got });
  }
}
