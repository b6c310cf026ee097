/** @file CIFAR-10 in its binary form: a byte for the class, then 3,072 for an image of 32 × 32 in red, green and blue. */
import { checkNames } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { imageFile } from "./image-bytes.ts";
import type { Images } from "./images.ts";
import { checkLabels } from "./read-idx.ts";

const cifarClasses = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
] as const;
const size = 3 * 32 * 32;

/** What may be said of the files of {@link readCifar}. */
export interface CifarOptions {
  /** Names of the classes. Default those of CIFAR-10. */
  readonly classes?: readonly string[];
}

/**
 * Reads batches of CIFAR-10 in its binary form, each plain or gzip, one after the other.
 *
 * @param files - Such as data_batch_1.bin, …; at least one.
 * @param options - See {@link CifarOptions}.
 * @throws `dataset/missing-file`, `dataset/corrupt-images`, `dataset/out-of-range-size`, `dataset/out-of-range-class`,
 *   `option/unknown-name`
 * @see Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
 */
export async function readCifar(
  files: readonly string[],
  options: CifarOptions = {},
): Promise<Images> {
  checkNames("readCifar", options, ["classes"]);
  const { classes = cifarClasses } = options;
  const batches = await Promise.all(files.map((file) => batchOf(file, classes.length)));
  const rows = batches.reduce((sum, { labels }) => sum + labels.length, 0);
  if (rows === 0)
    fail("dataset/missing-file", { at: "readCifar", file: "", reason: "no file was named" });
  const [pixels, labels] = [new Uint8Array(rows * size), new Int32Array(rows)];
  let from = 0;
  for (const batch of batches) {
    pixels.set(batch.pixels, from * size);
    labels.set(batch.labels, from);
    from += batch.labels.length;
  }
  return { rows, shape: [3, 32, 32], pixels, labels, classes };
}

async function batchOf(file: string, classes: number) {
  const bytes = await imageFile("readCifar", file);
  const rows = bytes.length / (size + 1);
  if (!Number.isInteger(rows) || rows === 0)
    fail("dataset/corrupt-images", {
      at: "readCifar",
      file,
      expected: `a multiple of ${size + 1} bytes, one image after the other`,
      got: `${bytes.length}`,
    });
  const [pixels, labels] = [new Uint8Array(rows * size), new Uint8Array(rows)];
  for (let i = 0; i < rows; i++) {
    labels[i] = bytes[i * (size + 1)] ?? 0;
    pixels.set(bytes.subarray(i * (size + 1) + 1, (i + 1) * (size + 1)), i * size);
  }
  checkLabels({ at: "readCifar", file }, labels, classes);
  return { pixels, labels };
}
