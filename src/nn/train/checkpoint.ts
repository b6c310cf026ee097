/** @file Checkpoints of trainings as bytes: whole, of this training, or refused. */
import { createHash } from "node:crypto";
import { type Fields, fieldsOf, formatJson, parseJson } from "../../core/index.ts";
import type { Json } from "../../flow.ts";
import type { EarlyStoppingState, OptimiserOptions } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { Network } from "../network.ts";
import { bytesOf, realsOf } from "./reals.ts";
import type { NetworkEpoch, TrainingState } from "./training.ts";

/** Whose state a checkpoint has. */
export interface CheckpointOf {
  readonly network: Network;
  /** Default adam. */
  readonly optimiser?: Pick<OptimiserOptions, "kind">;
  /**
   * What else decides what the training gives, by name: `train` puts the hash of its rows and its options there, and refuses a
   * checkpoint with others. Default nothing, and nothing is compared.
   */
  readonly facts?: Readonly<Record<string, Json>>;
}

/** The first line of a checkpoint, and the bytes before its body: that line and a hash. */
export const magic = "MILLRACE CHECKPOINT\n";
const hashBytes = 32;
export const headBytes = magic.length + hashBytes;
const format = 2;

/**
 * A training's state as bytes: a first line, a hash of all that follows, the length of the header, the header as JSON with the
 * format's number, the layers, the optimiser and the facts, and the vectors as reals of 32 bits, little-endian.
 *
 * @param state - What a training told, such as `trained.state`.
 * @param of - The network and the optimiser that it was made with, and what else it depends on.
 */
export function formatCheckpoint(state: TrainingState, of: CheckpointOf): Uint8Array<ArrayBuffer> {
  const body = Buffer.concat(bodyOf(state, of));
  const hash = createHash("sha256").update(body).digest();
  return new Uint8Array(Buffer.concat([Buffer.from(magic), hash, body]));
}

