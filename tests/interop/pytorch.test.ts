/** @file Models that PyTorch exported: imported, they say what PyTorch says, also from the inside. */
import { describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import { importOnnx } from "../../src/nn/index.ts";
import { openPeer } from "./peer.ts";
import { pythonWith } from "./python.ts";

const script = `
import base64, io, sys, warnings
warnings.filterwarnings("ignore")
import torch, torch.nn as nn
torch.manual_seed(3)
torch.set_num_threads(1)
cnn = nn.Sequential(
  nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
  nn.Conv2d(4, 6, 3, stride=2), nn.GELU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3))
with torch.no_grad():
  for value in cnn.buffers():
    if value.dtype == torch.float32: value.uniform_(0.5, 1.5)
mlp = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2), nn.Softmax(-1))
words = nn.Sequential(nn.Embedding(11, 6), nn.TransformerEncoderLayer(6, 2, 12, batch_first=True), nn.Flatten(), nn.Linear(24, 2))
models = {"cnn": (cnn.eval(), (2, 1, 12, 12)), "mlp": (mlp.eval(), (2, 5)), "words": (words.eval(), (2, 4))}

def example(name, data=None):
  shape = models[name][1]
  if data is None: return torch.zeros(shape, dtype=torch.int64) if name == "words" else torch.randn(shape)
  return torch.tensor(data, dtype=torch.int64 if name == "words" else torch.float32).reshape((-1,) + shape[1:])
def export(name, dynamo):
  model = models[name][0]
  if dynamo:
    out, sys.stdout = sys.stdout, io.StringIO()
    try: program = torch.onnx.export(model, (example(name),), dynamo=True, input_names=["x"], output_names=["y"], dynamic_shapes=({0: torch.export.Dim("n")},), verbose=False)
    finally: sys.stdout = out
    data = program.model_proto.SerializeToString()
  else:
    file = io.BytesIO()
    torch.onnx.export(model, (example(name),), file, dynamo=False, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    data = file.getvalue()
  return base64.b64encode(data).decode()
def predict(name, x, layers):
  with torch.no_grad(): y = models[name][0][:layers](example(name, x))
  return [float(v) for v in y.reshape(-1)]
`;

const draws = random(5).stream("rows");
const reals = (length: number): Float32Array => Float32Array.from({ length }, () => draws.normal());
const cases = [
  { name: "cnn", layers: 9, x: reals(7 * 144), first: 4 },
  { name: "mlp", layers: 6, x: reals(7 * 5), first: 2 },
  {
    name: "words",
    layers: 4,
    x: Int32Array.from({ length: 7 * 4 }, () => draws.below(11)),
    first: 1,
  },
] as const;

const python = pythonWith("torch");
if ("missing" in python) process.stdout.write(`PyTorch interop skipped: ${python.missing}\n`);

describe.skipIf("missing" in python)("a model that PyTorch exported", async () => {
  if ("missing" in python) return;
  const peer = openPeer(python, script);
  const ask = async (name: string, x: ArrayLike<number>, layers: number) =>
    (await peer.ask("predict", { name, x: Array.from(x), layers })) as number[];

  test.each(cases)(
    "says the same once it is imported: $name",
    async ({ name, layers, x, first }) => {
      const file = (await peer.ask("export", { name, dynamo: false })) as string;
      const model = await importOnnx(Buffer.from(file, "base64"));
      expect(model.facts.producer).toBe("pytorch");
      const { y } = await model.predict(x);
      expect(y?.shape[0]).toBe(7);
      expect(Array.from(y?.data ?? [], Number)).toBeClose(await ask(name, x, layers), {
        rtol: 1e-5,
        atol: 1e-5,
      });
      // one of the tensors inside is what the first layers give
      const expected = await ask(name, x, first);
      let isThere = false;
      for (const tensor of model.facts.tensors) {
        const found = await model.features(x, tensor).catch(() => undefined); // some hold whole numbers
        isThere ||=
          found?.data.length === expected.length &&
          found.data.every((value, i) => Math.abs(value - (expected[i] ?? 0)) < 1e-5);
      }
      expect(isThere).toBe(true);
      await model.close();
    },
  );

  test("says the same by PyTorch's newer exporter", async () => {
    const [{ name, layers, x }] = cases;
    const file = (await peer.ask("export", { name, dynamo: true })) as string;
    const model = await importOnnx(Buffer.from(file, "base64"), { runtime: "wasm" });
    const { data } = await model.features(x);
    expect(Array.from(data)).toBeClose(await ask(name, x, layers), { rtol: 1e-5, atol: 1e-5 });
    await model.close();
  });

  test("ends", async () => {
    await peer[Symbol.asyncDispose]();
  });
});
