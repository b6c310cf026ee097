/** @file Attention, and layers around others: residual connections, and what a decoder is made of. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { ops, type Tensor } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { Layer, ShapelessLayer, Size } from "../layer.ts";
import { checkRank } from "./check-rank.ts";
import type { Steps } from "./sequence.ts";

/** Options of {@link attention}. */
export interface AttentionOptions {
  /** How many heads, h ≥ 1. */
  readonly heads: number;
  /** Numbers of a head's queries and keys, ≥ 1. Default d/h, which must be whole then. */
  readonly keys?: number;
  /** Whether a step sees only itself and those before. Default false. */
  readonly causal?: boolean;
}

/** Instead of −∞: what no step sees. */
const unseen = -1e9;

/**
 * Multi-head self-attention: of each head softmax(Q·Kᵀ/√k)·V, where Q, K and V are products of the steps; the heads side by side go
 * through a dense layer. [t, d] stays [t, d].
 * Steps that an embedding said to be padding are seen by no other.
 *
 * @throws `option/out-of-range`, `option/unknown-name`; `nn/mismatch-layer` where the heads do not divide d
 * @see Vaswani et al., NeurIPS 2017. Peer: Keras `MultiHeadAttention`.
 */
export function attention(options: AttentionOptions): Layer<Steps, Steps> {
  checkNames("attention", options, ["heads", "keys", "causal"]);
  const { heads, keys, causal = false } = options;
  checkNumber("attention", { heads }, { min: 1, integer: true });
  if (keys !== undefined) checkNumber("attention", { keys }, { min: 1, integer: true });
  return {
    kind: "attention",
    options: { heads, keys: keys ?? null, causal },
    build: (x, scope) => {
      const [t, d] = checkRank("attention", x, ["steps", "features"]);
      const k = keys ?? d / heads;
      if (!Number.isInteger(k))
        fail("nn/mismatch-layer", {
          layer: "attention",
          expected: `features that ${heads} heads divide`,
          got: `${d}`,
        });
      const n = x.shape[0] ?? 0;
      const projected = (name: string): Tensor => {
        const w = scope.weight(`${name} kernel`, [d, heads * k], { kind: "xavierUniform" });
        const b = scope.weight(`${name} bias`, [heads * k], { kind: "constant", value: 0 });
        return ops.transpose(ops.reshape(ops.linear(x, w, b), [n, t, heads, k]), [0, 2, 1, 3]); // [n, h, t, k]
      };
      const [query, key, value] = [projected("query"), projected("key"), projected("value")];
      const scores = ops.scale(ops.matmul(query, ops.turned(key)), 1 / Math.sqrt(k)); // [n, h, t, t]
      const weights = ops.softmax(hidden(scores, { causal, padding: scope.shared("padding") }));
      scope.show("weights", weights);
      const told = ops.matmul(weights, value); // [n, h, t, k]
      const side = ops.reshape(ops.transpose(told, [0, 2, 1, 3]), [n, t, heads * k]);
      const w = scope.weight("output kernel", [heads * k, d], { kind: "xavierUniform" });
      const b = scope.weight("output bias", [d], { kind: "constant", value: 0 });
      return ops.linear(side, w, b);
    },
  };
}

/** Scores [n, h, t, t] with what no step sees: those after it, and those that only fill a row up. */
function hidden(
  scores: Tensor,
  { causal, padding }: { readonly causal: boolean; readonly padding: Tensor | undefined },
): Tensor {
  const [n = 0, , t = 0] = scores.shape;
  const past = causal ? ops.add(scores, maskOf(scores, t)) : scores;
  return padding === undefined
    ? past
    : ops.add(past, ops.scale(ops.reshape(padding, [n, 1, 1, t]), unseen));
}

/** 0 where a step sees another, [t, t]. */
function maskOf({ graph }: Tensor, t: number): Tensor {
  return graph.filled([t, t], (i) => (i % t > Math.floor(i / t) ? unseen : 0));
}

type Part<In extends Size> = Layer<In, Size> | ShapelessLayer;

/**
 * x + f(x), where f is layers one after the other that give the shape they take.
 *
 * @throws `nn/mismatch-layer` where they give another
 * @see He et al., CVPR 2016.
 */
export function residual<In extends Size = Size>(layers: readonly Part<In>[]): ShapelessLayer {
  return {
    kind: "residual",
    options: { layers: layers.map(({ kind, options }) => ({ kind, options })) },
    build: (x, scope) => {
      const y = layers.reduce(
        (value, layer, i) => layer.build(value, scope.within(`${i + 1} ${layer.kind}`)),
        x,
      );
      if (y.shape.join() !== x.shape.join())
        fail("nn/mismatch-layer", {
          layer: "residual",
          expected: `layers that give the shape they take, [${x.shape.slice(1)}]`,
          got: `[${y.shape.slice(1)}]`,
        });
      return ops.add(x, y);
    },
  };
}
