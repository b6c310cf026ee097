import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { formatJson, hashOf, hashOfJson, seededIds, steppingClock } from "../core/index.ts";
import type { Cells, Model, ModelFiles, Signature } from "../flow.ts";
import { type Bytes, memoryBytes, openRecords, type Records } from "../store/index.ts";
import { mlflowSignature, openTracking, type Tracking } from "./index.ts";

const signature: Signature = {
  inputs: {
    customer: { kind: "text", nullable: false },
    contract: { kind: "category", nullable: false, levels: ["monthly", "yearly"] },
    tenure: { kind: "int", nullable: true },
    charges: { kind: "float", nullable: true },
    senior: { kind: "bool", nullable: true },
    since: { kind: "timestamp", nullable: true },
  },
  output: { name: "churn", kind: "bool" },
};
const row: Cells = {
  customer: "0001",
  contract: "monthly",
  tenure: 3,
  charges: 29.85,
  senior: false,
  since: new Date(0),
};

/** A rule: customers leave when they have been here for less than a limit. */
function threshold(limit: number, extra: ModelFiles = {}): Model {
  const predict = (given: Cells) => {
    const leaves = Number(given["tenure"]) < limit;
    return { value: leaves, probability: leaves ? 1 : 0 };
  };
  const state = { limit };
  return {
    kind: "threshold",
    signature,
    hash: hashOfJson(state),
    importances: [],
    predict,
    predictAll: (rows) => rows.map(predict),
    files: () => ({ "state.json": new TextEncoder().encode(formatJson(state)), ...extra }),
  };
}

let records: Records;
let bytes: Bytes;
let tracking: Tracking;
beforeEach(async () => {
  records = await openRecords(":memory:");
  bytes = memoryBytes();
  const clock = steppingClock(Date.UTC(2026, 0, 2, 3, 4, 5, 6));
  tracking = openTracking({ records, bytes, clock, ids: seededIds(1) });
});
afterEach(() => records.close());

const decode = (file: Uint8Array): string => new TextDecoder().decode(file);

describe("logModel", () => {
  test("writes an MLflow model folder", async () => {
    const run = await tracking.startRun({ experiment: "churn" });
    const model = threshold(12);
    await run.logModel(model, { inputExample: row });
    const files = ["model/MLmodel", "model/input_example.json", "model/state.json"];
    expect(await run.artifacts()).toEqual(files);
    const about = parse(decode(await run.artifact("model/MLmodel")), { version: "1.1" });
    expect(about).toEqual({
      artifact_path: "model",
      flavors: {
        millrace: {
          format: 1,
          kind: "threshold",
          hash: model.hash,
          files: { "state.json": hashOf('{"limit":12}') },
        },
      },
      model_size_bytes: 12,
      model_uuid: expect.stringMatching(/^[0-9a-f]{32}$/),
      run_id: run.id,
      saved_input_example_info: {
        artifact_path: "input_example.json",
        pandas_orient: "split",
        type: "dataframe",
      },
      signature: mlflowSignature(signature),
      utc_time_created: "2026-01-02 03:04:05.006000",
    });
    expect(JSON.parse(decode(await run.artifact("model/input_example.json")))).toEqual({
      columns: ["customer", "contract", "tenure", "charges", "senior", "since"],
      data: [["0001", "monthly", 3, 29.85, false, "1970-01-01T00:00:00.000Z"]],
    });
  });

  test("the files of the model come back as they were", async () => {
    const run = await tracking.startRun();
    const model = threshold(12, { "deep/weights.bin": new Uint8Array([0, 1, 255]) });
    await run.logModel(model, { inputExample: [row, row], name: "models/best" });
    expect(await tracking.modelFiles(run.id, "models/best")).toEqual(model.files());
  });

  test("a model logged again takes the place of the first", async () => {
    const run = await tracking.startRun();
    await run.logModel(threshold(1), { inputExample: row });
    await run.logModel(threshold(2), { inputExample: row });
    expect(await tracking.modelFiles(run.id)).toEqual(threshold(2).files());
  });

  test("an example may leave out what may be missing", async () => {
    const run = await tracking.startRun();
    await run.logModel(threshold(1), { inputExample: { customer: "1", contract: "yearly" } });
    const { data } = JSON.parse(decode(await run.artifact("model/input_example.json")));
    expect(data).toEqual([["1", "yearly", null, null, null, null]]);
  });

  test("refuses an example that does not fit the signature", async () => {
    const run = await tracking.startRun();
    const inputExample = { customer: "1", contrct: "yearly" };
    await expect(run.logModel(threshold(1), { inputExample })).rejects.toMatchObject({
      code: "run/mismatch-example",
      details: { unknown: ["contrct"], missing: ["contract"] },
    });
    expect(await run.artifacts()).toEqual([]);
  });

  test("takes a request of a model that looks features up, and says what requests hold", async () => {
    const run = await tracking.startRun();
    const request = { customer: { kind: "text", nullable: false } } as const;
    const asked = {
      ...threshold(1),
      lookups: { request, tables: [], state: null, complete: async () => [] },
    };
    await run.logModel(asked, { inputExample: { customer: "0001" } });
    const about = parse(decode(await run.artifact("model/MLmodel")), { version: "1.1" });
    expect(about.signature).toEqual(mlflowSignature({ ...signature, inputs: request }));
    expect(JSON.parse(decode(await run.artifact("model/input_example.json")))).toEqual({
      columns: ["customer"],
      data: [["0001"]],
    });
    await expect(run.logModel(asked, { inputExample: row })).rejects.toThrow(
      'expected rows of "customer"; columns beyond them "contract", "tenure"',
    );
  });

  test("refuses a model whose files have the names of the folder's own", async () => {
    const run = await tracking.startRun();
    const model = threshold(1, { MLmodel: new Uint8Array() });
    await expect(run.logModel(model, { inputExample: row })).rejects.toMatchObject({
      code: "run/duplicate-file",
    });
  });

  test("refuses to write outside the run, and to a run that has ended", async () => {
    const run = await tracking.startRun();
    const outside = { code: "run/out-of-range-path" };
    const options = { inputExample: row, name: "../other" };
    await expect(run.logModel(threshold(1), options)).rejects.toMatchObject(outside);
    const escaping = threshold(1, { "../../x": new Uint8Array() });
    await expect(run.logModel(escaping, { inputExample: row })).rejects.toMatchObject(outside);
    await run.end();
    await expect(run.logModel(threshold(1), { inputExample: row })).rejects.toMatchObject({
      code: "run/conflict-ended",
    });
    expect(await run.artifacts()).toEqual([]);
  });
});

