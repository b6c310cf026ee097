/** @file Tests of drawn images: shapes, counts, seeds, and that digits are as hard as they should be. */
import { describe, expect, test } from "vitest";
import { f1, likeliest } from "../../metric/index.ts";
import { digits, imagesDataset, imagesOfClasses, patterns, scenes, takeImages } from "./index.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const countsOf = (labels: Int32Array, classes: number): readonly number[] =>
  Array.from({ length: classes }, (_, i) => labels.filter((label) => label === i).length);

describe("digits", () => {
  test("are grey images of 28 × 28, as many of each digit, dark but for strokes", () => {
    const { rows, shape, pixels, labels, classes } = digits({ rows: 200, seed: 3 });
    expect([rows, shape, pixels.length, classes.length]).toEqual([200, [1, 28, 28], 200 * 784, 10]);
    expect(countsOf(labels, 10)).toEqual(Array.from({ length: 10 }, () => 20));
    const bright = pixels.filter((byte) => byte > 128).length / pixels.length;
    expect(bright).toBeGreaterThan(0.05);
    expect(bright).toBeLessThan(0.25);
  });

  test("come in the shares of MNIST where that is asked for", () => {
    expect(countsOf(digits({ rows: 6000, counts: "mnist" }).labels, 10)).toEqual([
      592, 675, 595, 613, 585, 542, 592, 626, 585, 595,
    ]);
  });

  test("are the same bytes for the same seed, and others for another", () => {
    expect(digits({ rows: 50, seed: 1 })).toEqual(digits({ rows: 50, seed: 1 }));
    expect(digits({ rows: 50, seed: 1 }).pixels).not.toEqual(digits({ rows: 50, seed: 2 }).pixels);
  });

  test("refuse options out of range", () => {
    expect(() => digits({ rows: 0 })).toThrow(code("option/out-of-range"));
    expect(() => digits({ seed: 0.5 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such option
    expect(() => digits({ row: 3 })).toThrow(code("option/unknown-name"));
  });

  test("are told apart by the nearest mean far more often than by chance, and far from always", () => {
    const [learned, held] = [digits({ rows: 1000, seed: 1 }), digits({ rows: 500, seed: 2 })];
    const [data, other] = [imagesDataset(learned), imagesDataset(held)];
    const means = Array.from({ length: 10 }, (_, k) => {
      const rows = Array.from(data.y.keys()).filter((i) => data.y[i] === k);
      return Array.from(
        { length: 784 },
        (_, j) => rows.reduce((sum, i) => sum + (data.x.data[784 * i + j] ?? 0), 0) / rows.length,
      );
    });
    const near = Float64Array.from({ length: 5000 }, (_, at) => {
      const [i, mean] = [Math.floor(at / 10), means[at % 10] ?? []];
      return -mean.reduce((sum, m, j) => sum + (m - (other.x.data[784 * i + j] ?? 0)) ** 2, 0);
    });
    const found = f1(other.y, likeliest(near, 10), { average: "weighted" });
    expect(found).toBeGreaterThan(0.6);
    expect(found).toBeLessThan(0.93);
  });
});

describe("scenes and patterns", () => {
  test("are colour images of 32 × 32 in ten and in 24 classes", () => {
    const [one, other] = [scenes({ rows: 40, seed: 1 }), patterns({ rows: 48, seed: 1 })];
    expect([one.shape, one.pixels.length, one.classes.length]).toEqual([
      [3, 32, 32],
      40 * 3072,
      10,
    ]);
    expect(countsOf(one.labels, 10)).toEqual(Array.from({ length: 10 }, () => 4));
    expect(countsOf(other.labels, 24)).toEqual(Array.from({ length: 24 }, () => 2));
    expect(new Set(one.pixels).size).toBeGreaterThan(200);
    expect(scenes({ rows: 40, seed: 1 })).toEqual(one);
    expect(() => patterns({ rows: 0 })).toThrow(code("option/out-of-range"));
  });
});

describe("images", () => {
  const images = digits({ rows: 30, seed: 4 });

  test("are taken by number and by class", () => {
    const some = takeImages(images, [4, 4, 29]);
    expect([some.rows, some.pixels.length]).toEqual([3, 3 * 784]);
    expect(some.pixels.subarray(0, 784)).toEqual(images.pixels.subarray(4 * 784, 5 * 784));
    expect([...some.labels]).toEqual([4, 4, 29].map((i) => images.labels[i]));
    expect(countsOf(imagesOfClasses(images, ["3", "8"]).labels, 10)).toEqual([
      0, 0, 0, 3, 0, 0, 0, 0, 3, 0,
    ]);
    expect(() => takeImages(images, [30])).toThrow(code("option/out-of-range"));
    expect(() => imagesOfClasses(images, ["eight"])).toThrow(code("dataset/unknown-class"));
  });

  test("become rows of numbers from 0 to 1 for classic models", () => {
    const { x, y, task, names } = imagesDataset(images);
    expect([x.rows, x.cols, names.length, y.length]).toEqual([30, 784, 784, 30]);
    expect(task).toEqual({ kind: "multiclass", classes: images.classes });
    expect(x.data[100]).toBe((images.pixels[100] ?? 0) / 255);
  });
});
