/** @file Activations, and their gradients. */
import { ofOne, type Tensor } from "../graph.ts";
import { axisOf } from "../shape.ts";
import {
  above,
  add,
  erf,
  exp,
  multiply,
  negate,
  scale,
  shift,
  square,
  subtract,
  unary,
  where,
} from "./elementwise.ts";
import { sum } from "./sum.ts";

/** max(a, 0); its gradient at 0 is 0. */
export const relu = (a: Tensor): Tensor =>
  unary("Relu", a, (g, y) => where(above(y, zeroOf(a)), g, zeroOf(a)));

/** a where it is above 0, else slope · a. */
export const leakyRelu = (a: Tensor, slope = 0.01): Tensor =>
  unary("LeakyRelu", a, (g) => where(above(a, zeroOf(a)), g, scale(g, slope)), {
    alpha: { float: slope },
  });

/** 1 / (1 + e⁻ᵃ). */
export const sigmoid = (a: Tensor): Tensor =>
  unary("Sigmoid", a, (g, y) => multiply(g, multiply(y, shift(negate(y), 1))));

/** The hyperbolic tangent. */
export const tanh = (a: Tensor): Tensor =>
  unary("Tanh", a, (g, y) => multiply(g, shift(negate(square(y)), 1)));

/** log(1 + eᵃ). */
export const softplus = (a: Tensor): Tensor => unary("Softplus", a, (g) => multiply(g, sigmoid(a)));

/** a · Φ(a), where Φ is the distribution of the standard normal: exact, by the error function. */
export function gelu(a: Tensor): Tensor {
  const { graph } = a;
  const u = scale(a, Math.SQRT1_2);
  const share = shift(scale(erf(u), 0.5), 0.5); // Φ(a)
  return graph.apply({
    ...{ operator: "Mul", inputs: [a, share], shape: a.shape, sources: [a] },
    // Φ(a) + a·φ(a), where a·φ(a) = u·e^(−u² − ln √π)
    gradient: ofOne((g) => {
      const density = exp(subtract(graph.scalar(-Math.log(Math.PI) / 2), square(u)));
      return [multiply(g, add(share, multiply(u, density)))];
    }),
  });
}

/** eᵃ / Σ eᵃ over an axis. */
export function softmax(a: Tensor, axis = -1): Tensor {
  const at = axisOf("softmax", axis, a.shape);
  const y: Tensor = a.graph.apply({
    ...{ operator: "Softmax", inputs: [a], attributes: { axis: at }, shape: a.shape },
    gradient: ofOne((g) => {
      const gy = multiply(g, y);
      return [subtract(gy, multiply(y, sum(gy, { axes: [at], keep: true })))];
    }),
  });
  return y;
}

/** a − log Σ eᵃ over an axis: the logarithm of softmax, without overflow. */
export function logSoftmax(a: Tensor, axis = -1): Tensor {
  const at = axisOf("logSoftmax", axis, a.shape);
  const y: Tensor = a.graph.apply({
    ...{ operator: "LogSoftmax", inputs: [a], attributes: { axis: at }, shape: a.shape },
    gradient: ofOne((g) => [subtract(g, multiply(exp(y), sum(g, { axes: [at], keep: true })))]),
  });
  return y;
}

/** a · sigmoid(a). */
export const silu = (a: Tensor): Tensor => multiply(a, sigmoid(a));

const zeroOf = ({ graph }: Tensor): Tensor => graph.scalar(0);
