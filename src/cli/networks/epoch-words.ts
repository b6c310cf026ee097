/** @file An epoch in a line. */
import type { NetworkEpoch } from "../../nn/index.ts";
import { number } from "../text.ts";

/** "epoch 3: loss 0.2102, validation 0.1913, 94.1 % right, 12,300 rows a second". */
export function epochWords(epoch: NetworkEpoch): string {
  const { validationLoss: lost, validationAccuracy: right } = epoch;
  const parts = [
    `epoch ${epoch.epoch}: loss ${epoch.loss.toFixed(4)}`,
    ...(lost === null ? [] : [`validation ${lost.toFixed(4)}`]),
    ...(right === null ? [] : [`${(100 * right).toFixed(1)} % right`]),
    `${number(Math.round(epoch.samplesPerSecond))} rows a second`,
  ];
  return parts.join(", ");
}
