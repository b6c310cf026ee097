/** @file From the sums of trees to what a predictor tells. */
import { sigmoid, softmaxInto } from "../../tensor/index.ts";

/**
 * How the outputs of trees become answers; m is an output. `identity` m · `sigmoid` 1/(1 + e^−m) · `softmax`
 * e^mᵢ/Σ e^mⱼ · `exp` e^m · `step` 1 where m > 0, else 0 · `softplus` ln(1 + e^m) · `signedSquare` m·|m|.
 */
export type TreeLink =
  | "identity"
  | "sigmoid"
  | "softmax"
  | "exp"
  | "step"
  | "softplus"
  | "signedSquare";

const single: Readonly<Record<Exclude<TreeLink, "softmax">, (m: number) => number>> = {
  identity: (m) => m,
  sigmoid,
  exp: Math.exp,
  step: (m) => (m > 0 ? 1 : 0),
  softplus: (m) => (m > 0 ? m + Math.log1p(Math.exp(-m)) : Math.log1p(Math.exp(m))),
  signedSquare: (m) => m * Math.abs(m),
};

/** Every link. */
export const treeLinks: readonly TreeLink[] = [
  ...(["identity", "sigmoid", "softmax", "exp"] as const),
  ...(["step", "softplus", "signedSquare"] as const),
];

/**
 * Answers of outputs, [n · k] row by row. The outputs are written over.
 *
 * @param outputs - What trees summed up; changed in place.
 * @param how - The link, what outputs are multiplied by before it, and k.
 */
export function throughLink(
  outputs: Float64Array,
  { link, scale, k }: { readonly link: TreeLink; readonly scale: number; readonly k: number },
): Float64Array {
  if (scale !== 1) for (const [i, m] of outputs.entries()) outputs[i] = m * scale;
  if (link === "softmax") {
    for (let i = 0; i < outputs.length; i += k) {
      const row = outputs.subarray(i, i + k);
      softmaxInto(row, row);
    }
    return outputs;
  }
  if (link === "identity") return outputs;
  const of = single[link];
  for (const [i, m] of outputs.entries()) outputs[i] = of(m);
  return outputs;
}
