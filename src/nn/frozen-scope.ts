/** @file A scope in which weights are what training made of them: constants of the graph that is written. */
import { invariant } from "../core/index.ts";
import type { Graph, Tensor } from "../tensor/index.ts";
import type { Scope } from "./layer.ts";
import type { Network, WeightSpec } from "./network.ts";
import { type ScopeParts, scopeOf } from "./scope.ts";

/** The vectors of a trained network. */
export interface FrozenVectors {
  readonly weights: Float32Array;
  readonly kept: Float32Array;
}

/** The scope, and the values of the inputs that become constants. */
export function frozenScope(
  graph: Graph,
  { weights: specs, kept: keptSpecs }: Pick<Network, "weights" | "kept">,
  { weights, kept, show }: FrozenVectors & Pick<ScopeParts, "show">,
): { readonly scope: Scope; readonly values: ReadonlyMap<string, Float32Array> } {
  const values = new Map<string, Float32Array>();
  const given = (vector: Float32Array, from: readonly WeightSpec[]) => {
    const byName = new Map(from.map((spec) => [spec.name, spec]));
    return (name: string): Tensor => {
      const spec = byName.get(name);
      invariant(spec !== undefined, `a trained network has the weight ${name}`);
      values.set(name, vector.subarray(spec.offset, spec.offset + spec.length));
      return graph.input(name, spec.shape);
    };
  };
  const scope = scopeOf({
    training: false,
    weight: given(weights, specs),
    kept: given(kept, keptSpecs),
    mask: (like) => like,
    ...(show === undefined ? {} : { show }),
  });
  return { scope, values };
}
