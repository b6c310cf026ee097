/** @file Tests of augmentation: what happens to an image, and which rows it happens to. */
import { describe, expect, test } from "vitest";
import { flatten } from "../layers/arrangement.ts";
import { dense } from "../layers/dense.ts";
import { input } from "../network.ts";
import { type AugmentOptions, augmented } from "./augment.ts";
import type { NetworkRows } from "./feed.ts";
import { train } from "./train.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const shape = [1, 3, 4] as const;
const image = Float32Array.from({ length: 12 }, (_, i) => i + 1);
const epochs = Array.from({ length: 60 }, (_, i) => i + 1);
const seen = (options: AugmentOptions) =>
  epochs.map((epoch) => Array.from(augmented(image, options, { shape, epoch })));

describe("augmented", () => {
  test("leaves an image as it is when nothing is asked for", () => {
    expect(augmented(image, {}, { shape })).toEqual(image);
  });

  test("moves whole pixels and lets zeros come in", () => {
    const moves = [-1, 0, 1].flatMap((down) =>
      [-1, 0, 1].map((right) =>
        Array.from({ length: 12 }, (_, i) => {
          const [row, col] = [Math.floor(i / 4) - down, (i % 4) - right];
          return row < 0 || row > 2 || col < 0 || col > 3 ? 0 : 4 * row + col + 1;
        }),
      ),
    );
    const found = new Set(seen({ shift: 1 }).map(String));
    expect([...found].sort()).toEqual(moves.map(String).sort());
  });

  test("cuts from an image whose edge is repeated", () => {
    for (const pixels of seen({ crop: 2 })) expect(Math.min(...pixels)).toBeGreaterThanOrEqual(1);
    expect(new Set(seen({ crop: 2 }).map(String)).size).toBeGreaterThan(10);
  });

  test("mirrors half of the images, in the directions that were asked for", () => {
    const across = [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9];
    const over = [9, 10, 11, 12, 5, 6, 7, 8, 1, 2, 3, 4];
    const kinds = (flip: "horizontal" | "vertical" | "both") =>
      [...new Set(seen({ flip }).map(String))].sort();
    expect(kinds("horizontal")).toEqual([image, across].map(String).sort());
    expect(kinds("vertical")).toEqual([image, over].map(String).sort());
    expect(kinds("both")).toEqual([image, across, over, image.toReversed()].map(String).sort());
  });

  test("turns about the centre, and keeps what lies between pixels by its share", () => {
    const cross = Float32Array.of(0, 0, 0, 0, 1, 0, 0, 1, 0); // the centre, and below it
    const turned = augmented(cross, { rotate: 180 }, { shape: [1, 3, 3], epoch: 4 });
    expect(turned[4]).toBeClose(1, { rtol: 1e-6 });
    const around = turned.reduce((sum, value) => sum + value, 0) - 1;
    expect(around).toBeGreaterThan(0.5);
    expect(turned).not.toEqual(cross);
    const angles = seen({ rotate: 10 }).map(([, second = 0]) => second);
    expect(new Set(angles).size).toBe(60);
  });

  test("depends on the seed, the epoch and the row only, alike for every channel", () => {
    const options: AugmentOptions = { shift: 1, rotate: 20, flip: "both", crop: 1 };
    const both = Float32Array.of(...image, ...image);
    const twice = augmented(both, options, { shape: [2, 3, 4], epoch: 3, row: 7, seed: 2 });
    const once = augmented(image, options, { shape, epoch: 3, row: 7, seed: 2 });
    expect(Array.from(twice)).toEqual([...once, ...once]);
    for (const other of [{ epoch: 2 }, { row: 8 }, { seed: 3 }])
      expect(augmented(image, options, { shape, epoch: 3, row: 7, seed: 2, ...other })).not.toEqual(
        once,
      );
  });

  test("refuses options that make no sense, and rows that are no images", () => {
    const refused = (options: AugmentOptions, what: string) =>
      expect(() => augmented(image, options, { shape })).toThrow(code(what));
    refused({ shift: -1 }, "option/out-of-range");
    refused({ rotate: 200 }, "option/out-of-range");
    refused({ crop: 0.5 }, "option/out-of-range");
    refused({ flip: "left" } as unknown as AugmentOptions, "option/out-of-range");
    refused({ turn: 1 } as unknown as AugmentOptions, "option/unknown-name");
    expect(() => augmented(image.subarray(1), {}, { shape })).toThrow(code("nn/mismatch-rows"));
  });
});

describe("train with augment", () => {
  /** Images with a bright pixel in one of the middle places: left of the middle is 0, right of it 1. */
  const dots: NetworkRows = {
    ...{ rows: 40, shape: [1, 3, 4], labelShape: [] },
    x: Uint8Array.from({ length: 480 }, (_, i) =>
      i % 12 === (Math.floor(i / 12) % 2 === 0 ? 5 : 6) ? 255 : 0,
    ),
    y: Int32Array.from({ length: 40 }, (_, i) => i % 2),
  };
  const network = input([1, 3, 4]).add(flatten()).add(dense(2));
  const options = {
    loss: "crossEntropy",
    epochs: 20,
    batchRows: 10,
    seed: 1,
    optimiser: { kind: "adam", learningRate: 0.1 },
  } as const;

  test("changes what is learned from, the same way for the same seed, and never what judges", async () => {
    const plain = await train(network, dots, { ...options, validation: dots });
    const mirrored = await train(network, dots, {
      ...options,
      validation: dots,
      augment: { flip: "horizontal" },
    });
    expect(plain.history.at(-1)?.validationLoss).toBeLessThan(0.1);
    expect(mirrored.history.at(-1)?.validationLoss).toBeGreaterThan(0.5); // left and right are told apart no longer
    const again = await train(network, dots, {
      ...options,
      validation: dots,
      augment: { flip: "horizontal" },
    });
    expect(again.state.weights).toEqual(mirrored.state.weights);
    const moved = await train(network, dots, {
      ...options,
      epochs: 3,
      augment: { shift: 1 },
      validation: dots,
    });
    const judged = await moved.evaluate(dots);
    expect(judged.loss).toBeClose(moved.history.at(-1)?.validationLoss ?? 0, { rtol: 1e-6 });
  });

  test("goes on from a checkpoint to the same bytes", async () => {
    const how = { ...options, epochs: 4, augment: { shift: 1, rotate: 10 } };
    const whole = await train(network, dots, how);
    const half = await train(network, dots, { ...how, onEpoch: ({ epoch }) => epoch < 2 });
    const rest = await train(network, dots, { ...how, from: half.state });
    expect(rest.state.weights).toEqual(whole.state.weights);
  });

  test("refuses rows that are no images", async () => {
    const flat = { ...dots, shape: [12] };
    const training = train(input([12]).add(dense(2)), flat, { ...options, augment: { shift: 1 } });
    await expect(training).rejects.toThrow(code("nn/mismatch-rows"));
  });
});