describe("modelFiles", () => {
  test("says which models there are when one is missing", async () => {
    const run = await tracking.startRun();
    await run.logModel(threshold(1), { inputExample: row, name: "boost" });
    await expect(tracking.modelFiles(run.id, "bost")).rejects.toMatchObject({
      code: "run/missing-model",
      kind: "not-found",
      message: expect.stringContaining('Did you mean "boost"?'),
    });
  });

  test("names the file that is missing, changed or unreadable", async () => {
    const run = await tracking.startRun();
    await run.logModel(threshold(1), { inputExample: row });
    const folder = `artifacts/0/${run.id}/artifacts/model`;
    const corrupt = { code: "run/corrupt-model", kind: "environment" };
    await bytes.put(`${folder}/state.json`, new Uint8Array([1]));
    await expect(tracking.modelFiles(run.id)).rejects.toMatchObject({
      ...corrupt,
      details: { file: "state.json", reason: "is not what was logged" },
    });
    await bytes.remove(`${folder}/state.json`);
    await expect(tracking.modelFiles(run.id)).rejects.toMatchObject({
      ...corrupt,
      details: { file: "state.json", reason: "is missing" },
    });
    await bytes.put(`${folder}/MLmodel`, new TextEncoder().encode("[half a"));
    await expect(tracking.modelFiles(run.id)).rejects.toMatchObject({
      ...corrupt,
      details: { file: "MLmodel" },
    });
  });
});

describe("mlflowSignature", () => {
  test("has MLflow's types, as JSON in strings", () => {
    const { inputs, outputs } = mlflowSignature(signature);
    expect(JSON.parse(inputs)).toEqual([
      { type: "string", name: "customer", required: true },
      { type: "string", name: "contract", required: true },
      { type: "long", name: "tenure", required: false },
      { type: "double", name: "charges", required: false },
      { type: "boolean", name: "senior", required: false },
      { type: "datetime", name: "since", required: false },
    ]);
    expect(JSON.parse(outputs)).toEqual([{ type: "boolean", name: "churn", required: true }]);
  });
});
