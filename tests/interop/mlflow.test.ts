import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digits } from "../../src/dataset/index.ts";
import { features, oneHot, standardize } from "../../src/feature/index.ts";
import { logistic } from "../../src/model/index.ts";
import { imageNetwork, networkModel, networkRows, train } from "../../src/nn/index.ts";
import { bool, category, float, int, schema, text } from "../../src/table/index.ts";
import { openWorkspace } from "../../src/workspace/index.ts";
import { pythonWith, runPython } from "./python.ts";

const python = pythonWith("mlflow");
if ("missing" in python) process.stdout.write(`mlflow interop skipped: ${python.missing}\n`);

const people = schema("people", {
  id: text({ key: true }),
  age: int({ nullable: true }),
  income: float(),
  plan: category(["free", "paid"]),
  left: bool(),
});
const read = `
import sys, json
from mlflow.models import Model
m = Model.load(sys.argv[1])
s = m.signature
print(json.dumps({
  "flavors": sorted(m.flavors), "run": m.run_id,
  "inputs": [[c.name, c.type.name, c.required] for c in s.inputs.inputs],
  "outputs": [c.type.name for c in s.outputs.inputs],
  "example": json.load(open(sys.argv[1] + "/input_example.json")),
}))
`;

const readNetwork = `
import os, sys, json, tempfile
os.environ["MLFLOW_TRACKING_URI"] = "file://" + tempfile.mkdtemp()  # mlflow makes a folder where it stands
import numpy as np, onnxruntime as ort, mlflow.onnx, mlflow.pyfunc
from mlflow.models import Model
m = Model.load(sys.argv[1])
(spec,) = m.signature.inputs.inputs
example = json.load(open(sys.argv[1] + "/input_example.json"))["inputs"]
x = np.array(example["image"], dtype=spec.type)
session = ort.InferenceSession(mlflow.onnx.load_model(sys.argv[1]).SerializeToString(), providers=["CPUExecutionProvider"])
(direct,) = session.run(None, {"image": x})
(wrapped,) = mlflow.pyfunc.load_model(sys.argv[1]).predict({"image": x}).values()
print(json.dumps({
  "onnx": direct.reshape(-1).tolist(), "pyfunc": np.asarray(wrapped).reshape(-1).tolist(),
  "inputs": [spec.name, str(spec.type), list(spec.shape)], "flavors": sorted(m.flavors),
}))
`;

describe.skipIf("missing" in python)("mlflow", () => {
  test("reads the model folder of a run: flavour, signature and input example", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-mlflow-"));
    await using workspace = await openWorkspace(folder);
    const table = workspace.lake.table("peer.people", people);
    await table.append(
      Array.from({ length: 20 }, (_, i) => ({
        id: `${i}`,
        age: i === 3 ? null : 20 + i,
        income: 1000 + i,
        plan: i % 3 === 0 ? ("free" as const) : ("paid" as const),
        left: i % 2 === 0,
      })),
    );
    const how = {
      features: features(people, (c) => ({
        age: standardize(c.age),
        income: standardize(c.income),
        plan: oneHot(c.plan),
      })),
      label: "left",
    } as const;
    const model = await logistic().fit(await table.read(), how);
    await using run = await workspace.tracking.startRun({ experiment: "peer" });
    const example = { age: 30, income: 1000, plan: "free" };
    await run.logModel(model, { inputExample: example });
    const [experiment] = (await workspace.tracking.experiments()).filter(
      ({ name }) => name === "peer",
    );
    const place = join(folder, "artifacts", experiment?.id ?? "", run.id, "artifacts", "model");
    expect(runPython(python, read, [place])).toEqual({
      flavors: ["millrace"],
      run: run.id,
      inputs: [
        ["age", "long", false],
        ["income", "double", true],
        ["plan", "string", true],
      ],
      outputs: ["boolean"],
      example: { columns: ["age", "income", "plan"], data: [[30, 1000, "free"]] },
    });
    await run.end();
    await rm(folder, { recursive: true });
  });

  test("opens a network with its own loaders, from bytes to the same probabilities", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-mlflow-"));
    const images = digits({ rows: 60 });
    const trained = await train(imageNetwork("cnn"), networkRows(images), {
      loss: "crossEntropy",
      epochs: 2,
    });
    const model = networkModel(trained, {
      input: "image",
      bytes: true,
      output: "digit",
      classes: images.classes,
    });
    await using workspace = await openWorkspace(folder);
    await using run = await workspace.tracking.startRun({ experiment: "peer" });
    const image = images.pixels.subarray(0, 784);
    await run.logModel(model, { inputExample: { image: Buffer.from(image).toString("base64") } });
    const [experiment] = await workspace.tracking
      .experiments()
      .then((all) => all.filter(({ name }) => name === "peer"));
    const place = join(folder, "artifacts", experiment?.id ?? "", run.id, "artifacts", "model");
    const told = runPython(python, readNetwork, [place]) as {
      onnx: number[];
      pyfunc: number[];
      inputs: unknown;
      flavors: unknown;
    };
    const ours = [...(await trained.predict(image))];
    expect(told.onnx).toBeClose(ours, { rtol: 1e-5, atol: 1e-6 });
    expect(told.pyfunc).toBeClose(ours, { rtol: 1e-5, atol: 1e-6 });
    expect(told.inputs).toEqual(["image", "uint8", [-1, 1, 28, 28]]);
    expect(told.flavors).toEqual(["millrace", "onnx", "python_function"]);
    await run.end();
    await rm(folder, { recursive: true });
  });
});
