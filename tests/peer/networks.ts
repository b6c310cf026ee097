/** @file The peer numbers of networks.json, and how a graph is run on their inputs. */
import { readFile } from "node:fs/promises";
import {
  emitOnnx,
  formatOnnx,
  type Graph,
  gradients,
  loadRuntime,
  ops,
  type Tensor,
  type Values,
} from "../../src/tensor/index.ts";

/** Numbers row by row. */
export interface PeerNumbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** What PyTorch gave for an operation or a layer: y, and the gradients of Σ y·w. */
export interface PeerCase {
  readonly inputs: readonly PeerNumbers[];
  readonly codes?: PeerNumbers;
  readonly w: PeerNumbers;
  readonly y: PeerNumbers;
  readonly gradients: readonly PeerNumbers[];
}

/** What PyTorch gave for five steps of an optimiser. */
export interface PeerSteps {
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
}

export interface NetworkPeers {
  readonly operations: Readonly<Record<string, PeerCase>>;
  readonly layers: Readonly<Record<string, PeerCase>>;
  readonly optimisers: Readonly<Record<string, PeerSteps>>;
}

export async function readNetworkPeers(): Promise<NetworkPeers> {
  const text = await readFile(new URL("./networks.json", import.meta.url), "utf8");
  return JSON.parse(text) as NetworkPeers;
}

/** Runs some outputs of a graph once, on inputs by name. */
export async function runOnce(
  graph: Graph,
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, PeerNumbers>>,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const runtime = await loadRuntime();
  if (runtime === undefined) throw new Error("there is no ONNX Runtime");
  const session = await runtime.open(formatOnnx(emitOnnx(graph, outputs)));
  const given = Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, values }]): [string, Values] => [
      name,
      { type: "float", shape, data: Float32Array.from(values) },
    ]),
  );
  const told = await session.run(given);
  const found = Object.fromEntries(
    Object.entries(told).map(([name, { data }]) => [name, Array.from(data, Number)]),
  );
  await session.close();
  return found;
}

/** What a graph says of a case: y, and the gradient of Σ y·w by each of the inputs. */
export async function judged(
  graph: Graph,
  { inputs, y }: { readonly inputs: readonly Tensor[]; readonly y: Tensor },
  one: PeerCase,
): Promise<{ readonly y: readonly number[]; readonly gradients: readonly (readonly number[])[] }> {
  const w = graph.input("w", one.w.shape);
  const flowing = gradients(ops.sum(ops.multiply(y, w)), inputs);
  const outputs = { y, ...Object.fromEntries(flowing.map((g, i) => [`g${i}`, g])) };
  const feeds = {
    w: one.w,
    ...Object.fromEntries(one.inputs.map((value, i) => [inputs[i]?.name ?? "", value])),
  };
  const told = await runOnce(graph, outputs, feeds);
  return { y: told["y"] ?? [], gradients: flowing.map((_, i) => told[`g${i}`] ?? []) };
}
