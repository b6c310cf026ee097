/** @file The runtime of networks, or a sentence that says what to install. */
import { loadRuntime, type Runtime } from "../tensor/index.ts";
import { fail } from "./errors.ts";

/** The runtime that is there; `prefer` asks for one of the two. @throws `nn/missing-runtime` */
export async function requireRuntime(prefer?: Runtime["name"]): Promise<Runtime> {
  const reason =
    prefer === undefined
      ? "neither onnxruntime-node nor onnxruntime-web is installed"
      : `${prefer === "native" ? "onnxruntime-node" : "onnxruntime-web"} is not installed`;
  return (await loadRuntime(prefer)) ?? fail("nn/missing-runtime", { reason });
}
