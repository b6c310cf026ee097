/** @file A trained decoder at work: the logits of the next token, and what attention looked at. */
import {
  batch,
  emitOnnx,
  formatOnnx,
  Graph,
  ops,
  type Session,
  type Tensor,
  type Values,
} from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { type FrozenVectors, frozenScope } from "../frozen-scope.ts";
import { openModel, type RuntimeOptions } from "../runtime.ts";
import { type DecoderSpec, decoderOf } from "./decoder.ts";
import { specials } from "./tokeniser.ts";

/** A decoder with its weights. */
export interface DecoderWeights extends FrozenVectors {
  readonly spec: DecoderSpec;
  readonly on?: RuntimeOptions;
}

/** The whole decoder as an ONNX file: input `x` [n, t] of tokens as reals, output `logits` [n, t, v]. */
export function decoderOnnx({ spec, weights, kept }: DecoderWeights): Uint8Array<ArrayBuffer> {
  return written({ spec, weights, kept }, spec.context, (logits) => ({ logits }));
}

function written(
  { spec, weights, kept }: DecoderWeights,
  steps: number,
  outputs: (logits: Tensor, shown: readonly Tensor[]) => Readonly<Record<string, Tensor>>,
): Uint8Array<ArrayBuffer> {
  const graph = new Graph();
  const network = decoderOf(spec, steps);
  const shown: Tensor[] = [];
  const { scope, values } = frozenScope(graph, network, {
    weights,
    kept,
    show: (_, value) => void shown.push(value),
  });
  const logits = network.build(graph.input("x", [batch, steps]), scope);
  const metadata = { producer: "millrace", loss: "crossEntropy" };
  return formatOnnx(emitOnnx(graph, outputs(logits, shown), { weights: values, metadata }));
}

/** The fewest steps that a session is opened for. */
const leastSteps = 8;

/** Steps of the session for so many tokens: a power of two, or the whole context. */
function stepsFor(length: number, context: number): number {
  let steps = leastSteps;
  while (steps < length) steps *= 2;
  return Math.min(steps, context);
}

/** Tokens at the end of a row that is filled up before them. */
function padded(tokens: readonly number[], steps: number): Values {
  const data = new Float32Array(steps).fill(specials.pad);
  data.set(tokens.slice(-steps), Math.max(0, steps - tokens.length));
  return { type: "float", shape: [1, steps], data };
}

/**
 * Gives the logits of what follows tokens, of which the last `context` count. A session is opened for each power of two of steps when it
 * is first needed, and kept until `close`.
 */
export function openNextToken(decoder: DecoderWeights) {
  const { spec, on } = decoder;
  const sessions = new Map<number, Promise<Session>>();
  const sessionFor = (steps: number): Promise<Session> => {
    const found = sessions.get(steps);
    if (found !== undefined) return found;
    const model = written(decoder, steps, (logits) => ({
      next: ops.slice(logits, 1, [steps - 1, steps]),
    }));
    const opened = openModel(model, on).catch((error: unknown) => {
      sessions.delete(steps); // it may be there the next time
      throw error;
    });
    sessions.set(steps, opened);
    return opened;
  };
  let isClosed = false;
  const close = async (): Promise<void> => {
    isClosed = true;
    const open = await Promise.allSettled(sessions.values());
    sessions.clear();
    for (const one of open) if (one.status === "fulfilled") await one.value.close();
  };
  const next = async (tokens: readonly number[]): Promise<Float32Array> => {
    if (isClosed) fail("nn/missing-session", { at: "generate" });
    const steps = stepsFor(tokens.length, spec.context);
    const session = await sessionFor(steps);
    const { next: logits } = await session.run({ x: padded(tokens, steps) });
    return Float32Array.from(logits?.data ?? [], Number);
  };
  return { next, close };
}

/** The weights of attention of every layer, [h, t, t] each, for tokens that fit the context. */
export async function attentionWeights(
  decoder: DecoderWeights,
  tokens: readonly number[],
): Promise<readonly Float32Array[]> {
  const steps = tokens.length;
  const { layers } = decoder.spec;
  const names = Array.from({ length: layers }, (_, i) => `layer ${i + 1}`);
  const model = written(decoder, steps, (_, shown) =>
    Object.fromEntries(names.map((name, i) => [name, shown[i] as Tensor])),
  );
  const session = await openModel(model, decoder.on);
  try {
    const told = await session.run({ x: padded(tokens, steps) });
    return names.map((name) => Float32Array.from(told[name]?.data ?? [], Number));
  } finally {
    await session.close();
  }
}
