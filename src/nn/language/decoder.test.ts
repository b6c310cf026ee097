/** @file Tests of the decoder: its size, that nothing is seen before its time, and that pads change nothing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import type { Values } from "../../tensor/index.ts";
import { draw, fansOf } from "../initialisers.ts";
import type { Network } from "../network.ts";
import { requireRuntime } from "../runtime.ts";
import { evaluationModel, gradientModel } from "../train/step-graph.ts";
import { trainedNetwork } from "../train/trained-network.ts";
import {
  type DecoderOptions,
  decoder,
  decoderOf,
  decoderParameters,
  decoderSpec,
} from "./decoder.ts";
import { attentionWeights, openNextToken } from "./run-decoder.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const small: DecoderOptions = {
  vocabulary: 11,
  context: 6,
  width: 8,
  heads: 2,
  layers: 2,
  feedForward: 12,
  dropout: 0,
};
const both = ["before", "after"] as const;

/** Weights large enough that every token matters. */
function weightsOf({ weights, parameters }: Network): Float32Array {
  const vector = new Float32Array(parameters);
  for (const { name, shape, offset, length, initialiser } of weights) {
    const how =
      initialiser.kind === "normal" ? ({ kind: "normal", deviation: 0.5 } as const) : initialiser;
    draw(vector.subarray(offset, offset + length), how, {
      fans: fansOf(shape),
      chance: random(1).stream(name),
    });
  }
  return vector;
}

function untrained(options: DecoderOptions) {
  const network = decoder(options);
  const state = {
    epoch: 0,
    step: 0,
    stopping: null,
    best: null,
    history: [],
    weights: weightsOf(network),
    kept: new Float32Array(0),
    slots: [],
  };
  return { network, state, trained: trainedNetwork({ network, loss: "crossEntropy", state }) };
}

