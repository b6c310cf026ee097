/** @file Tests of checkpoints: what is read is what was written, and what is not whole is refused. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatJson } from "../../core/index.ts";
import { dense } from "../layers/dense.ts";
import { batchNorm } from "../layers/regularisation.ts";
import { input } from "../network.ts";
import { formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { readTraining, writeTraining } from "./checkpoint-file.ts";
import type { NetworkRows } from "./feed.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train-options.ts";
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

  test("refuses another architecture or optimiser, and names the layer and both shapes", () => {
    const mismatch = (
      other: Parameters<typeof parseCheckpoint>[1],
      ...texts: readonly string[]
    ) => {
      expect(() => parseCheckpoint(bytes, other)).toThrow(code("nn/mismatch-checkpoint"));
      for (const text of texts) expect(() => parseCheckpoint(bytes, other)).toThrow(text);
    };
    mismatch(
      { network: input([2]).add(dense(4)).add(batchNorm()).add(dense(2)) },
      'layer "1 dense": the checkpoint has {',
      '"units":3}, which gives [3], this training {',
      '"units":4}, which gives [4]',
    );
    mismatch(
      { network: input([3]).add(dense(3)).add(batchNorm()).add(dense(2)) },
      "rows: the checkpoint has [2], this training [3]",
    );
    mismatch({ network: input([2]).add(dense(3)) }, 'optimiser "adam"', 'layer "2 batchNorm"');
    mismatch(
      { network, optimiser: { kind: "sgd" } },
      'optimiser: the checkpoint has "adam", this training "sgd"',
    );
  });

  test("compares facts by name, where some are given", () => {
    const facts = { learningRate: 0.001, clipNorm: null };
    const bound = formatCheckpoint(state, { network, facts });
    expect(parseCheckpoint(bound, { network, facts })).toEqual(state);
    expect(parseCheckpoint(bound, of)).toEqual(state);
    const refused = (some: Uint8Array, others: Record<string, number | null>, text: string) =>
      expect(() => parseCheckpoint(some, { network, facts: others })).toThrow(text);
    const words = "learningRate: the checkpoint has 0.001, this training 0.01";
    refused(bound, { learningRate: 0.01, clipNorm: null }, words);
    refused(bound, { ...facts, clipNorm: 1 }, "clipNorm: the checkpoint has none, this training 1");
    refused(bound, {}, "learningRate: the checkpoint has 0.001, this training none");
    refused(bytes, facts, "learningRate: the checkpoint has none, this training 0.001");
  });

  test("refuses what a header of somebody else says, before it makes anything of that size", () => {
    const header = { ...{ format: 2, architecture: [], epoch: 1, step: 1, slots: 0 }, best: false };
    const whole = { ...header, stopping: null, history: [], lengths: Uint32Array.of(0, 0) };
    const written = (text: string, length = text.length): Buffer => {
      const size = Buffer.alloc(4);
      size.writeUInt32LE(length);
      const body = Buffer.concat([size, Buffer.from(text)]);
      const hash = createHash("sha256").update(body).digest();
      return Buffer.concat([Buffer.from("MILLRACE CHECKPOINT\n"), hash, body]);
    };
    const refuses = (some: Buffer, text: string) => {
      refused(some);
      expect(() => parseCheckpoint(some, of)).toThrow(text);
    };
    const [json = ""] =
      /\[\{"is".*?\}\](?=,"best")/.exec(Buffer.from(bytes).toString("latin1")) ?? [];
    const architecture: unknown = JSON.parse(json);
    const headed = (change: object) => written(formatJson({ ...whole, architecture, ...change }));
    expect(parseCheckpoint(headed({}), of).epoch).toBe(1);
    refuses(headed({ lengths: Uint32Array.of(4_294_967_295, 4_294_967_295) }), "bytes of vectors");
    refuses(headed({ slots: 7 }), "2 vectors are not those");
    refuses(headed({ slots: -1 }), "slots: expected a whole number");
    refuses(headed({ step: 0.5 }), "step: expected a whole number");
    refuses(headed({ best: true }), "2 vectors are not those");
    refuses(headed({ format: 1 }), "its format is 1; this version reads 2");
    refuses(written("{"), "its header cannot be read");
    refuses(written("[]"), "the header: expected an object");
    refuses(written('{"lengths": {"$array": "Uint32Array", "base64": 4}}'), "its header cannot");
    refuses(written("{}", 4_000_000_000), "a header of 4000000000 bytes");
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
    await rm(folder, { recursive: true });
  });

  test("is refused by name when the data or an option is another; epochs and patience may grow", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-checkpoint-"));
    const checkpoint = join(folder, "training");
    const bound = { ...options, checkpoint, seed: 1 };
    await train(network, data, bound);
    const refused = async (how: Partial<TrainOptions>, text: string, rows: NetworkRows = data) => {
      const other = train(network, rows, { ...bound, ...how });
      await expect(other).rejects.toThrow(code("nn/mismatch-checkpoint"));
      await expect(train(network, rows, { ...bound, ...how })).rejects.toThrow(text);
    };
    const optimiser = { kind: "adam", learningRate: 0.01 } as const;
    await refused({ optimiser }, "learningRate: the checkpoint has 0.001, this training 0.01");
    await refused({ seed: 2 }, "seed: the checkpoint has 1, this training 2");
    await refused({ batchRows: 4 }, "batchRows: the checkpoint has 32, this training 4");
    await refused({ validation: 0.5 }, "validation: the checkpoint has none, this training 0.5");
    await refused({ validation: data }, "validation: the checkpoint has none");
    await refused({ shuffle: false }, "shuffle: the checkpoint has true, this training false");
    await refused({ clipNorm: 1 }, "clipNorm: the checkpoint has none, this training 1");
    await refused({ l2: 0.1 }, "l2: the checkpoint has 0, this training 0.1");
    await refused({ accumulate: 2 }, "accumulate: the checkpoint has 1, this training 2");
    await refused({ schedule: { kind: "cosine" } }, 'this training {"kind":"cosine"}');
    await refused({ stopping: { patience: 3, minDelta: 1 } }, "stopping: the checkpoint has");
    await refused({ frozen: (name) => name.startsWith("1") }, 'this training ["1 dense/kernel"');
    const x = data.x.map((value, i) => (i === 15 ? 0 : value));
    await refused({}, 'data: the checkpoint has "sha256:', { ...data, x });
    const more = { ...bound, epochs: 3, stopping: { patience: 9 }, threads: 2 };
    expect((await train(network, data, more)).history).toHaveLength(3);
    await rm(folder, { recursive: true });
  });
});

describe("checkpoint files", () => {
  const made = () => mkdtemp(join(tmpdir(), "millrace-checkpoint-"));

  test("leave nothing behind when they cannot be written, nor what a killed process left", async () => {
    const folder = await made();
    await mkdir(join(folder, "taken"));
    const failed = code("nn/failed-checkpoint");
    await expect(writeTraining(join(folder, "taken"), state, of)).rejects.toThrow(failed);
    await expect(writeTraining(join(folder, "none", "x"), state, of)).rejects.toThrow("ENOENT");
    const none = { ...options, checkpoint: join(folder, "none", "x") };
    await expect(train(network, data, none)).rejects.toThrow(failed); // before the first epoch
    expect(await readdir(folder)).toEqual(["taken"]);
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    for (const name of [`training.${dead}.part`, `training.${process.ppid}.part`, "training.part"])
      await writeFile(join(folder, name), "half");
    await train(network, data, { ...options, epochs: 1, checkpoint: join(folder, "training") });
    expect((await readdir(folder)).sort()).toEqual(
      ["taken", "training", `training.${process.ppid}.part`, "training.part"].sort(),
    );
    await rm(folder, { recursive: true });
  });

  test("are whole when several are written at once", async () => {
    const folder = await made();
    const path = join(folder, "training");
    await Promise.all(Array.from({ length: 8 }, () => writeTraining(path, state, of)));
    expect((await readTraining(path, of))?.weights).toEqual(state.weights);
    expect(await readdir(folder)).toEqual(["training"]);
    await rm(folder, { recursive: true });
  });

  test("that are old, cut, foreign or no files are refused with a code", async () => {
    const folder = await made();
    const path = join(folder, "training");
    const bytes = formatCheckpoint(state, of);
    for (const some of [
      bytes.slice(0, -1),
      bytes.slice(0, 40),
      bytes.slice(0, 0),
      Buffer.alloc(99),
    ]) {
      await writeFile(path, some);
      await expect(readTraining(path, of)).rejects.toThrow(code("nn/corrupt-checkpoint"));
    }
    await writeFile(path, bytes);
    expect(await readTraining(path, of)).toEqual(state);
    await expect(readTraining(folder, of)).rejects.toThrow(code("nn/failed-checkpoint"));
    await rm(folder, { recursive: true });
  });
});
