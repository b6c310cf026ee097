/** @file Loading the compiled boosting kernel. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type WasmMemory, type WasmModule, wasm } from "../adapter/web-assembly.ts";
import { fail } from "../errors.ts";

/** The functions of kernels/boost.as.ts. */
export interface KernelCode {
  open(address: number): void;
  heapBase(): number;
  clearSet(thread: number, bytes: number): void;
  binRows(first: number, count: number): void;
  levelPass(from: number, to: number, thread: number): void;
  leafPass(from: number, to: number, thread: number, mode: number): void;
  scanPair(
    mask: number,
    built: number,
    parent: number,
    small: number,
    large: number,
    smallSplit: number,
    largeSplit: number,
  ): void;
}

/** One thread's instance of the kernel over a memory that all threads share. */
export interface Kernel {
  readonly memory: WasmMemory;
  readonly code: KernelCode;
}

const compiled = new URL("../kernels/boost.wasm", import.meta.url);

/** Compiles the kernel for this process. @throws `tensor/missing-kernel` when nobody built it. */
export async function loadKernel(url: URL = compiled): Promise<WasmModule> {
  const bytes = await readFile(url).catch((cause: unknown) =>
    fail("tensor/missing-kernel", { path: fileURLToPath(url) }, { cause }),
  );
  return wasm.compile(bytes);
}

/** An instance over a memory; its static data is written below the first free byte. */
export function openKernel(module: WasmModule, memory: WasmMemory): Kernel {
  const abort = (): never => {
    throw new Error("the boosting kernel aborted");
  };
  const { exports } = new wasm.Instance(module, { env: { memory, abort } });
  return { memory, code: exports as KernelCode };
}

/** A shared memory of exactly as many 64 KiB pages as hold the bytes. */
export function sharedMemory(bytes: number): WasmMemory {
  const pages = Math.ceil(bytes / 65_536);
  return new wasm.Memory({ initial: pages, maximum: pages, shared: true });
}
