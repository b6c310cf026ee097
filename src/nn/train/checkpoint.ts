/** @file Checkpoints of trainings as bytes and as files: whole, or refused. */
import { createHash } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { type Fields, fieldsOf, formatJson, parseJson } from "../../core/index.ts";
import type { EarlyStoppingState, OptimiserOptions } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { Network } from "../network.ts";
import type { NetworkEpoch, TrainingState } from "./training.ts";

/** Whose state a checkpoint has. */
export interface CheckpointOf {
  readonly network: Network;
  /** Default adam. */
  readonly optimiser?: Pick<OptimiserOptions, "kind">;
}

const [magic, format, hashBytes] = ["MILLRACE CHECKPOINT\n", 1, 32];

/**
 * A training's state as bytes: a first line, a hash of all that follows, the length of the header, the header as JSON with the
 * format's number, the layers and the optimiser, and the vectors as reals of 32 bits, little-endian.
 *
 * @param state - What a training told, such as `trained.state`.
 * @param of - The network and the optimiser that it was made with.
 */
export function formatCheckpoint(state: TrainingState, of: CheckpointOf): Uint8Array<ArrayBuffer> {
  const { weights, kept, slots, best, ...rest } = state;
  const vectors = [weights, kept, ...slots, ...(best === null ? [] : [best.weights, best.kept])];
  const lengths = Uint32Array.from(vectors, ({ length }) => length);
  const header = {
    ...rest,
    format,
    architecture: architectureOf(of),
    slots: slots.length,
    best: best !== null,
    lengths,
  };
  const json = Buffer.from(formatJson(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const body = Buffer.concat([length, json, ...vectors.map(littleEndian)]);
  return new Uint8Array(Buffer.concat([Buffer.from(magic), hashOfBytes(body), body]));
}

/**
 * The state that {@link formatCheckpoint} wrote.
 *
 * @param bytes - The whole checkpoint.
 * @param of - What goes on with it: another network or optimiser is refused.
 * @throws `nn/corrupt-checkpoint`, `nn/mismatch-checkpoint`
 */
export function parseCheckpoint(
  bytes: Uint8Array,
  of: CheckpointOf,
  at = "parseCheckpoint",
): TrainingState {
  const corrupt = (reason: string): never => fail("nn/corrupt-checkpoint", { at, reason });
  const { header, rest } = opened(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    corrupt,
  );
  const read = fieldsOf(header, {
    name: "the header",
    damaged: (field, expected, got) => corrupt(`${field}: expected ${expected}, got ${got}`),
  });
  if (read.number("format") !== format)
    corrupt(`format ${read.number("format")}, of which this version knows ${format}`);
  checkArchitecture(architectureOf(of), read.fields("architecture"));
  const [weights, kept, ...others] = vectorsOf(read, rest, corrupt);
  if (weights === undefined || kept === undefined) return corrupt("vectors are missing");
  const slots = others.slice(0, read.number("slots"));
  const [bestWeights, bestKept] = others.slice(slots.length);
  const best =
    bestWeights === undefined || bestKept === undefined
      ? null
      : { weights: bestWeights, kept: bestKept };
  return {
    ...{ epoch: read.number("epoch"), step: read.number("step"), weights, kept, slots, best },
    stopping: read.value["stopping"] === null ? null : stoppingOf(read.fields("stopping")),
    history: read.list("history").map(epochOf),
  };
}

const stoppingOf = (read: Fields): EarlyStoppingState => ({
  ...{ best: read.numberOrNull("best"), bestEpoch: read.number("bestEpoch") },
  ...{ waited: read.number("waited"), stop: read.boolean("stop") },
});

const epochOf = (read: Fields): NetworkEpoch => ({
  ...{ epoch: read.number("epoch"), loss: read.number("loss") },
  accuracy: read.numberOrNull("accuracy"),
  validationLoss: read.numberOrNull("validationLoss"),
  validationAccuracy: read.numberOrNull("validationAccuracy"),
  ...{ gradientNorm: read.number("gradientNorm"), largestNorm: read.number("largestNorm") },
  ...{ learningRate: read.number("learningRate"), seconds: read.number("seconds") },
  samplesPerSecond: read.number("samplesPerSecond"),
});

/**
 * Writes a checkpoint to a file: what was there before stays whole until the new one is.
 *
 * @param path - The file; beside it a file is written with `.part` after its name, and moved over it.
 */
export async function writeTraining(
  path: string,
  state: TrainingState,
  of: CheckpointOf,
): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await using file = await open(part, "w");
    await file.writeFile(formatCheckpoint(state, of));
    await file.sync();
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/**
 * The checkpoint of a file; undefined where there is none.
 *
 * @throws `nn/corrupt-checkpoint`, `nn/mismatch-checkpoint`
 */
export async function readTraining(
  path: string,
  of: CheckpointOf,
): Promise<TrainingState | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return bytes === undefined ? undefined : parseCheckpoint(bytes, of, path);
}

/** What a network and its optimiser are, as an error can name them. */
function architectureOf({ network, optimiser = { kind: "adam" } }: CheckpointOf) {
  const described = ({ name, options }: Network["layers"][number]): string =>
    `layer "${name}" ${formatJson(options)}`;
  return {
    parts: [
      `rows of [${network.inputShape.join(", ")}]`,
      ...network.layers.map(described),
      `the optimiser "${optimiser.kind}"`,
    ],
  };
}

/** @throws `nn/mismatch-checkpoint` with the first part in which they differ */
function checkArchitecture({ parts }: { readonly parts: readonly string[] }, read: Fields): void {
  const got = read.texts("parts");
  const place = Array.from({ length: Math.max(parts.length, got.length) }, (_, i) => i).find(
    (i) => parts[i] !== got[i],
  );
  if (place === undefined) return;
  const of = (from: readonly string[]): string => from[place] ?? "no such layer";
  fail("nn/mismatch-checkpoint", { expected: of(parts), got: of(got) });
}

type Corrupt = (reason: string) => never;

/** The header and what follows, once the bytes are what was written. */
function opened(
  bytes: Buffer,
  corrupt: Corrupt,
): { readonly header: unknown; readonly rest: Buffer } {
  const start = magic.length + hashBytes;
  if (bytes.length < start + 4 || bytes.toString("latin1", 0, magic.length) !== magic)
    corrupt("it does not begin as one");
  const body = bytes.subarray(start);
  if (!hashOfBytes(body).equals(bytes.subarray(magic.length, start)))
    corrupt("bytes were changed or are missing");
  const end = 4 + body.readUInt32LE(0);
  return { header: parseJson(body.toString("utf8", 4, end)), rest: body.subarray(end) };
}

function vectorsOf(read: Fields, rest: Buffer, corrupt: Corrupt): readonly Float32Array[] {
  const lengths = read.array("lengths", Uint32Array);
  let at = 0;
  const vectors = Array.from(lengths, (length) => {
    const vector = new Float32Array(length);
    for (let i = 0; i < length; i++, at += 4) vector[i] = rest.readFloatLE(at);
    return vector;
  });
  return at === rest.length ? vectors : corrupt(`${rest.length} bytes of vectors, not ${at}`);
}

function littleEndian(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes;
}

const hashOfBytes = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
