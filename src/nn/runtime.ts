/** @file The runtime of networks, or a sentence that says what to install. */
import { checkChoice } from "../core/index.ts";
import {
  loadRuntime,
  type Provider,
  providerNames,
  type Runtime,
  type Session,
} from "../tensor/index.ts";
import { fail } from "./errors.ts";

/** What networks run on. */
export interface RuntimeOptions {
  /** "native" is onnxruntime-node, "wasm" onnxruntime-web. Default native where its binary is there, else wasm. */
  readonly runtime?: Runtime["name"];
  /**
   * What computes: the processor, or an accelerator where the runtime has it; "auto" is the first that is there. One that is not
   * there is replaced by the processor, and `device.fallback` says why. Default "cpu".
   */
  readonly provider?: Provider | "auto";
}

/** The runtime that is there; `prefer` asks for one of the two, `from` is as of `loadRuntime`. @throws `nn/missing-runtime` */
export async function requireRuntime(prefer?: Runtime["name"], from?: string): Promise<Runtime> {
  const reason =
    prefer === undefined
      ? "neither onnxruntime-node nor onnxruntime-web is installed"
      : `${prefer === "native" ? "onnxruntime-node" : "onnxruntime-web"} is not installed`;
  return (await loadRuntime(prefer, from)) ?? fail("nn/missing-runtime", { reason });
}

/** Refuses runtimes and providers that there are not. @throws `option/out-of-range` */
export function checkRuntime(at: string, { runtime, provider }: RuntimeOptions): RuntimeOptions {
  if (runtime !== undefined) checkChoice(at, { runtime }, ["native", "wasm"]);
  if (provider !== undefined) checkChoice(at, { provider }, ["auto", ...providerNames]);
  return {
    ...(runtime === undefined ? {} : { runtime }),
    ...(provider === undefined ? {} : { provider }),
  };
}

/** A model, ready to run on what is asked for. @throws `nn/missing-runtime` */
export async function openModel(
  model: Uint8Array,
  { runtime, provider = "cpu" }: RuntimeOptions = {},
): Promise<Session> {
  return (await requireRuntime(runtime)).open(model, { provider });
}
