/** @file IDX files: how MNIST and its kin are stored. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { imageFile, mostBytes } from "./image-bytes.ts";
import type { Images } from "./images.ts";

/** The two files of {@link readIdx}. */
export interface IdxFiles {
  /** Bytes of images, [n, h, w] or [n, c, h, w]; plain or gzip. */
  readonly images: string;
  /** A byte for each image, [n]: its class. */
  readonly labels: string;
  /** Names of the classes; default their numbers, "0" to the largest label. */
  readonly classes?: readonly string[];
  /** The most bytes that a file may have, unpacked. Default 2³⁰, a gigabyte. */
  readonly mostBytes?: number;
}

/** What an IDX file holds. */
interface IdxArray {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * Reads images and their labels from two IDX files, each plain or gzip. What a file declares must be what it has.
 *
 * @param files - See {@link IdxFiles}.
 * @throws `dataset/missing-file`, `dataset/corrupt-images`, `dataset/mismatch-images`, `dataset/out-of-range-size`,
 *   `dataset/out-of-range-class`, `option/unknown-name`
 * @see The format's only description: LeCun, Cortes & Burges, The MNIST database of handwritten digits.
 */
export async function readIdx(files: IdxFiles): Promise<Images> {
  checkNames("readIdx", files, ["images", "labels", "classes", "mostBytes"]);
  const { mostBytes: most = mostBytes } = files;
  checkNumber("readIdx", { mostBytes: most }, { min: 1, max: mostBytes });
  const [images, labels] = await Promise.all([
    readArray(files.images, { ranks: [3, 4], most }),
    readArray(files.labels, { ranks: [1], most }),
  ]);
  const [rows = 0, ...size] = images.shape;
  if (labels.shape[0] !== rows)
    fail("dataset/mismatch-images", {
      at: "readIdx",
      file: files.labels,
      expected: `a label for each of ${rows} images`,
      got: `${labels.shape[0]}`,
    });
  const classes = files.classes ?? namesUpTo(labels.bytes);
  checkLabels({ at: "readIdx", file: files.labels }, labels.bytes, classes.length);
  const shape = [
    size.length === 3 ? (size[0] ?? 1) : 1,
    size.at(-2) ?? 0,
    size.at(-1) ?? 0,
  ] as const;
  return { rows, shape, pixels: images.bytes, labels: Int32Array.from(labels.bytes), classes };
}

function namesUpTo(labels: Uint8Array): readonly string[] {
  const most = labels.reduce((largest, label) => Math.max(largest, label), 0);
  return Array.from({ length: most + 1 }, (_, i) => `${i}`);
}

/** Refuses labels that no class has. */
export function checkLabels(
  { at, file }: { readonly at: string; readonly file: string },
  labels: Uint8Array,
  classes: number,
): void {
  const row = labels.findIndex((label) => label >= classes);
  if (row >= 0)
    fail("dataset/out-of-range-class", { at, file, row, most: classes - 1, got: labels[row] ?? 0 });
}

const typeOfBytes = 0x08;

async function readArray(
  file: string,
  { ranks, most }: { readonly ranks: readonly number[]; readonly most: number },
): Promise<IdxArray> {
  const bytes = await imageFile("readIdx", file, most);
  const corrupt = (expected: string, got: string): never =>
    fail("dataset/corrupt-images", { at: "readIdx", file, expected, got });
  if (bytes.length < 4)
    return corrupt(
      "an IDX file, which begins with 4 bytes that say what it has",
      `${bytes.length} bytes`,
    );
  const [first, second, type, rank = 0] = bytes;
  if (first !== 0 || second !== 0)
    return corrupt("an IDX file, which begins with two bytes of 0", `${first} and ${second}`);
  if (type !== typeOfBytes) return corrupt(`unsigned bytes, type ${typeOfBytes}`, `type ${type}`);
  if (!ranks.includes(rank)) return corrupt(`${ranks.join(" or ")} sizes`, `${rank}`);
  const begin = 4 + 4 * rank;
  if (bytes.length < begin) return corrupt(`${rank} sizes of 4 bytes`, `${bytes.length - 4} bytes`);
  const shape = Array.from({ length: rank }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const declared = shape.reduce((product, size) => product * size, 1);
  if (declared === 0) return corrupt("sizes of at least 1", `[${shape.join(", ")}]`);
  if (declared !== bytes.length - begin)
    return corrupt(`${declared} bytes for [${shape.join(", ")}]`, `${bytes.length - begin}`);
  return { shape, bytes: new Uint8Array(bytes.buffer, bytes.byteOffset + begin, declared) };
}
