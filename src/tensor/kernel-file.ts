/** @file The compiled kernels: files of kernels/ that scripts/kernels.ts made. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type WasmMemory, type WasmModule, wasm } from "./adapter/web-assembly.ts";
import { fail } from "./errors.ts";

/** Where a kernel lies: "boost" is kernels/boost.wasm. */
function kernelUrl(name: string): URL {
  return new URL(`./kernels/${name}.wasm`, import.meta.url);
}

const modules = new Map<string, WasmModule>();

/**
 * Compiles a kernel for this process, once. @throws `tensor/missing-kernel` when nobody built it, or when what was built
 * is too old or too new to have the functions that are needed.
 */
export async function loadKernelFile(
  name: string,
  needed: readonly string[] = [],
): Promise<WasmModule> {
  const known = modules.get(name);
  if (known !== undefined) return checked(known, name, needed);
  const url = kernelUrl(name);
  const bytes = await readFile(url).catch((cause: unknown) => missing(url, cause));
  const module = checked(await wasm.compile(bytes), name, needed);
  modules.set(name, module);
  return module;
}

/** As {@link loadKernelFile}, for small kernels that something synchronous needs. @throws `tensor/missing-kernel` */
export function loadKernelSync(name: string, needed: readonly string[] = []): WasmModule {
  const known = modules.get(name);
  if (known !== undefined) return checked(known, name, needed);
  const module = checked(new wasm.Module(bytesOf(kernelUrl(name))), name, needed);
  modules.set(name, module);
  return module;
}

/** What a kernel exports, over a memory; its static data is written below the first free byte. */
export function openModule(module: WasmModule, memory: WasmMemory): unknown {
  const abort = (): never => {
    throw new Error("a kernel aborted");
  };
  return new wasm.Instance(module, { env: { memory, abort } }).exports;
}

/** A shared memory of exactly as many 64 KiB pages as hold the bytes. */
export function sharedMemory(bytes: number): WasmMemory {
  const pages = Math.ceil(bytes / 65_536);
  return new wasm.Memory({ initial: pages, maximum: pages, shared: true });
}

/** The module, where it has the functions. */
function checked(module: WasmModule, name: string, needed: readonly string[]): WasmModule {
  const own = new Set(wasm.Module.exports(module).map((one) => one.name));
  const lacks = needed.filter((one) => !own.has(one));
  if (lacks.length > 0)
    fail("tensor/missing-kernel", { path: fileURLToPath(kernelUrl(name)), lacks });
  return module;
}

function bytesOf(url: URL): Uint8Array {
  try {
    return readFileSync(url);
  } catch (cause) {
    return missing(url, cause);
  }
}

function missing(url: URL, cause: unknown): never {
  return fail("tensor/missing-kernel", { path: fileURLToPath(url) }, { cause });
}
