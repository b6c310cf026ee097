/**
 * @file ONNX Runtime: native (onnxruntime-node) where its binary is there, else as WebAssembly (onnxruntime-web). Running blocks the
 * thread it is called on.
 */
import { createRequire } from "node:module";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";

/** Numbers with their shape, as they go in and come out. */
export interface Values {
  readonly type: "float" | "int64" | "uint8" | "bool";
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

/** A model that is ready to run. */
export interface Session {
  /**
   * Runs it; `into` are tensors that the outputs are written to, where the runtime can. Others are the session's memory: what
   * is wanted of them after `close` must be copied before.
   */
  run(
    feeds: Readonly<Record<string, Values>>,
    into?: Readonly<Record<string, Values>>,
  ): Promise<Readonly<Record<string, Values>>>;
  close(): Promise<void>;
}

/** How a model is opened. */
export interface SessionOptions {
  /** Threads within an operation, ≥ 1. Default 1. */
  readonly threads?: number;
}

/** One of the runtimes. */
export interface Runtime {
  readonly name: "native" | "wasm";
  open(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}

interface Library {
  readonly InferenceSession: { create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> }; // biome-ignore format: one line
  readonly Tensor: new (type: string, data: unknown, shape: readonly number[]) => OrtTensor;
  readonly env: { readonly wasm: { numThreads?: number } };
}

const typeNames = { float: "float32", int64: "int64", uint8: "uint8", bool: "bool" } as const;
const typesOf: Readonly<Record<string, Values["type"]>> = { float32: "float", int64: "int64", uint8: "uint8", bool: "bool" }; // biome-ignore format: one line

/** The native runtime, or else WebAssembly; undefined where neither is installed. */
export async function loadRuntime(prefer?: Runtime["name"]): Promise<Runtime | undefined> {
  const native = prefer === "wasm" ? undefined : loaded("onnxruntime-node");
  if (native !== undefined) return runtimeOf("native", native);
  const web = prefer === "native" ? undefined : loaded("onnxruntime-web");
  return web === undefined ? undefined : runtimeOf("wasm", web);
}

function loaded(name: string): Library | undefined {
  try {
    return createRequire(import.meta.url)(name) as Library;
  } catch {
    return undefined; // not installed, or its binary is not for this machine
  }
}

function runtimeOf(name: Runtime["name"], { InferenceSession, Tensor, env }: Library): Runtime {
  const tensorOf = ({ type, shape, data }: Values): OrtTensor => new Tensor(typeNames[type], data, shape); // biome-ignore format: one line
  return {
    name,
    open: async (model, { threads = 1 } = {}) => {
      if (name === "wasm") env.wasm.numThreads = threads;
      const session = await InferenceSession.create(model, {
        ...{ intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: "sequential" },
        graphOptimizationLevel: "all",
        ...(name === "wasm" ? {} : { extra: { session: { intra_op: { allow_spinning: "0" } } } }),
      });
      return {
        run: async (feeds, into) => {
          const given = Object.fromEntries(Object.entries(feeds).map(([key, value]) => [key, tensorOf(value)])); // biome-ignore format: one line
          const fetches = into && Object.fromEntries(Object.entries(into).map(([key, value]) => [key, tensorOf(value)])); // biome-ignore format: one line
          const found = fetches === undefined ? await session.run(given) : await session.run(given, fetches); // biome-ignore format: one line
          return Object.fromEntries(Object.entries(found).map(([key, { type, dims, data }]) => [key, { type: typesOf[type] ?? "float", shape: dims, data: data as Values["data"] }])); // biome-ignore format: one line
        },
        close: () => session.release(),
      };
    },
  };
}
