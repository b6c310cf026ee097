/** @file Tests of detectors as models: kept with their threshold, registered, served, and one ONNX file that tells the same. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digits, imagesOfClasses } from "../../dataset/index.ts";
import { endpoint, loggedSignature, openInferenceLog } from "../../serve/index.ts";
import { openWorkspace } from "../../workspace/index.ts";
import { fitAnomalies, imageNetwork, importOnnx } from "../index.ts";
import { anomalyModel, loadAnomalyModel } from "./anomaly-model.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const held = digits({ rows: 20, seed: 9 });
const rows = Array.from({ length: 20 }, (_, i) => ({
  image: Buffer.from(held.pixels.subarray(784 * i, 784 * (i + 1))).toString("base64"),
}));
const normals = imagesOfClasses(digits({ rows: 120, seed: 1 }), ["0", "8"]);

describe.each(["relative", "squared"] as const)("anomalyModel of %s errors", async (error) => {
  const detector = await fitAnomalies(normals, { error, epochs: 1, k: 0.2 });
  const model = anomalyModel(detector);

  test("law: loaded ≡ fitted, and its ONNX file tells the same of bytes", async () => {
    const told = await model.predictAll(rows);
    expect(told.map(({ value }) => value)).toEqual([...(await detector.errors(held))]);
    expect(told.map(({ others }) => others?.["isAnomaly"])).toEqual(
      told.map(({ value }) => value > detector.threshold),
    );
    const loaded = loadAnomalyModel(model.files());
    expect(await loaded.predictAll(rows)).toEqual(told);
    expect(loaded.detector).toMatchObject({ error, threshold: detector.threshold });
    expect([loaded.hash, loaded.signature]).toEqual([model.hash, model.signature]);
    expect(await model.predictAll([])).toEqual([]);
    const file = await importOnnx(model.files()["model.onnx"] ?? new Uint8Array());
    const said = await file.predict({ data: held.pixels, shape: [20, 1, 28, 28] });
    expect([...(said["error"]?.data ?? [])].map(Number)).toBeClose(
      told.map(({ value }) => value),
      { rtol: 1e-5, atol: 1e-7 }, // sums of 784 squares in 32 bits
    );
    expect([...(said["isAnomaly"]?.data ?? [])].map(Boolean)).toEqual(
      told.map(({ others }) => others?.["isAnomaly"]),
    );
    await file.close();
  });

  test("refuses files that are damaged or of a newer format", () => {
    const files = model.files();
    const changed = (text: string) => ({
      ...files,
      "anomalies.json": new TextEncoder().encode(text),
    });
    const of = (fields: object) =>
      changed(JSON.stringify({ format: 1, error, threshold: 1, mean: 1, deviation: 1, ...fields }));
    expect(() => loadAnomalyModel(of({ format: 2 }))).toThrow(code("nn/unsupported-format"));
    const { "anomalies.json": _, ...without } = files;
    for (const damaged of [changed("{"), of({ threshold: "1" }), of({ error: "cubed" }), without])
      expect(() => loadAnomalyModel(damaged)).toThrow(code("nn/corrupt-files"));
  });
});

test("a registered detector is served: the error, whether it is an anomaly, and both in the log", async () => {
  const network = imageNetwork("autoencoder");
  const detector = await fitAnomalies(normals, { network, epochs: 1 });
  const model = anomalyModel(detector, { input: "photo" });
  await using workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "millrace-odd-")));
  await using run = await workspace.tracking.startRun({ experiment: "odd" });
  const [photo = { image: "" }] = rows;
  await run.logModel(model, { inputExample: { photo: photo.image } });
  await workspace.registry.register("odd", { model, runId: run.id, alias: { name: "champion" } });
  const { model: stored } = await workspace.registry.load("odd", "champion");
  expect([stored.kind, stored.hash]).toEqual(["anomalies", model.hash]);
  await using log = await openInferenceLog({
    ...{ lake: workspace.lake, table: "serving.odd_log", signature: loggedSignature(stored) },
    folder: join(workspace.path, "serving"),
  });
  const served = endpoint({ name: "odd", model: stored, version: 1, log });
  const [answer] = await served.answer([{ photo: photo.image }]);
  const [error = Number.NaN] = await detector.errors({ pixels: held.pixels.subarray(0, 784) });
  const isAnomaly = error > detector.threshold;
  expect(answer?.prediction).toEqual({ value: error, probability: null, others: { isAnomaly } });
});
