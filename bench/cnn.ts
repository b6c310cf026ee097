/**
 * @file An epoch of the CNN of 14,410 parameters on 10,000 digits beside PyTorch: the same layers, data and batches, with batches of
 * 128 and 32 rows, on 1 and 2 threads. Each side in a process of its own. `node bench/cnn.ts [rounds] [epochs]`
 */
import { benchNetwork } from "./network-turns.ts";

await benchNetwork("cnn", [
  [128, 1],
  [128, 2],
  [32, 1],
  [32, 2],
]);
