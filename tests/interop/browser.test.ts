/** @file A network that was trained here, in a browser: the same file, through ONNX Runtime's WebAssembly, says the same. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  input,
  lstm,
  maxPool2d,
  type Network,
  train,
} from "../../src/nn/index.ts";
import { askPage, findChromium } from "./chromium.ts";

const chromium = findChromium();
if ("missing" in chromium) process.stdout.write(`browser interop skipped: ${chromium.missing}\n`);

const html = `<!doctype html><script type="module">
const tell = (value) => fetch("/told", { method: "POST", body: JSON.stringify(value) });
try {
  const ort = await import("/ort.wasm.min.mjs");
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = "/";
  const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
  const { shape, x } = await (await fetch("/rows.json")).json();
  const session = await ort.InferenceSession.create(await bytes("/model.onnx"), { executionProviders: ["wasm"] });
  const { y } = await session.run({ x: new ort.Tensor("float32", Float32Array.from(x), shape) });
  await tell({ y: Array.from(y.data), shape: y.dims, agent: navigator.userAgent });
} catch (error) { await tell({ error: String(error) }); }
</script>`;

const draws = random(12).stream("browser");
const cases: Readonly<Record<string, { readonly network: Network; readonly next: () => number }>> =
  {
    images: {
      network: input([1, 8, 8])
        .add(conv2d(4, { activation: "relu" }))
        .add(batchNorm())
        .add(maxPool2d())
        .add(flatten())
        .add(dropout(0.2))
        .add(dense(3)),
      next: () => draws.normal(),
    },
    codes: {
      network: input([5]).add(embedding(7, 4)).add(lstm(6)).add(dense(3)),
      next: () => draws.below(7),
    },
  };

describe.skipIf("missing" in chromium)("a trained network in a browser", () => {
  test.each(Object.entries(cases))("says the same: %s", async (_, { network, next }) => {
    const shape = network.inputShape;
    const length = shape.reduce((all, dim) => all * dim, 40);
    const x = Float32Array.from({ length }, next);
    const y = Int32Array.from({ length: 40 }, (__, i) => i % 3);
    const trained = await train(
      network,
      { rows: 40, x, y, shape, labelShape: [] },
      { loss: "crossEntropy", epochs: 2 },
    );
    const folder = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
    const files = {
      "/model.onnx": trained.onnx(),
      "/rows.json": JSON.stringify({ shape: [40, ...shape], x: Array.from(x) }),
    };
    const told = await askPage("missing" in chromium ? { path: "" } : chromium, {
      html,
      files,
      folder,
    });
    expect(told).toMatchObject({ shape: [40, 3], agent: expect.stringContaining("Chrome") });
    expect((told as { readonly y: readonly number[] }).y).toBeClose(
      Array.from(await trained.predict(x)),
      { rtol: 1e-5, atol: 1e-5 },
    );
  });
});
