/** @file The compiled boosting kernel. */
import type { WasmMemory, WasmModule } from "../adapter/web-assembly.ts";
import { loadKernelFile, openModule } from "../kernel-file.ts";

/** The functions of kernels/boost.as.ts. */
export interface KernelCode {
  open(address: number): void;
  heapBase(): number;
  jobBytes(): number;
  clearSet(thread: number, bytes: number): void;
  binRows(first: number, count: number): void;
  measureGradients(from: number, to: number, task: number): void;
  quantiseGradients(from: number, to: number): void;
  levelPass(from: number, to: number, thread: number, plane: number, nodes: number): void;
  leafPass(
    from: number,
    to: number,
    thread: number,
    mode: number,
    plane: number,
    nodes: number,
  ): void;
  scanPair(
    mask: number,
    built: number,
    parent: number,
    small: number,
    large: number,
    thread: number,
  ): void;
  fillIndex(plane: number, all: number): number;
  expandNode(
    parent: number,
    left: number,
    right: number,
    route: number,
    fresh: number,
    thread: number,
    plane: number,
  ): void;
  gatherRows(from: number, to: number, thread: number, plane: number): void;
  sortSides(route: number, from: number, to: number, task: number): void;
  placeSides(from: number, to: number, task: number): void;
  addLeafRows(begin: number, end: number, value: number, plane: number): void;
  addTree(
    tree: number,
    from: number,
    to: number,
    factor: number,
    plane: number,
    outside: number,
  ): void;
}

/** One thread's instance of the kernel over a memory that all threads share. */
export interface Kernel {
  readonly memory: WasmMemory;
  readonly code: KernelCode;
}

const functions = [
  ...(["open", "heapBase", "jobBytes", "clearSet", "binRows", "measureGradients"] as const),
  ...([
    "quantiseGradients",
    "levelPass",
    "leafPass",
    "scanPair",
    "fillIndex",
    "expandNode",
  ] as const),
  ...(["gatherRows", "sortSides", "placeSides", "addLeafRows", "addTree"] as const),
] satisfies readonly (keyof KernelCode)[];

/** Compiles the kernel for this process. @throws `tensor/missing-kernel` when nobody built it, or from other sources. */
export function loadKernel(): Promise<WasmModule> {
  return loadKernelFile("boost", functions);
}

/** An instance over a memory; its static data is written below the first free byte. */
export function openKernel(module: WasmModule, memory: WasmMemory): Kernel {
  return { memory, code: openModule(module, memory) as KernelCode };
}
