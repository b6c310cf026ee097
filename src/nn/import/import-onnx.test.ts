/** @file Tests of imported models: what they say is what they said before, and what does not fit is named. */
import { describe, expect, test } from "vitest";
import { batch, emitOnnx, formatOnnx, Graph, type OnnxModel, ops } from "../../tensor/index.ts";
import { flatten } from "../layers/arrangement.ts";
import { conv2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { input } from "../network.ts";
import type { NetworkRows } from "../train/feed.ts";
import { train } from "../train/train.ts";
import { importOnnx } from "./import-onnx.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const numbers = Float32Array.from({ length: 70 * 32 }, (_, i) => Math.sin(i));
const network = input([2, 4, 4])
  .add(conv2d(3, { activation: "relu" }))
  .add(flatten())
  .add(dense(2));
const data: NetworkRows = {
  rows: 70,
  x: numbers,
  shape: [2, 4, 4],
  y: Int32Array.from({ length: 70 }, (_, i) => i % 2),
  labelShape: [],
};

/** A model of two inputs: rows of codes, and a table of numbers; one of its outputs is whole. */
function lookUp(): OnnxModel {
  const graph = new Graph();
  const codes = graph.input("codes", [batch, 2], "int64");
  const found = ops.embedding(graph.input("table", [3, 4]), codes);
  return emitOnnx(graph, { found, flat: ops.reshape(codes, [2 * batch]) });
}

describe("importOnnx", async () => {
  const trained = await train(network, data, { loss: "crossEntropy", epochs: 1 });
  const file = trained.onnx();

  test("gives what the model gives, in batches and at once", async () => {
    const model = await importOnnx(file);
    expect(model.inputs).toEqual([{ name: "x", type: "float", shape: ["n", 2, 4, 4] }]);
    expect(model.facts).toMatchObject({ producer: "millrace", parameters: expect.any(Number) });
    expect(model.device.provider).toBe("cpu");
    const { y } = await model.predict(numbers); // 70 rows: three batches
    expect(y?.shape).toEqual([70, 2]);
    expect(y?.data).toEqual(await trained.predict(numbers));
    const values = { data: numbers.subarray(0, 64), shape: [2, 2, 4, 4] };
    expect((await model.predict(values))["y"]?.data).toEqual(
      (await model.predict({ x: values }))["y"]?.data,
    );
    await model.close();
    await model.close();
    await expect(model.predict(numbers)).rejects.toThrow(
      expect.objectContaining({ code: "nn/missing-session" }),
    );
  });

  test("cuts the model at an inner tensor", async () => {
    const model = await importOnnx(file, { batchRows: 50 });
    const places = model.facts.tensors;
    const inner = places.find((_, i) => i > 0 && places.length - i > 3) ?? "";
    const { data: found, shape } = await model.features(numbers, inner);
    expect(shape).toEqual([70, 3, 2, 2]);
    expect(found.every((value) => value >= 0)).toBe(true); // after relu
    expect((await model.features(numbers)).shape).toEqual([70, 2]);
    await expect(model.features(numbers, "t99")).rejects.toThrow(code("nn/unknown-tensor"));
    await model.close();
  });

  test("takes inputs by name, of whole numbers too", async () => {
    const model = await importOnnx(formatOnnx(lookUp()));
    const table = Float32Array.from({ length: 12 }, (_, i) => i);
    const codes = { data: Int32Array.of(2, 0), shape: [1, 2] };
    const told = await model.predict({ codes, table: { data: table, shape: [3, 4] } });
    expect(told["found"]).toEqual({
      data: Float32Array.of(8, 9, 10, 11, 0, 1, 2, 3),
      shape: [1, 2, 4],
    });
    expect(told["flat"]?.data).toEqual(BigInt64Array.of(2n, 0n));
    await expect(model.features({ codes, table }, "flat")).rejects.toThrow(
      code("nn/unsupported-model"),
    );
    await expect(model.predict(table)).rejects.toThrow("numbers for each of codes, table, by name");
    await expect(model.predict({ codes })).rejects.toThrow(code("nn/mismatch-rows"));
    await expect(model.predict({ codes: { ...codes, data: table }, table })).rejects.toThrow(
      "a BigInt64Array or Int32Array",
    );
    await model.close();
  });

  test("names both shapes where they do not fit", async () => {
    const model = await importOnnx(file);
    const wrong = model.predict({ data: numbers.subarray(0, 54), shape: [3, 2, 3, 3] });
    await expect(wrong).rejects.toThrow(code("nn/mismatch-rows"));
    await expect(wrong).rejects.toThrow("expected [n, 2, 4, 4], got [3, 2, 3, 3]");
    await expect(model.predict(numbers.subarray(0, 33))).rejects.toThrow("a multiple of 32");
    await expect(model.predict({ data: numbers, shape: [1, 2, 4, 4] })).rejects.toThrow(
      code("nn/mismatch-rows"),
    );
    await model.close();
  });

  test("refuses files that are damaged, hostile, or of other types", async () => {
    await expect(importOnnx(file.subarray(0, 300))).rejects.toThrow(code("tensor/corrupt-onnx"));
    await expect(importOnnx(file, { maxNodes: 2 })).rejects.toThrow(
      code("tensor/out-of-range-onnx"),
    );
    const { graph, opsets } = lookUp();
    const nodes = [{ operator: "Nonsense", inputs: ["codes"], outputs: ["found"] }];
    await expect(importOnnx(formatOnnx({ graph: { ...graph, nodes }, opsets }))).rejects.toThrow(
      code("nn/failed-model"),
    );
    const texts = { ...graph, inputs: [{ name: "codes", type: "text", shape: ["n"] } as const] };
    await expect(importOnnx(formatOnnx({ graph: texts, opsets }))).rejects.toThrow(
      code("nn/unsupported-model"),
    );
    await expect(importOnnx(file, { batchRows: 0 })).rejects.toThrow(code("option/out-of-range"));
  });

  test("makes features that a head learns from", async () => {
    const model = await importOnnx(file);
    const inner = model.facts.tensors[1] ?? "";
    const { data: x, shape } = await model.features(numbers, inner);
    const size = x.length / 70;
    const head = await train(
      input([size]).add(dense(2)),
      { ...data, x, shape: [size] },
      { loss: "crossEntropy", epochs: 2 },
    );
    expect(shape[0]).toBe(70);
    expect(head.history).toHaveLength(2);
    await model.close();
  });
});

test("outputs whose first axis is not that of rows are told whole, however many rows there are", async () => {
  const graph = new Graph();
  const x = graph.input("x", [batch, 2]);
  const bytes = formatOnnx(emitOnnx(graph, { y: ops.transpose(x, [1, 0]) }));
  const model = await importOnnx(bytes);
  const { y } = await model.predict(Float32Array.from({ length: 80 }, (_, i) => i));
  expect(y?.shape).toEqual([2, 40]);
  expect(Number(y?.data[32])).toBe(64);
  await model.close();
});