describe("decoder", () => {
  test("has the workshop's number of parameters, normalised before or after", () => {
    for (const norm of both) {
      const options = {
        vocabulary: 2411,
        context: 64,
        width: 160,
        heads: 4,
        layers: 4,
        feedForward: 320,
        norm,
      };
      expect(decoder(options).parameters).toBe(1_610_731);
      expect(decoderParameters(options)).toBe(1_610_731);
    }
    expect(decoder(small).outputShape).toEqual([6, 11]);
  });

  test("law: its number of parameters is that of the formula", () => {
    const size = fc.integer({ min: 1, max: 6 });
    const any = fc.record({
      vocabulary: fc.integer({ min: 2, max: 20 }),
      context: size,
      heads: size,
      layers: size,
      feedForward: size,
      norm: fc.constantFrom(...both),
    });
    fc.assert(
      fc.property(any, (one) => {
        const options = { ...one, width: 2 * one.heads };
        expect(decoder(options).parameters).toBe(decoderParameters(options));
      }),
      { numRuns: 20 },
    );
  });

  test("says nothing else before a token that changes", async () => {
    for (const norm of both) {
      const { trained } = untrained({ ...small, norm });
      const told = await trained.predict(Float32Array.of(3, 4, 5, 6, 7, 8));
      for (let t = 0; t < 6; t++) {
        const changed = Float32Array.of(3, 4, 5, 6, 7, 8);
        changed[t] = 10;
        const other = await trained.predict(changed);
        expect(other.subarray(0, 11 * t)).toEqual(told.subarray(0, 11 * t));
        expect(other.subarray(11 * t, 11 * t + 11)).not.toEqual(told.subarray(11 * t, 11 * t + 11));
      }
    }
  });

  test("says the same with pads before, after and between as without", async () => {
    for (const norm of both) {
      const { trained } = untrained({ ...small, norm });
      const short = untrainedOver(3, norm);
      const plain = await short.predict(Float32Array.of(3, 4, 5));
      const rows = Float32Array.of(0, 0, 0, 3, 4, 5, 3, 4, 5, 0, 0, 0, 0, 3, 0, 4, 0, 5);
      const told = await trained.predict(rows);
      const step = (at: number): readonly number[] =>
        Array.from(told.subarray(11 * at, 11 * at + 11));
      for (const places of [
        [3, 4, 5],
        [6, 7, 8],
        [13, 15, 17],
      ])
        expect(places.flatMap(step)).toBeClose(Array.from(plain), { rtol: 1e-4, atol: 1e-6 });
    }
  });

  test("gives the next token's chances from a row that is filled up or cut", async () => {
    const { state, trained } = untrained(small);
    const { next, close } = openNextToken({ spec: decoderSpec(small), ...state });
    const chances = (logits: Float32Array): number[] => {
      const weights = Array.from(logits, Math.exp);
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.map((weight) => weight / sum);
    };
    const whole = await trained.predict(Float32Array.of(3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 9, 4));
    expect(chances(await next([9, 9, 3, 4, 5, 6, 7, 8]))).toBeClose(
      Array.from(whole.subarray(55, 66)),
      { rtol: 1e-4 },
    );
    expect(chances(await next([9, 4]))).toBeClose(Array.from(whole.subarray(121)), { rtol: 1e-4 });
    await close();
    await close();
    await expect(next([1])).rejects.toThrow(
      expect.objectContaining({ code: "nn/missing-session" }),
    );
  });

  test("looks at itself and what is before, with weights that add up to 1", async () => {
    const { state } = untrained(small);
    const layers = await attentionWeights({ spec: decoderSpec(small), ...state }, [3, 4, 5, 6]);
    expect(layers.map(({ length }) => length)).toEqual([2 * 16, 2 * 16]);
    for (const weights of layers)
      for (let row = 0; row < 8; row++) {
        const one = weights.subarray(4 * row, 4 * row + 4);
        expect(one.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
        expect(one.subarray((row % 4) + 1).every((weight) => weight === 0)).toBe(true);
      }
  });

  test("has the gradient that differences say, where steps are pads and have no label", async () => {
    const options = { ...small, vocabulary: 5, context: 4, width: 4, feedForward: 4, layers: 1 };
    const { network, state } = untrained(options);
    const runtime = await requireRuntime();
    const rule = { loss: "crossEntropy", optimiser: { kind: "sgd", options: {} } } as const;
    const session = await runtime.open(gradientModel(network, rule));
    const judge = await runtime.open(evaluationModel(network, "crossEntropy"));
    const real = (data: Float32Array, shape = [data.length]): Values => ({
      type: "float",
      shape,
      data,
    });
    const x = real(Float32Array.of(0, 3, 4, 3, 4, 3, 0, 0), [2, 4]);
    const y: Values = {
      type: "int64",
      shape: [2, 4],
      data: BigInt64Array.of(-1n, 4n, 3n, 4n, 3n, 4n, -1n, -1n),
    };
    const given = { x, y, kept: real(state.kept) };
    const told = await session.run({
      ...given,
      weights: real(state.weights),
      gradient: real(new Float32Array(network.parameters)),
      share: real(Float32Array.of(1), []),
    });
    const gradient = Float32Array.from(told["next gradient"]?.data ?? [], Number);
    const lossAt = async (place: number, by: number): Promise<number> => {
      const weights = state.weights.slice();
      weights[place] = (weights[place] ?? 0) + by;
      const { lost } = await judge.run({ ...given, weights: real(weights) });
      return Array.from(lost?.data ?? [], Number).reduce((a, b) => a + b, 0) / 5;
    };
    const expected: number[] = [];
    for (let i = 0; i < network.parameters; i++)
      expected.push(((await lossAt(i, 1 / 64)) - (await lossAt(i, -1 / 64))) * 32);
    await Promise.all([session.close(), judge.close()]);
    expect(Array.from(gradient)).toBeClose(expected, { rtol: 0.02, atol: 0.002 });
    const pad = network.weights.find(({ name }) => name.includes("embedding/table"))?.offset ?? -1;
    expect(Array.from(gradient.subarray(pad, pad + 4))).toEqual([0, 0, 0, 0]);
  });

  test("refuses heads that do not divide the width, and options out of range", () => {
    expect(() => decoder({ ...small, heads: 3 })).toThrow(code("nn/mismatch-layer"));
    expect(() => decoder({ ...small, context: 0 })).toThrow(code("option/out-of-range"));
    expect(() => decoder({ ...small, dropout: 1 })).toThrow(code("option/out-of-range"));
    // @ts-expect-error: there is no such place
    expect(() => decoder({ ...small, norm: "post" })).toThrow(code("option/out-of-range"));
  });
});

/** The small decoder, asked over fewer steps than it has places. */
function untrainedOver(steps: number, norm: "before" | "after") {
  const network = decoderOf(decoderSpec({ ...small, norm }), steps);
  const { state } = untrained({ ...small, norm });
  return trainedNetwork({ network, loss: "crossEntropy", state });
}
