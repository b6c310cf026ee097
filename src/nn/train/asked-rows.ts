/** @file How many rows are asked about at once, so that a run keeps the event loop for a few milliseconds only. */
import { batch, Graph, type GraphStep, sizeOf } from "../../tensor/index.ts";
import { type FrozenVectors, frozenScope } from "../frozen-scope.ts";
import type { Network } from "../network.ts";

/** Products that a run may have: about 5 ms of one thread where it does 4 in a nanosecond. */
const productsOfRun = 20_000_000;
/** Products of a row that takes longer than the event loop may be kept: about 15 ms. */
const productsElsewhere = 60_000_000;
/** Rows that gain nothing from more of them. */
const mostRows = 64;

/** How rows are asked about. */
export interface AskedRows {
  /** Rows of a run, 1 to 64. */
  readonly atOnce: number;
  /** Whether one row takes so long that it has to be asked about in another process. */
  readonly isLong: boolean;
}

/**
 * How rows are asked about, by the products that the network takes for one. It is counted, not measured: runs of other sizes round
 * otherwise, and the same rows must get the same answer.
 */
export function askedRows(network: Network, vectors: FrozenVectors): AskedRows {
  const graph = new Graph();
  const { scope } = frozenScope(graph, network, vectors);
  network.build(graph.input("x", [batch, ...network.inputShape]), scope);
  const products = graph.steps.reduce((sum, step) => sum + productsOf(step), 0);
  const atOnce = Math.max(1, Math.min(mostRows, Math.floor(productsOfRun / products)));
  return { atOnce, isLong: products > productsElsewhere };
}

/** Products for a row: of matrices and convolutions their inner sizes times what comes out, of all else what comes out. */
function productsOf({ operator, inputs, outputs }: GraphStep): number {
  const out = Math.abs(sizeOf(outputs[0]?.shape ?? []));
  const [a, b] = [inputs[0]?.shape ?? [], inputs[1]?.shape ?? []];
  if (operator === "MatMul" || operator === "Gemm") return out * Math.abs(a.at(-1) ?? 1);
  if (operator === "Conv") return (out * sizeOf(b)) / (b[0] ?? 1);
  if (operator === "ConvTranspose") return (Math.abs(sizeOf(a)) * sizeOf(b)) / (b[0] ?? 1);
  return out;
}
