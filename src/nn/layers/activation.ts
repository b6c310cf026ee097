/** @file Activations as names and as a layer. */
import { checkChoice } from "../../core/index.ts";
import { ops, type Tensor } from "../../tensor/index.ts";
import type { ShapelessLayer } from "../layer.ts";

/** Names of all activations. */
export const activationNames = [
  "linear",
  "relu",
  "leakyRelu",
  "sigmoid",
  "tanh",
  "softplus",
  "gelu",
  "silu",
  "softmax",
] as const;
/** The name of an activation. */
export type ActivationName = (typeof activationNames)[number];

const functions: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  linear: (x) => x,
  relu: ops.relu,
  leakyRelu: (x) => ops.leakyRelu(x),
  sigmoid: ops.sigmoid,
  tanh: ops.tanh,
  softplus: ops.softplus,
  gelu: ops.gelu,
  silu: ops.silu,
  softmax: (x) => ops.softmax(x),
};

/** The activation of a name. @throws `option/out-of-range` */
export function activationOf(at: string, name: ActivationName): (x: Tensor) => Tensor {
  return functions[checkChoice(at, { activation: name }, activationNames)];
}

/** A layer that is an activation only. @throws `option/out-of-range` */
export function activation(name: ActivationName): ShapelessLayer {
  const act = activationOf("activation", name);
  return { kind: "activation", options: { name }, build: (x) => act(x) };
}
