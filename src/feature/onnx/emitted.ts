/** @file What an expression has become in a graph, and the questions that all of them answer. */
import type { GraphBuilder, TensorName } from "./graph.ts";

/**
 * Numbers, moments and truth values (1 and 0) are doubles, [n], where NaN is missing. Texts are
 * texts, [n], where {@link missingText} is missing. Tokens are texts, [n, m], filled up with "".
 */
export type Emitted =
  | { readonly kind: "number"; readonly name: TensorName }
  | { readonly kind: "text"; readonly name: TensorName }
  | { readonly kind: "tokens"; readonly name: TensorName; readonly missing: TensorName };

/** What stands for a missing text in ONNX, whose texts cannot be missing: the symbol for null, U+2400. */
export const missingText = "␀";

/** Whether each value is missing: a truth value of ONNX, [n]. */
export function missingOf(graph: GraphBuilder, value: Emitted): TensorName {
  if (value.kind === "tokens") return value.missing;
  if (value.kind === "number") return graph.add("IsNaN", [value.name]);
  return graph.add("Equal", [value.name, graph.texts([missingText])]);
}

/** Whether any of some values is missing. */
export function anyMissing(graph: GraphBuilder, values: readonly Emitted[]): TensorName {
  const [first, ...rest] = values.map((value) => missingOf(graph, value));
  return rest.reduce((any, next) => graph.add("Or", [any, next]), first ?? "");
}

/** A truth value of ONNX as 1 and 0. */
export const asNumber = (graph: GraphBuilder, truth: TensorName): TensorName =>
  graph.add("Cast", [truth], { attributes: { to: 11 } });

/** The number where nothing is missing, else missing. */
export function unlessMissing(
  graph: GraphBuilder,
  values: readonly Emitted[],
  name: TensorName,
): Emitted {
  const missing = anyMissing(graph, values);
  return number(graph.add("Where", [missing, graph.number(Number.NaN), name]));
}

/** A number. */
export const number = (name: TensorName): Emitted => ({ kind: "number", name });

/** A text. */
export const text = (name: TensorName): Emitted => ({ kind: "text", name });

/** How many of the truth values of ONNX, [n, m], are true in each row, [n]. */
export function countOf(graph: GraphBuilder, truths: TensorName): TensorName {
  return graph.add("ReduceSum", [asNumber(graph, truths), graph.whole([1])], {
    attributes: { keepdims: 0 },
  });
}

/** The names of tensors. */
export const namesOf = (args: readonly Emitted[]): readonly TensorName[] =>
  args.map(({ name }) => name);
