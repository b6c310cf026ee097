/**
 * @file 20 steps of a decoder beside PyTorch: two layers, 64 wide, 4 heads, 64 steps of context, 1000 words, batches of 32 rows, on
 * 1 and 2 threads. Each side in a process of its own. `node bench/decoder.ts [rounds] [epochs]`
 */
import { benchNetwork } from "./network-turns.ts";

await benchNetwork("decoder", [
  [32, 1],
  [32, 2],
]);
