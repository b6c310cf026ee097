/** @file Operations on tensors of a graph. */
export {
  gelu,
  leakyRelu,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from "./activations.ts";
export {
  concat,
  expandTo,
  pad,
  reshape,
  sizesOf,
  slice,
  split,
  transpose,
  turned,
  zeros,
} from "./arrange.ts";
export { conv2d, convTranspose2d, type WindowOptions } from "./convolve.ts";
export {
  above,
  abs,
  add,
  divide,
  erf,
  exp,
  log,
  multiply,
  negate,
  scale,
  shift,
  sign,
  sqrt,
  square,
  subtract,
  toFloat,
  toWhole,
  where,
} from "./elementwise.ts";
export { embedding, isLargest } from "./lookup.ts";
export {
  absoluteError,
  binaryCrossEntropy,
  hinge,
  huber,
  softmaxCrossEntropy,
  squaredError,
} from "./losses.ts";
export { channelMoments, layerNorm, moved, normaliseChannels } from "./normalise.ts";
export { averagePool, globalAveragePool, maxPool, type PoolOptions, upsample } from "./pool.ts";
export { linear, matmul } from "./product.ts";
export { countOf, mean } from "./reduce.ts";
export { type ReduceOptions, sum } from "./sum.ts";
