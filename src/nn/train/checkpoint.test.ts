/** @file Tests of checkpoints: what is read is what was written, and what is not whole is refused. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { batchNorm } from "../layers/regularisation.ts";
import { input } from "../network.ts";
import { formatCheckpoint, parseCheckpoint, readTraining, writeTraining } from "./checkpoint.ts";
import { train } from "./train.ts";
import type { TrainingState } from "./training.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const network = input([2]).add(dense(3)).add(batchNorm()).add(dense(2));
const data = {
  rows: 8,
  x: Float32Array.from({ length: 16 }, (_, i) => i / 8),
  y: new Int32Array(8),
  shape: [2],
  labelShape: [],
} as const;
const options = { loss: "crossEntropy", epochs: 2, stopping: { patience: 3 } } as const;
const of = { network };

const state: TrainingState = {
  ...{ epoch: 3, step: 6, weights: Float32Array.of(1, -2.5, 1e-30), kept: Float32Array.of(0.1) },
  slots: [Float32Array.of(4, 5, 6), Float32Array.of(7, 8, 9)],
  stopping: { best: 0.5, bestEpoch: 2, waited: 1, stop: false },
  best: { weights: Float32Array.of(3, 2, 1), kept: Float32Array.of(0.2) },
  history: [],
};

describe("formatCheckpoint", () => {
  test("law: what is parsed is what was formatted, and the bytes depend on the state only", () => {
    for (const one of [
      state,
      { ...state, stopping: null, best: null, slots: [], kept: new Float32Array(0) },
    ]) {
      const bytes = formatCheckpoint(one, of);
      expect(parseCheckpoint(bytes, of)).toEqual(one);
      expect(formatCheckpoint(structuredClone(one), of)).toEqual(bytes);
    }
  });
});

describe("parseCheckpoint", () => {
  const bytes = formatCheckpoint(state, of);
  const refused = (some: Uint8Array) =>
    expect(() => parseCheckpoint(some, of)).toThrow(code("nn/corrupt-checkpoint"));

  test("refuses bytes that were changed, cut, added, or are of something else", () => {
    for (let i = 0; i < bytes.length; i += 7) {
      const changed = bytes.slice();
      changed[i] = (changed[i] ?? 0) ^ 1;
      refused(changed);
      refused(bytes.slice(0, i));
    }
    refused(Uint8Array.of(...bytes, 0));
    refused(new Uint8Array(0));
    refused(new TextEncoder().encode("hello, this is certainly not a checkpoint of any training"));
  });

  test("refuses another architecture or optimiser, and names both", () => {
    const mismatch = (
      other: Parameters<typeof parseCheckpoint>[1],
      ...texts: readonly string[]
    ) => {
      expect(() => parseCheckpoint(bytes, other)).toThrow(code("nn/mismatch-checkpoint"));
      for (const text of texts) expect(() => parseCheckpoint(bytes, other)).toThrow(text);
    };
    mismatch(
      { network: input([2]).add(dense(4)).add(batchNorm()).add(dense(2)) },
      '"units":4',
      '"units":3',
    );
    mismatch(
      { network: input([3]).add(dense(3)).add(batchNorm()).add(dense(2)) },
      "rows of [3]",
      "rows of [2]",
    );
    mismatch({ network: input([2]).add(dense(3)) }, 'the optimiser "adam"', 'layer "2 batchNorm"');
    mismatch({ network, optimiser: { kind: "sgd" } }, '"sgd"', '"adam"');
  });
});

describe("train with a checkpoint", () => {
  test("writes one after each epoch, and goes on from it to the same bytes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-checkpoint-"));
    const checkpoint = join(folder, "training");
    expect(await readTraining(checkpoint, of)).toBeUndefined();
    const whole = await train(network, data, options);
    await train(network, data, { ...options, checkpoint, onEpoch: () => false });
    expect((await readTraining(checkpoint, of))?.epoch).toBe(1);
    const rest = await train(network, data, { ...options, checkpoint });
    expect(rest.state.weights).toEqual(whole.state.weights);
    expect(rest.state.slots).toEqual(whole.state.slots);
    expect(rest.history.map(({ loss }) => loss)).toEqual(whole.history.map(({ loss }) => loss));
    expect(await readdir(folder)).toEqual(["training"]); // no parts
    const done = await readTraining(checkpoint, of);
    expect(done?.slots).toEqual(whole.state.slots);
    await writeTraining(checkpoint, state, of);
    expect(new Uint8Array(await readFile(checkpoint))).toEqual(formatCheckpoint(state, of));
    await writeFile(checkpoint, "nothing");
    await expect(train(network, data, { ...options, checkpoint })).rejects.toThrow(
      code("nn/corrupt-checkpoint"),
    );
    await expect(writeTraining(join(folder, "none", "x"), state, of)).rejects.toThrow("ENOENT");
    await expect(readTraining(folder, of)).rejects.toThrow("EISDIR");
    await rm(folder, { recursive: true });
  });
});
