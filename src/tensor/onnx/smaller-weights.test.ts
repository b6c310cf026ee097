/** @file Tests of weights with fewer bits: their bits, their sizes, and what they become again. */
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { loadRuntime } from "../adapter/onnx-runtime.ts";
import { batch, emitOnnx, Graph, ops } from "../graph/index.ts";
import { formatOnnx } from "./format-onnx.ts";
import { halfBits } from "./half-bits.ts";
import { withSmallerWeights } from "./smaller-weights.ts";

describe("halfBits", () => {
  test("is the nearest of 16 bits, ties to even", () => {
    const bits = [
      0,
      -0,
      1,
      -2,
      65504,
      65519,
      65520,
      2 ** -24,
      2 ** -25,
      2 ** -14,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      0.1,
      Number.NaN,
      -Infinity,
    ].map(halfBits);
    expect(bits).toEqual([
      0, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x7bff, 0x7c00, 1, 0, 0x0400, 0x3c00, 0x3c02, 0x2e66,
      0x7e00, 0xfc00,
    ]);
  });
});

describe("withSmallerWeights", () => {
  test("is a half or a quarter of the size, and gives nearly the same", async () => {
    const draws = random(2).stream("weights");
    const graph = new Graph();
    const normals = (length: number) => Float32Array.from({ length }, () => draws.normal());
    const [w, k] = [graph.input("w", [40, 30]), graph.input("k", [8, 1, 5, 5])];
    const hidden = ops.conv2d([
      graph.input("x", [batch, 1, 7, 7]),
      k,
      graph.constant(normals(8), [8]),
    ]);
    const y = ops.matmul(ops.slice(ops.reshape(hidden, [batch, 72]), 1, [0, 40]), w);
    const model = emitOnnx(
      graph,
      { y },
      {
        weights: new Map([
          ["w", normals(1200)],
          ["k", normals(200)],
        ]),
      },
    );
    const runtime = await loadRuntime();
    const data = normals(49);
    const told = async (bytes: Uint8Array) => {
      const session = await runtime?.open(bytes);
      const found = await session?.run({ x: { type: "float", shape: [1, 1, 7, 7], data } });
      const numbers = Array.from(found?.["y"]?.data ?? [], Number);
      await session?.close();
      return numbers;
    };
    const whole = formatOnnx(model);
    const exact = await told(whole);
    for (const [precision, share, near] of [
      ["float16", 0.6, 0.02],
      ["int8", 0.45, 0.3],
    ] as const) {
      const small = formatOnnx(withSmallerWeights(model, precision));
      expect(small.length).toBeLessThan(whole.length * share);
      expect(await told(small)).toBeClose(exact, { rtol: near, atol: near * 3 });
    }
  });
});
