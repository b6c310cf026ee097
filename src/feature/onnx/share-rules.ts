/** @file Quantiles of the normal distribution in ONNX: the same polynomials as in rows. */
import { normalQuantileTables, type QuantileBound } from "../../table/index.ts";
import type { GraphBuilder, TensorName } from "./graph.ts";

/** The quantile of N(0, 1) at each share, [n]; NaN where the share is. */
export function emitNormalQuantile(
  graph: GraphBuilder,
  share: TensorName,
  { bound }: QuantileBound,
): TensorName {
  const { centre, near, far } = normalQuantileTables;
  const number = (value: number): TensorName => graph.number(value);
  const p = graph.add("Min", [graph.add("Max", [share, number(bound)]), number(1 - bound)]);
  const q = graph.add("Sub", [p, number(0.5)]);
  const inCentre = graph.add("LessOrEqual", [graph.add("Abs", [q]), number(0.425)]);
  const r = graph.add("Sub", [number(0.180625), graph.add("Mul", [q, q])]);
  const middle = graph.add("Div", [
    graph.add("Mul", [q, polynomial(graph, centre.above, r)]),
    polynomial(graph, centre.below, r),
  ]);
  const below = graph.add("Less", [q, number(0)]);
  const tail = graph.add("Where", [below, p, graph.add("Sub", [number(1), p])]);
  const t = graph.add("Sqrt", [graph.add("Neg", [graph.add("Log", [tail])])]);
  const of = ({ above, below }: Coefficients, from: number): TensorName => {
    const x = graph.add("Sub", [t, number(from)]);
    return graph.add("Div", [polynomial(graph, above, x), polynomial(graph, below, x)]);
  };
  const isNear = graph.add("LessOrEqual", [t, number(5)]);
  const z = graph.add("Where", [isNear, of(near, 1.6), of(far, 5)]);
  const outer = graph.add("Where", [below, graph.add("Neg", [z]), z]);
  return graph.add("Where", [inCentre, middle, outer]);
}

interface Coefficients {
  readonly above: readonly number[];
  readonly below: readonly number[];
}

/** The polynomial at x, the coefficient of the highest power last. */
function polynomial(
  graph: GraphBuilder,
  coefficients: readonly number[],
  x: TensorName,
): TensorName {
  return coefficients
    .map((coefficient) => graph.number(coefficient))
    .reduceRight((sum, coefficient) => graph.add("Add", [graph.add("Mul", [sum, x]), coefficient]));
}
