/** @file A trained network as a graph whose layers can be read and differentiated. */
import {
  batch,
  emitOnnx,
  formatOnnx,
  Graph,
  type Outputs,
  type Tensor,
  type Values,
} from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { openModel } from "../runtime.ts";
import { scopeOf } from "../scope.ts";
import { byteScale } from "../train/feed.ts";
import type { TrainedNetwork } from "../train/trained-network.ts";

/** The forward graph of a network, as it answers: no dropout, moments as they were kept. */
export interface Inside {
  readonly graph: Graph;
  readonly x: Tensor;
  /** What the last layer gives, before softmax or sigmoid. */
  readonly out: Tensor;
  /** What each layer gives, by its name. */
  readonly layers: ReadonlyMap<string, Tensor>;
}

/** Some outputs of a network's graph, ready to be asked for batches. */
export interface InsideSession {
  run(feeds: Readonly<Record<string, Values>>): Promise<Readonly<Record<string, Float32Array>>>;
  close(): Promise<void>;
}

/** Opens a network for what `asked` picks of its graph. */
export async function openInside(
  { network, vectors }: TrainedNetwork,
  asked: (inside: Inside) => Outputs,
): Promise<InsideSession> {
  const graph = new Graph();
  const weights = new Map<string, Float32Array>();
  const given =
    (vector: Float32Array, specs: typeof network.weights) =>
    (name: string): Tensor => {
      const spec = specs.find((one) => one.name === name);
      if (spec === undefined) throw new RangeError(`no weight ${name}`);
      weights.set(name, vector.subarray(spec.offset, spec.offset + spec.length));
      return graph.input(name, spec.shape);
    };
  const scope = scopeOf({
    ...{ training: false, mask: (like: Tensor) => like },
    ...{ weight: given(vectors.weights, network.weights), kept: given(vectors.kept, network.kept) },
  });
  const x = graph.input("x", [batch, ...network.inputShape]);
  const each: Tensor[] = [];
  const out = network.build(x, scope, (value) => each.push(value));
  const layers = new Map(network.layers.map(({ name }, i) => [name, each[i] ?? out]));
  const model = formatOnnx(emitOnnx(graph, asked({ graph, x, out, layers }), { weights }));
  const session = await openModel(model);
  return {
    run: async (feeds) => {
      const told = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(told).map(([name, { data }]) => [
          name,
          Float32Array.from(data as Float32Array),
        ]),
      );
    },
    close: () => session.close(),
  };
}

/** Rows of a network's input as it takes them: bytes count as 0 to 1. @throws `nn/mismatch-rows` */
export function batchOf(
  at: string,
  { network }: TrainedNetwork,
  x: Float32Array | Uint8Array,
): Values {
  const size = network.inputShape.reduce((product, side) => product * side, 1);
  if (x.length === 0 || x.length % size !== 0)
    fail("nn/mismatch-rows", {
      at,
      what: "the length of the images",
      expected: `a multiple of ${size}`,
      got: `${x.length}`,
    });
  const data = x instanceof Uint8Array ? Float32Array.from(x, (byte) => byte * byteScale) : x;
  return { type: "float", shape: [x.length / size, ...network.inputShape], data };
}

/** The name of a layer that gives images [c, h, w] by convolution, by its name or number from 1; without one the first, or the last. @throws `nn/unknown-convolution`, `nn/mismatch-network` */
export function convolutionOf(
  at: string,
  { network }: TrainedNetwork,
  {
    layer,
    otherwise,
  }: { readonly layer?: string | number | undefined; readonly otherwise: "first" | "last" },
): string {
  const names = network.layers
    .filter(({ kind, shape }) => /^conv/.test(kind) && shape.length === 3)
    .map(({ name }) => name);
  const fallback = otherwise === "first" ? names[0] : names.at(-1);
  if (fallback === undefined)
    return fail("nn/mismatch-network", {
      at,
      expected: "a network with a convolution",
      got: network.layers.map(({ name }) => name).join(", "),
    });
  if (layer === undefined) return fallback;
  const found = names.find((name) => name === layer || name.startsWith(`${layer} `));
  return found ?? fail("nn/unknown-convolution", { at, layer: `${layer}`, layers: names });
}
