/** @file A folder of PNG files: one folder for each class. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkNames, type LongWork } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { imageFile, mostBytes } from "./image-bytes.ts";
import type { Images } from "./images.ts";
import { checkedPng } from "./png-size.ts";

/** An image of a folder: its file, and the place of its class. */
interface Found {
  readonly file: string;
  readonly label: number;
}

/** The most pixels of one image. */
const mostPixels = 2 ** 24;

/**
 * Reads a folder that has a folder of PNG files for each class, each in the order of their names. All images are of one size, grey or
 * in red, green and blue; transparency is left out. What is no .png is passed over.
 *
 * @param folder - Such as animals/, with animals/cat/1.png and animals/dog/1.png.
 * @param work - Progress is told in images.
 * @throws `dataset/missing-file`, `dataset/missing-images`, `dataset/corrupt-images`, `dataset/mismatch-images`, `dataset/out-of-range-size`
 */
export async function readPngFolder(folder: string, work: LongWork = {}): Promise<Images> {
  checkNames("readPngFolder", work, ["signal", "progress"]);
  const { classes, found } = await filesOf(folder);
  if (found.length === 0) fail("dataset/missing-images", { folder });
  const pieces: Uint8Array[] = [];
  let first: { readonly file: string; readonly shape: Images["shape"] } | undefined;
  for (const [i, { file }] of found.entries()) {
    work.signal?.throwIfAborted();
    const { shape, pixels } = await readPng(file);
    first ??= { file, shape };
    if (shape.join() !== first.shape.join())
      fail("dataset/mismatch-images", {
        at: "readPngFolder",
        file,
        expected: `${sizeText(first.shape)} as ${first.file} has it`,
        got: sizeText(shape),
      });
    if (pixels.length * found.length > mostBytes)
      fail("dataset/out-of-range-size", {
        at: "readPngFolder",
        file: folder,
        most: mostBytes,
        got: pixels.length * found.length,
      });
    pieces.push(pixels);
    work.progress?.({ done: i + 1, total: found.length });
  }
  const shape = first?.shape ?? [1, 1, 1];
  const pixels = Buffer.concat(pieces);
  const labels = Int32Array.from(found, ({ label }) => label);
  return {
    rows: found.length,
    shape,
    pixels: new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.length),
    labels,
    classes,
  };
}

const sizeText = ([channels, height, width]: Images["shape"]): string =>
  `${width} × ${height} ${channels === 1 ? "grey" : "in colour"}`;

async function filesOf(folder: string) {
  const listed = async (path: string) =>
    readdir(path, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) =>
      fail("dataset/missing-file", {
        at: "readPngFolder",
        file: path,
        reason: cause.code ?? cause.message,
      }),
    );
  const classes = (await listed(folder))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const found: Found[] = [];
  for (const [label, name] of classes.entries()) {
    const files = (await listed(join(folder, name))).filter(
      (entry) => entry.isFile() && /\.png$/i.test(entry.name),
    );
    for (const file of files.map((entry) => entry.name).sort())
      found.push({ file: join(folder, name, file), label });
  }
  return { classes, found };
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Reads one PNG, channel by channel. */
async function readPng(file: string): Promise<Pick<Images, "shape" | "pixels">> {
  const at = "readPngFolder";
  const bytes = await imageFile(at, file);
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(signature))
    fail("dataset/corrupt-images", {
      at,
      file,
      expected: "a PNG file",
      got: `${bytes.length} bytes that begin otherwise`,
    });
  const pixels = bytes.readUInt32BE(16) * bytes.readUInt32BE(20); // before anything is unpacked
  if (pixels > mostPixels)
    fail("dataset/out-of-range-size", { at, file, most: mostPixels, got: pixels });
  const checked = await checkedPng(bytes);
  if ("expected" in checked) return fail("dataset/corrupt-images", { at, file, ...checked });
  const { decodePng } = await import("./adapter/png.ts");
  try {
    const { width, height, channels, data } = decodePng(checked.bytes);
    const planes = new Uint8Array(data.length);
    for (let i = 0; i < data.length; i++)
      planes[(i % channels) * width * height + Math.floor(i / channels)] = data[i] ?? 0;
    return { shape: [channels, height, width], pixels: planes };
  } catch (cause) {
    return fail("dataset/corrupt-images", {
      at,
      file,
      expected: "a whole PNG file",
      got: cause instanceof Error ? cause.message : String(cause),
    });
  }
}
