/** @file Loading the compiled kernel of linear models. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type WasmMemory, type WasmModule, wasm } from "../adapter/web-assembly.ts";
import { fail } from "../errors.ts";

/** The functions of kernels/linear.as.ts; addresses are byte offsets. */
export interface LinearCode {
  heapBase(): number;
  spread(
    from: number,
    to: number,
    rows: number,
    width: number,
    stride: number,
    centre: number,
  ): void;
  times(x: number, rows: number, stride: number, w: number, bias: number, z: number): void;
  addTransposeTimes(x: number, rows: number, stride: number, r: number, g: number): void;
  scaleRows(x: number, rows: number, stride: number, v: number, y: number): void;
  addTriangle(r: number, x: number, rows: number, cols: number, stride: number, s: number): void;
  addGram(y: number, x: number, rows: number, stride: number, gram: number): void;
}

const path = new URL("../kernels/linear.wasm", import.meta.url);
let compiled: Promise<WasmModule> | undefined; // code that ran hot stays optimised from fit to fit

/** Compiles the kernel, once in a process. @throws `tensor/missing-kernel` when nobody built it. */
export function loadLinearKernel(url: URL = path): Promise<WasmModule> {
  if (url !== path) return load(url);
  compiled ??= load(url);
  return compiled;
}

async function load(url: URL): Promise<WasmModule> {
  const bytes = await readFile(url).catch((cause: unknown) =>
    fail("tensor/missing-kernel", { path: fileURLToPath(url) }, { cause }),
  );
  return wasm.compile(bytes);
}

/** The kernel over a memory. */
export function openLinearKernel(module: WasmModule, memory: WasmMemory): LinearCode {
  const abort = (): never => {
    throw new Error("the kernel of linear models aborted");
  };
  const { exports } = new wasm.Instance(module, { env: { memory, abort } });
  return exports as LinearCode;
}
