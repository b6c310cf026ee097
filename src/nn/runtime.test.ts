/** @file Tests of runtimes: both train and say the same, what is not there is replaced or named. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { random } from "../core/index.ts";
import { flatten } from "./layers/arrangement.ts";
import { conv2d } from "./layers/convolution.ts";
import { dense } from "./layers/dense.ts";
import { maxPool2d } from "./layers/pooling.ts";
import { batchNorm, dropout } from "./layers/regularisation.ts";
import { embedding, lstm } from "./layers/sequence.ts";
import { input, type Network } from "./network.ts";
import { requireRuntime } from "./runtime.ts";
import type { NetworkRows } from "./train/feed.ts";
import { train } from "./train/train.ts";

const code = (what: string) => expect.objectContaining({ code: what });
const adam = { loss: "crossEntropy", epochs: 2, batchRows: 16, clipNorm: 1 } as const;

/** Rows that mean nothing, for a network of classes. */
function rowsOf({ inputShape: shape, outputShape }: Network, next: () => number): NetworkRows {
  const [rows, classes] = [40, outputShape[0] ?? 2];
  const length = shape.reduce((all, dim) => all * dim, rows);
  const y = Int32Array.from({ length: rows }, (_, i) => i % classes);
  return { rows, x: Float32Array.from({ length }, next), y, shape, labelShape: [] };
}

const draws = random(3).stream("rows");
const image = input([1, 8, 8])
  .add(conv2d(4, { activation: "relu" }))
  .add(batchNorm())
  .add(maxPool2d())
  .add(flatten())
  .add(dropout(0.2))
  .add(dense(3));
const steps = input([5]).add(embedding(6, 4)).add(lstm(5)).add(dense(2));

describe("runtimes", () => {
  test.each([
    ["images", image, () => draws.normal()],
    ["codes", steps, () => draws.below(6)],
  ] as const)(
    "train and predict the same, native and as WebAssembly: %s",
    async (_, network, next) => {
      const data = rowsOf(network, next);
      const native = await train(network, data, { ...adam, runtime: "native", validation: 0.2 });
      const wasm = await train(network, data, { ...adam, runtime: "wasm", validation: 0.2 });
      expect(native.device).toEqual({ runtime: "native", provider: "cpu", fallback: null });
      expect(wasm.device).toEqual({ runtime: "wasm", provider: "cpu", fallback: null });
      expect(Array.from(wasm.state.weights)).toBeClose(Array.from(native.state.weights), {
        rtol: 1e-5,
        atol: 1e-5,
      });
      const [ours, theirs] = [await native.predict(data.x), await wasm.predict(data.x)];
      expect(Array.from(theirs)).toBeClose(Array.from(ours), { rtol: 1e-5, atol: 1e-5 });
      const [one, other] = [await native.evaluate(data), await wasm.evaluate(data)];
      expect(other.loss).toBeClose(one.loss, { rtol: 1e-5 });
      expect(other.accuracy).toBe(one.accuracy);
    },
  );

  test("replace an accelerator that is not there by the processor, and say why", async () => {
    const data = rowsOf(image, () => draws.normal());
    const one = await train(image, data, { ...adam, epochs: 1, runtime: "wasm", provider: "cuda" });
    expect(one.device).toEqual({
      runtime: "wasm",
      provider: "cpu",
      fallback: "cuda: this build of the runtime has only cpu",
    });
    const plain = await train(image, data, { ...adam, epochs: 1, runtime: "wasm" });
    expect(one.state.weights).toEqual(plain.state.weights);
    const auto = await train(image, data, { ...adam, epochs: 1, provider: "auto" });
    expect(auto.device?.provider === "cpu").toBe(auto.device?.fallback !== null);
    expect(auto.history[0]?.loss).toBeClose(plain.history[0]?.loss ?? 0, { rtol: 1e-3 });
  });

  test("are refused where there are none of that name", async () => {
    const data = rowsOf(image, () => draws.normal());
    // @ts-expect-error: there is no such provider
    await expect(train(image, data, { ...adam, provider: "tpu" })).rejects.toThrow(
      code("option/out-of-range"),
    );
    // @ts-expect-error: there is no such runtime
    await expect(train(image, data, { ...adam, runtime: "node" })).rejects.toThrow(
      code("option/out-of-range"),
    );
  });
});

describe("requireRuntime", () => {
  test("takes the native one, or else WebAssembly, and says what to install where there is none", async () => {
    expect((await requireRuntime()).name).toBe("native");
    expect((await requireRuntime("wasm")).name).toBe("wasm");
    const nowhere = pathToFileURL(join(tmpdir(), "nowhere.js")).href;
    const none = requireRuntime(undefined, nowhere);
    await expect(none).rejects.toThrow(code("nn/missing-runtime"));
    await expect(none).rejects.toThrow("npm install onnxruntime-node");
    await expect(requireRuntime("wasm", nowhere)).rejects.toThrow(
      "onnxruntime-web is not installed",
    );
  });
});
