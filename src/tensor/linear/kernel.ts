/** @file The compiled kernel of linear models. */
import type { WasmMemory } from "../adapter/web-assembly.ts";
import { loadKernelFile, openModule } from "../kernel-file.ts";

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
  logLoss(z: number, y: number, rows: number, r: number, v: number, products: number): number;
  addTriangle(r: number, x: number, rows: number, cols: number, stride: number, s: number): void;
  addGram(y: number, x: number, rows: number, stride: number, gram: number): void;
}

const functions: readonly (keyof LinearCode)[] = [
  "heapBase",
  "spread",
  "times",
  "addTransposeTimes",
  "scaleRows",
  "logLoss",
  "addTriangle",
  "addGram",
];

/** The kernel over a memory. @throws `tensor/missing-kernel` when nobody built it. */
export async function openLinearKernel(memory: WasmMemory): Promise<LinearCode> {
  return openModule(await loadKernelFile("linear", functions), memory) as LinearCode;
}
