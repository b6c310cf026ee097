/** @file Layers that act in training in another way than afterwards: dropout and batch normalisation; and layer normalisation. */
import { checkNames, checkNumber } from "../../core/index.ts";
import { ops, type Tensor } from "../../tensor/index.ts";
import type { ShapelessLayer } from "../layer.ts";

/**
 * Inverted dropout: in training each number is 0 with a chance of `rate`, and the others are divided by 1 − rate; afterwards
 * nothing happens. What is dropped depends on the seed and the step only.
 *
 * @throws `option/out-of-range`
 * @see Srivastava et al., JMLR 15, 2014.
 */
export function dropout(rate: number): ShapelessLayer {
  checkNumber("dropout", { rate }, { min: 0, below: 1 });
  return {
    kind: "dropout",
    options: { rate },
    build: (x, scope) =>
      scope.training && rate > 0
        ? ops.scale(ops.multiply(x, ops.toFloat(scope.mask(x, rate))), 1 / (1 - rate))
        : x,
  };
}

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Share of the moving moments that a step keeps, 0 to below 1. Default 0.9. */
  readonly momentum?: number;
  /** Added to the variance, > 0. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Batch normalisation: γ·(x − μ)/√(σ² + ε) + β for each channel, or feature of flat rows and of steps. In training μ and σ² are those of the batch;
 * afterwards they are moving means of them, the variance over n as Keras keeps it (PyTorch keeps that over n − 1).
 *
 * @throws `option/out-of-range`, `option/unknown-name`
 * @see Ioffe & Szegedy, ICML 2015.
 */
export function batchNorm(options: BatchNormOptions = {}): ShapelessLayer {
  checkNames("batchNorm", options, ["momentum", "epsilon"]);
  const { momentum = 0.9, epsilon = 1e-5 } = options;
  checkNumber("batchNorm", { momentum }, { min: 0, below: 1 });
  checkNumber("batchNorm", { epsilon }, { above: 0 });
  return {
    kind: "batchNorm",
    options: { momentum, epsilon },
    build: (given, scope) => {
      const isSteps = given.shape.length === 3; // [n, t, d]: a feature is the last axis, as a channel is the second of images
      const back = (y: Tensor): Tensor => (isSteps ? ops.transpose(y, [0, 2, 1]) : y);
      const x = back(given);
      const size = [x.shape[1] ?? 1];
      const gamma = scope.weight("gamma", size, { kind: "constant", value: 1 });
      const beta = scope.weight("beta", size, { kind: "constant", value: 0 });
      const [mean, variance] = [scope.kept("mean", size, 0), scope.kept("variance", size, 1)];
      if (!scope.training)
        return back(ops.normaliseChannels(x, { mean, variance, gamma, beta }, epsilon));
      const now = ops.channelMoments(x);
      scope.keep("mean", ops.moved(mean, now.mean, momentum));
      scope.keep("variance", ops.moved(variance, now.variance, momentum));
      return back(ops.normaliseChannels(x, { ...now, gamma, beta }, epsilon));
    },
  };
}

/**
 * Layer normalisation: γ·(x − μ)/√(σ² + ε) + β over the last axis of each row.
 *
 * @param epsilon - Added to the variance, > 0. Default 1e-5.
 * @throws `option/out-of-range`
 * @see Ba, Kiros & Hinton, 2016 (arXiv 1607.06450).
 */
export function layerNorm(epsilon = 1e-5): ShapelessLayer {
  checkNumber("layerNorm", { epsilon }, { above: 0 });
  return {
    kind: "layerNorm",
    options: { epsilon },
    build: (x, scope) => {
      const size = [x.shape.at(-1) ?? 1];
      const gamma = scope.weight("gamma", size, { kind: "constant", value: 1 });
      const beta = scope.weight("beta", size, { kind: "constant", value: 0 });
      return ops.layerNorm([x, gamma, beta], epsilon);
    },
  };
}
