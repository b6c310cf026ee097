/** @file Normalisation over features and over the batch, and their gradients. */
import { ofOne, type Tensor } from "../graph.ts";
import { reshape } from "./arrange.ts";
import {
  add,
  divide,
  multiply,
  scale,
  shift,
  sqrt,
  square,
  subtract,
  summedTo,
} from "./elementwise.ts";
import { mean } from "./reduce.ts";

/** Each row of the last axis with mean 0 and variance 1, times γ plus β: (x − μ)/√(σ² + ε) · γ + β. */
export function layerNorm(
  [x, gamma, beta]: readonly [Tensor, Tensor, Tensor],
  epsilon = 1e-5,
): Tensor {
  const last = x.shape.length - 1;
  const one = x.shape.map((dim, i) => (i === last ? 1 : dim));
  const [y, mu, inverse] = x.graph.add({
    ...{ operator: "LayerNormalization", inputs: [x, gamma, beta], optional: true },
    attributes: { axis: last, epsilon: { float: epsilon } },
    outputs: [{ shape: x.shape }, { shape: one }, { shape: one }],
    gradient: ofOne((g, [isX]) => {
      const centred = multiply(subtract(x, mu ?? x), inverse ?? x); // x̂
      return [
        isX ? flowBack(multiply(g, gamma), centred, inverse ?? x) : undefined,
        summedTo(multiply(g, centred), gamma.shape),
        summedTo(g, beta.shape),
      ];
    }),
  });
  return y ?? x;

  function flowBack(g: Tensor, centred: Tensor, byDeviation: Tensor): Tensor {
    const axes = [last];
    const along = mean(multiply(g, centred), { axes, keep: true });
    const rest = subtract(subtract(g, mean(g, { axes, keep: true })), multiply(centred, along));
    return multiply(byDeviation, rest);
  }
}

/** The mean and the variance of each channel (axis 1) over the batch and all places, [c] each. */
export function channelMoments(x: Tensor): { readonly mean: Tensor; readonly variance: Tensor } {
  const axes = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  const mu = mean(x, { axes });
  const centred = subtract(x, channelwise(mu, x));
  return { mean: mu, variance: mean(square(centred), { axes }) };
}

/** Each channel with the mean and the variance taken away, times γ plus β; all four are [c]. */
export function normaliseChannels(
  x: Tensor,
  {
    mean: mu,
    variance,
    gamma,
    beta,
  }: Readonly<Record<"mean" | "variance" | "gamma" | "beta", Tensor>>,
  epsilon = 1e-5,
): Tensor {
  const factor = divide(gamma, sqrt(shift(variance, epsilon)));
  const shiftBy = subtract(beta, multiply(mu, factor));
  return add(multiply(x, channelwise(factor, x)), channelwise(shiftBy, x));
}

/** A value for each channel, [c], as it is added to [n, c, …]. */
const channelwise = (a: Tensor, x: Tensor): Tensor =>
  reshape(a, [a.shape[0] ?? 1, ...x.shape.slice(2).map(() => 1)]);

/** What moving moments become: the old ones, with a share of the new. */
export const moved = (old: Tensor, now: Tensor, momentum: number): Tensor =>
  add(scale(old, momentum), scale(now, 1 - momentum));
