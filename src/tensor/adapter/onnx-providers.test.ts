/** @file Tests of providers: which is taken, and what is said of those that are not. */
import { describe, expect, test } from "vitest";
import { batch, emitOnnx, formatOnnx, Graph, ops } from "../index.ts";
import { openProvided, type Provider } from "./onnx-providers.ts";
import { loadRuntime } from "./onnx-runtime.ts";

const built: readonly Provider[] = ["cpu", "cuda", "webgpu"];
/** Opens with some providers only, as drivers do. */
const opening = (works: readonly Provider[]) => async (provider: Provider) => {
  if (!works.includes(provider)) throw new Error(`no device\n for ${provider}`);
  return provider;
};

describe("openProvided", () => {
  test("takes what is asked for where it opens", async () => {
    const open = opening(["cpu", "cuda"]);
    expect(await openProvided("cuda", { built, open })).toEqual({
      opened: "cuda",
      provider: "cuda",
      fallback: null,
    });
    expect((await openProvided("cpu", { built, open })).fallback).toBeNull();
  });

  test("takes the processor instead of what is not built in or has no device, with the reason", async () => {
    const open = opening(["cpu"]);
    expect(await openProvided("cuda", { built, open })).toEqual({
      opened: "cpu",
      provider: "cpu",
      fallback: "cuda: no device for cuda",
    });
    expect((await openProvided("dml", { built, open })).fallback).toBe(
      "dml: this build of the runtime has only cpu, cuda, webgpu",
    );
    expect((await openProvided("auto", { built: ["cpu"], open })).fallback).toBe(
      "auto: there is no accelerator",
    );
  });

  test("throws what the processor throws", async () => {
    await expect(openProvided("cuda", { built, open: opening([]) })).rejects.toThrow("no device");
  });
});

describe("a session", () => {
  test("says what it runs on, and gives the same numbers", async () => {
    const runtime = await loadRuntime("native");
    const graph = new Graph();
    const y = ops.scale(graph.input("x", [batch]), 2);
    for (const provider of runtime?.providers ?? []) {
      const session = await runtime?.open(formatOnnx(emitOnnx(graph, { y })), { provider });
      expect(session?.device.fallback === null, provider).toBe(
        session?.device.provider === provider,
      );
      const told = await session?.run({
        x: { type: "float", shape: [2], data: Float32Array.of(1, 2) },
      });
      expect(Array.from(told?.["y"]?.data ?? [], Number)).toEqual([2, 4]);
      await session?.close();
    }
    expect(runtime?.providers).toContain("cpu");
  });
});
