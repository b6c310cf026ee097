/** @file An epoch in a line. */
import type { NetworkEpoch } from "../../nn/index.ts";
import { number } from "../text.ts";

/** "epoch 3: loss 0.2102, validation loss 0.1913, validation accuracy 94.1 %, 12,300 rows a second". */
export function epochWords(epoch: NetworkEpoch): string {
  const { validationLoss: lost, validationAccuracy: right } = epoch;
  const parts = [
    `epoch ${epoch.epoch}: loss ${epoch.loss.toFixed(4)}`,
    ...(lost === null ? [] : [`validation loss ${lost.toFixed(4)}`]),
    ...(right === null ? [] : [`validation accuracy ${(100 * right).toFixed(1)} %`]),
    `${number(Math.round(epoch.samplesPerSecond))} rows a second`,
  ];
  return parts.join(", ");
}
