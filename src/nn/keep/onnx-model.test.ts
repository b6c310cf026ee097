/** @file Tests of ONNX files as models: their inputs and outputs are what is served, and what cannot be served is refused first. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { endpoint, loggedSignature, openInferenceLog } from "../../serve/index.ts";
import { batch, emitOnnx, formatOnnx, Graph, type OnnxModel, ops } from "../../tensor/index.ts";
import { openWorkspace } from "../../workspace/index.ts";
import { loadOnnxModel, onnxModel } from "./onnx-model.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const base64 = (numbers: Float32Array | BigInt64Array | Uint8Array): string =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");

/** As PyTorch exports a small network: an image and a code go in, logits, a score and a whole number come out. */
function exported(rows: typeof batch | 1 = batch): OnnxModel {
  const graph = new Graph();
  const image = graph.input("input.1", [rows, 2, 3]);
  const word = graph.input("word", [rows, 2], "int64");
  const scale = graph.input("scale", [rows, 1]);
  const flat = ops.reshape(image, [rows, 6]);
  const weights = graph.constant(
    Float32Array.from({ length: 24 }, (_, i) => i / 8 - 1),
    [6, 4],
  );
  const logits = ops.multiply(ops.matmul(flat, weights), scale);
  return emitOnnx(graph, {
    logits,
    score: ops.sum(logits, { axes: [1], keep: true }),
    codes: ops.toWhole(ops.add(ops.toFloat(word), graph.scalar(1))),
    positive: ops.above(logits, graph.scalar(0)),
  });
}
const image = Float32Array.of(1, 2, 3, 4, 5, 6);
const row = {
  "input.1": base64(image),
  word: base64(BigInt64Array.of(3n, 7n)),
  scale: 2,
};
const logits = Float32Array.from({ length: 4 }, (_, j) =>
  image.reduce((sum, x, i) => sum + 2 * x * ((4 * i + j) / 8 - 1), 0),
);

describe("onnxModel", () => {
  const bytes = formatOnnx(exported());

  test("takes the file's inputs and tells its outputs, the first as the value, the others beside it", async () => {
    const model = await onnxModel(bytes);
    expect(model.signature).toEqual({
      inputs: {
        "input.1": {
          ...{ kind: "text", nullable: false },
          tensor: { type: "float32", shape: [2, 3] },
        },
        word: { kind: "text", nullable: false, tensor: { type: "int64", shape: [2] } },
        scale: { kind: "float", nullable: false },
      },
      output: { name: "logits", kind: "text", tensor: { type: "float32", shape: [4] } },
      others: {
        score: { kind: "float", nullable: false },
        codes: { kind: "text", nullable: false, tensor: { type: "int64", shape: [2] } },
        positive: { kind: "text", nullable: false, tensor: { type: "uint8", shape: [4] } },
      },
    });
    const told = await model.predict(row);
    expect(told).toEqual({
      ...{ value: base64(logits), probability: null },
      others: {
        score: logits.reduce((sum, one) => sum + one, 0),
        codes: base64(BigInt64Array.of(4n, 8n)),
        positive: base64(Uint8Array.from(logits, (one) => Number(one > 0))),
      },
    });
    const many = Array.from({ length: 70 }, (_, i) => ({ ...row, scale: i }));
    const all = await model.predictAll(many);
    expect(all[2]).toEqual(told);
    expect(await model.predict(many[69] ?? row)).toEqual(all[69]);
    await model.close();
  });

  test("asks a file of one row at a time row by row", async () => {
    const single = await onnxModel(formatOnnx(exported(1)));
    const both = await single.predictAll([row, { ...row, scale: 4 }]);
    expect(both[0]?.value).toBe(base64(logits));
    expect(both[1]?.value).toBe(base64(logits.map((one) => 2 * one)));
    await single.close();
  });

  test("is logged in MLflow's layout, registered, loaded and served", async () => {
    const model = await onnxModel(bytes);
    await using workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "millrace-onnx-")));
    await using run = await workspace.tracking.startRun({ experiment: "imported" });
    await run.logModel(model, { inputExample: row });
    const about = Buffer.from((await run.artifact("model/MLmodel")) ?? "").toString();
    for (const part of ["loader_module: mlflow.onnx", "data: model.onnx", '"dtype":"int64"'])
      expect(about).toContain(part);
    await workspace.registry.register("own", { model, runId: run.id, alias: { name: "champion" } });
    const { model: stored } = await workspace.registry.load("own", "champion");
    expect([stored.hash, stored.signature]).toEqual([model.hash, model.signature]);
    expect(stored.files()["model.onnx"]).toEqual(bytes);
    await using log = await openInferenceLog({
      ...{ lake: workspace.lake, table: "serving.own_log", signature: loggedSignature(stored) },
      folder: join(workspace.path, "serving"),
    });
    const served = endpoint({ name: "own", model: stored, version: 1, log });
    const nested = { "input.1": [[1, 2, 3], [4, 5, 6]], word: [3, 7], scale: 2 }; // biome-ignore format: a matrix
    const [answer] = await served.answer([nested]);
    expect(answer?.prediction).toEqual(await model.predict(row));
    await expect(served.answer([{ ...nested, word: [3.5, 7] }])).rejects.toThrow(
      code("serve/mismatch-request"),
    );
  });

  test("refuses what cannot be served, before it is registered", async () => {
    const of = (make: (graph: Graph) => Parameters<typeof emitOnnx>[1]): Uint8Array => {
      const graph = new Graph();
      return formatOnnx(emitOnnx(graph, make(graph)));
    };
    const fixed = of((graph) => ({ y: ops.relu(graph.input("x", [4, 2])) }));
    await expect(onnxModel(fixed)).rejects.toThrow(code("nn/unsupported-model"));
    await expect(onnxModel(fixed)).rejects.toThrow(/of shape \[4, 2\]; expected a first axis/);
    const turned = of((graph) => ({
      y: ops.transpose(graph.input("x", [batch, 3]), [1, 0]),
    }));
    await expect(onnxModel(turned)).rejects.toThrow(/of shape \[3, 2\] for 2 rows/);
    await expect(onnxModel(bytes.subarray(0, 90))).rejects.toThrow(code("tensor/corrupt-onnx"));
    await expect(onnxModel(bytes, { maxNodes: 1 })).rejects.toThrow(
      code("tensor/out-of-range-onnx"),
    );
    const { graph, opsets } = exported();
    const texts = formatOnnx({
      graph: { ...graph, outputs: [{ name: "logits", type: "text", shape: ["n", 4] }] },
      opsets,
    });
    await expect(onnxModel(texts)).rejects.toThrow(/nn\/|of type text|does not take/);
  });

  test("refuses cells that do not fit, and files that are damaged or newer", async () => {
    const model = await onnxModel(bytes);
    await expect(model.predict({ ...row, word: "AAAA" })).rejects.toThrow(code("nn/mismatch-rows"));
    await model.close();
    const files = model.files();
    const marked = (text: string) => ({ ...files, "onnx.json": Buffer.from(text) });
    await expect(loadOnnxModel(marked('{"format":2}'))).rejects.toThrow(
      code("nn/unsupported-format"),
    );
    await expect(loadOnnxModel(marked("{}"))).rejects.toThrow(code("nn/corrupt-files"));
    const { "model.onnx": _, ...without } = files;
    await expect(loadOnnxModel(without)).rejects.toThrow(code("nn/corrupt-files"));
  });
});