/** What follows the hash, piece by piece; vectors are not copied. */
export function bodyOf(state: TrainingState, of: CheckpointOf): readonly Uint8Array[] {
  const { weights, kept, slots, best, ...rest } = state;
  const vectors = [weights, kept, ...slots, ...(best === null ? [] : [best.weights, best.kept])];
  const header = {
    ...rest,
    format,
    ...{ architecture: architectureOf(of), facts: of.facts ?? null },
    ...{ slots: slots.length, best: best !== null },
    lengths: Uint32Array.from(vectors, ({ length }) => length),
  };
  const json = Buffer.from(formatJson(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return [length, json, ...vectors.map(bytesOf)];
}

/**
 * The state that {@link formatCheckpoint} wrote.
 *
 * @param bytes - The whole checkpoint.
 * @param of - What goes on with it: another network or optimiser is refused, and other facts where some are given.
 * @throws `nn/corrupt-checkpoint`, `nn/mismatch-checkpoint`
 */
export function parseCheckpoint(
  bytes: Uint8Array,
  of: CheckpointOf,
  at = "parseCheckpoint",
): TrainingState {
  checkHead(bytes, at);
  const body = bytes.subarray(headBytes);
  checkHash(bytes, createHash("sha256").update(body).digest(), at);
  return parseBody(body, of, at);
}

/** Refuses bytes that do not begin as a checkpoint. @throws `nn/corrupt-checkpoint` */
export function checkHead(bytes: Uint8Array, at: string): void {
  const line = Buffer.from(magic);
  if (bytes.length < headBytes + 4 || !line.equals(bytes.subarray(0, line.length)))
    fail("nn/corrupt-checkpoint", { at, reason: "it does not begin as one" });
}

/** Refuses bytes whose hash is not the one in their head. @throws `nn/corrupt-checkpoint` */
export function checkHash(head: Uint8Array, hash: Buffer, at: string): void {
  if (!hash.equals(head.subarray(magic.length, headBytes)))
    fail("nn/corrupt-checkpoint", { at, reason: "bytes were changed or are missing" });
}

/** The state of what follows the hash. @throws `nn/corrupt-checkpoint`, `nn/mismatch-checkpoint` */
export function parseBody(body: Uint8Array, of: CheckpointOf, at: string): TrainingState {
  const corrupt: Corrupt = (reason) => fail("nn/corrupt-checkpoint", { at, reason });
  const { header, rest } = opened(body, corrupt);
  const read = fieldsOf(header, {
    name: "the header",
    damaged: (field, expected, got) => corrupt(`${field}: expected ${expected}, got ${got}`),
  });
  const known = read.number("format");
  if (known !== format) corrupt(`its format is ${known}; this version reads ${format}`);
  checkArchitecture(architectureOf(of), read.list("architecture"), at);
  if (of.facts !== undefined) checkFacts(of.facts, read.value["facts"], at);
  const slotCount = wholeOf(read, "slots", corrupt);
  const vectors = vectorsOf(read, rest, corrupt);
  const [weights, kept, ...others] = vectors;
  const [bestWeights, bestKept] = others.slice(slotCount);
  if (weights === undefined || kept === undefined) return corrupt("vectors are missing");
  const hasBest = bestWeights !== undefined && bestKept !== undefined;
  if (hasBest !== read.boolean("best") || others.length !== slotCount + 2 * Number(hasBest))
    corrupt(`${vectors.length} vectors are not those of its header`);
  return {
    ...{ epoch: wholeOf(read, "epoch", corrupt), step: wholeOf(read, "step", corrupt) },
    ...{ weights, kept, slots: others.slice(0, slotCount) },
    best: hasBest ? { weights: bestWeights, kept: bestKept } : null,
    stopping: read.value["stopping"] === null ? null : stoppingOf(read.fields("stopping")),
    history: read.list("history").map(epochOf),
  };
}

const stoppingOf = (read: Fields): EarlyStoppingState => ({
  ...{ best: read.numberOrNull("best"), bestEpoch: read.number("bestEpoch") },
  ...{ waited: read.number("waited"), stop: read.boolean("stop") },
});

/** An epoch of a history that was kept. @throws what `read` says of a damaged field */
export const epochOf = (read: Fields): NetworkEpoch => ({
  ...{ epoch: read.number("epoch"), loss: read.number("loss") },
  accuracy: read.numberOrNull("accuracy"),
  validationLoss: read.numberOrNull("validationLoss"),
  validationAccuracy: read.numberOrNull("validationAccuracy"),
  ...{ gradientNorm: read.number("gradientNorm"), largestNorm: read.number("largestNorm") },
  ...{ learningRate: read.number("learningRate"), seconds: read.number("seconds") },
  samplesPerSecond: read.number("samplesPerSecond"),
});

type Corrupt = (reason: string) => never;

function wholeOf(read: Fields, field: string, corrupt: Corrupt): number {
  const value = read.number(field);
  return Number.isSafeInteger(value) && value >= 0
    ? value
    : corrupt(`${field}: expected a whole number, got ${value}`);
}

/** A part of what a training is of, as an error can name it. */
interface Part {
  readonly name: string;
  readonly is: string;
}

/** What a network and its optimiser are. */
function architectureOf({ network, optimiser = { kind: "adam" } }: CheckpointOf): readonly Part[] {
  return [
    { name: "rows", is: `[${network.inputShape.join(", ")}]` },
    ...network.layers.map(({ name, options, shape }) => ({
      name: `layer "${name}"`,
      is: `${formatJson(options)}, which gives [${shape.join(", ")}]`,
    })),
    { name: "optimiser", is: `"${optimiser.kind}"` },
  ];
}

/** @throws `nn/mismatch-checkpoint` with the first part in which they differ */
function checkArchitecture(parts: readonly Part[], read: readonly Fields[], at: string): void {
  const has = read.map((one): Part => ({ name: one.text("name"), is: one.text("is") }));
  const place = Array.from({ length: Math.max(parts.length, has.length) }, (_, i) => i).find(
    (i) => parts[i]?.name !== has[i]?.name || parts[i]?.is !== has[i]?.is,
  );
  if (place === undefined) return;
  const [asked, got] = [parts[place], has[place]];
  const isSame = asked?.name === got?.name;
  const of = (part: Part | undefined): string =>
    part === undefined ? "nothing more" : isSame ? part.is : `${part.name} ${part.is}`;
  const what = isSame ? (asked?.name ?? "") : "layers";
  fail("nn/mismatch-checkpoint", { at, what, expected: of(asked), got: of(got) });
}

/** @throws `nn/mismatch-checkpoint` with the first fact in which they differ */
function checkFacts(facts: Readonly<Record<string, Json>>, has: unknown, at: string): void {
  const kept = new Map(Object.entries(has ?? {}));
  for (const what of new Set([...Object.keys(facts), ...kept.keys()])) {
    const of = (value: unknown): string =>
      value === undefined || value === null ? "none" : formatJson(value);
    const [expected, got] = [of(facts[what]), of(kept.get(what))];
    if (expected !== got) fail("nn/mismatch-checkpoint", { at, what, expected, got });
  }
}

/** The header and what follows. */
function opened(
  body: Uint8Array,
  corrupt: Corrupt,
): { readonly header: unknown; readonly rest: Uint8Array } {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const end = 4 + bytes.readUInt32LE(0);
  if (end > bytes.length) corrupt(`a header of ${end - 4} bytes, of which it has not so many`);
  try {
    return { header: parseJson(bytes.toString("utf8", 4, end)), rest: bytes.subarray(end) };
  } catch (error) {
    return corrupt(`its header cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** The vectors: what the header says is held against what is there before anything of that size is made. */
function vectorsOf(read: Fields, rest: Uint8Array, corrupt: Corrupt): readonly Float32Array[] {
  const lengths = read.array("lengths", Uint32Array);
  const said = lengths.reduce((sum, length) => sum + 4 * length, 0);
  if (said !== rest.length) corrupt(`${rest.length} bytes of vectors, not ${said}`);
  let at = 0;
  return Array.from(lengths, (length) => {
    const bytes = rest.subarray(at, at + 4 * length);
    at += 4 * length;
    return realsOf(bytes);
  });
}
