/**
 * @file ONNX Runtime: native (onnxruntime-node) where its binary is there, else as WebAssembly (onnxruntime-web). Running blocks the
 * thread it is called on.
 */
import { createRequire } from "node:module";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { openProvided, type Provider, providerNames } from "./onnx-providers.ts";

/** Numbers with their shape, as they go in and come out. */
export interface Values {
  readonly type: "float" | "int64" | "uint8" | "bool";
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

/** What a session runs on. */
export interface Device {
  readonly runtime: Runtime["name"];
  readonly provider: Provider;
  /** Why the processor took the place of the provider that was asked for; null where nothing was replaced. */
  readonly fallback: string | null;
}

/** A model that is ready to run. */
export interface Session {
  /** What it runs on. */
  readonly device: Device;
  /**
   * Runs it; `into` are tensors that the outputs are written to, where the runtime can (WebAssembly cannot: what it gives is new).
   * Others are the session's memory: what is wanted of them after `close` must be copied before. Feeds that the model does not
   * have are left out.
   */
  run(
    feeds: Readonly<Record<string, Values>>,
    into?: Readonly<Record<string, Values>>,
  ): Promise<Readonly<Record<string, Values>>>;
  close(): Promise<void>;
}

/** How a model is opened. */
export interface SessionOptions {
  /** Threads within an operation, ≥ 1. Default 1; WebAssembly in Node has one. */
  readonly threads?: number;
  /**
   * What computes; "auto" is the first accelerator that is there. One that is not there is replaced by the processor, and the
   * session's `device.fallback` says why. Default "cpu".
   */
  readonly provider?: Provider | "auto";
}

/** One of the runtimes. */
export interface Runtime {
  readonly name: "native" | "wasm";
  /** The providers that it was built with; whether their devices are there is seen when a model is opened. */
  readonly providers: readonly Provider[];
  open(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}

interface Library {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: string, data: unknown, shape: readonly number[]) => OrtTensor;
  readonly env: { logLevel?: string; readonly wasm: { numThreads?: number } };
  readonly listSupportedBackends?: () => readonly { readonly name: string }[];
}

const typeNames = { float: "float32", int64: "int64", uint8: "uint8", bool: "bool" } as const;
const typesOf: Readonly<Record<string, Values["type"]>> = {
  float32: "float",
  int64: "int64",
  uint8: "uint8",
  bool: "bool",
};

/**
 * The native runtime, or else WebAssembly; undefined where neither is installed.
 *
 * @param prefer - Only this one.
 * @param from - The file from which packages are looked for. Default this one.
 */
export async function loadRuntime(
  prefer?: Runtime["name"],
  from: string = import.meta.url,
): Promise<Runtime | undefined> {
  const native = prefer === "wasm" ? undefined : loaded("onnxruntime-node", from);
  if (native !== undefined) return runtimeOf("native", native);
  const web = prefer === "native" ? undefined : loaded("onnxruntime-web", from);
  return web === undefined ? undefined : runtimeOf("wasm", web);
}

function loaded(name: string, from: string): Library | undefined {
  try {
    return createRequire(from)(name) as Library;
  } catch {
    return undefined; // not installed, or its binary is not for this machine
  }
}

function runtimeOf(name: Runtime["name"], library: Library): Runtime {
  const { InferenceSession, env, listSupportedBackends } = library;
  const listed = new Set(["cpu", ...(listSupportedBackends?.() ?? []).map((one) => one.name)]);
  const built = providerNames.filter((one) => listed.has(one));
  if (name === "wasm") env.wasm.numThreads = 1; // its threads are workers of browsers
  env.logLevel = "fatal"; // what goes wrong is thrown
  return {
    name,
    providers: built,
    open: async (model, { threads = 1, provider: asked = "cpu" } = {}) => {
      const open = (provider: Provider) =>
        InferenceSession.create(model, {
          ...(name === "wasm" ? {} : nativeOptions(threads)),
          ...(provider === "cpu"
            ? {}
            : { executionProviders: [provider, "cpu"], logSeverityLevel: 4 as const }),
          graphOptimizationLevel: "all",
        });
      const { opened, provider, fallback } = await openProvided(asked, { built, open });
      return sessionOf(library, opened, { runtime: name, provider, fallback });
    },
  };
}

const nativeOptions = (threads: number): InferenceSession.SessionOptions => ({
  ...{ intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: "sequential" },
  extra: { session: { intra_op: { allow_spinning: "0" } } },
});

function sessionOf({ Tensor }: Library, session: InferenceSession, device: Device): Session {
  const tensors = (values: Readonly<Record<string, Values>>, names: readonly string[]) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const one = values[name];
        return one === undefined
          ? []
          : [[name, new Tensor(typeNames[one.type], one.data, one.shape)]];
      }),
    );
  const fetches = (into: Readonly<Record<string, Values>>) =>
    device.runtime === "native" ? tensors(into, session.outputNames) : Object.keys(into);
  return {
    device,
    run: async (feeds, into) => {
      const given = tensors(feeds, session.inputNames);
      const found =
        into === undefined ? await session.run(given) : await session.run(given, fetches(into));
      return Object.fromEntries(
        Object.entries(found).map(([key, { type, dims, data }]) => [
          key,
          { type: typesOf[type] ?? "float", shape: dims, data: data as Values["data"] },
        ]),
      );
    },
    close: () => session.release(),
  };
}
