/** @file The tokens of texts in ONNX, stop words left out and runs of tokens joined. */
import { type Cut, characterTables } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { GraphBuilder, TensorName } from "./graph.ts";
import { pieces } from "./text-rules.ts";

/** The tokens of each text, [n, m], filled up with "" at the end. */
export function emitTokens(graph: GraphBuilder, name: TensorName, cut: Cut): TensorName {
  const { pattern, stopWords, ngrams } = cut;
  if (pattern !== null && !isPlain(pattern)) fail("feature/unsupported-onnx", { pattern });
  const found = pieces(graph, name, { tokenexp: pattern ?? characterTables.words });
  const kept = stopWords.reduce((tokens, word) => without(graph, tokens, word), found);
  const [shortest, longest] = ngrams;
  if (longest === 1) return kept;
  const close = stopWords.length === 0 ? kept : movedTogether(graph, kept);
  const runs = Array.from({ length: longest - shortest + 1 }, (_, i) =>
    runsOf(graph, close, shortest + i),
  );
  return runs.length === 1
    ? (runs[0] ?? close)
    : graph.add("Concat", runs, { attributes: { axis: 1 } });
}

/**
 * Whether the longest match of a pattern is the first: characters and classes in a row, of which
 * only the last may stand more often than written. ONNX Runtime takes the longest, others the first.
 */
function isPlain(pattern: string): boolean {
  return /^(?:(?:\[(?:\\.|[^\]\\])*\]|\\.|[^\\[\](){}|*+?])(?:\{\d+\})?)*(?:[+*]|\{\d+,\d*\})?$/u.test(
    pattern,
  );
}

function without(graph: GraphBuilder, tokens: TensorName, word: string): TensorName {
  const same = graph.add("Equal", [tokens, graph.texts([word])]);
  return graph.add("Where", [same, graph.texts([""]), tokens]);
}

/** The tokens of each row moved to its start, in their order. */
function movedTogether(graph: GraphBuilder, tokens: TensorName): TensorName {
  const size = graph.add("Shape", [tokens], { attributes: { start: 1, end: 2 } }); // [1]: m
  const zero = graph.constant({ type: "int64", shape: [], values: [0] });
  const one = graph.constant({ type: "int64", shape: [], values: [1] });
  const count = graph.add("Squeeze", [size]);
  const places = graph.add("Range", [zero, count, one]); // [m]
  const gaps = graph.add("Equal", [tokens, graph.texts([""])]);
  const order = graph.add("Where", [gaps, graph.add("Add", [places, count]), places]); // [n, m]
  const sorted = graph.add("TopK", [order, size], {
    attributes: { axis: 1, largest: 0, sorted: 1 },
    output: 1,
  });
  return graph.add("GatherElements", [tokens, sorted], { attributes: { axis: 1 } });
}

/** Every run of so many tokens, joined by spaces, [n, m]; "" where a run is not whole. */
function runsOf(graph: GraphBuilder, tokens: TensorName, size: number): TensorName {
  if (size === 1) return tokens;
  const column = graph.add("Unsqueeze", [graph.repeated(graph.texts([""])), graph.whole([1])]);
  const padding = Array.from({ length: size - 1 }, () => column);
  const padded = graph.add("Concat", [tokens, ...padding], { attributes: { axis: 1 } });
  const parts = Array.from({ length: size }, (_, i) => {
    const end = i === size - 1 ? Number.MAX_SAFE_INTEGER : i + 1 - size;
    const bounds = [graph.whole([i]), graph.whole([end]), graph.whole([1])];
    return graph.add("Slice", [padded, ...bounds]);
  });
  const run = parts.reduce((left, right) =>
    graph.add("StringConcat", [graph.add("StringConcat", [left, graph.texts([" "])]), right]),
  );
  const gaps = parts
    .map((part) => graph.add("Equal", [part, graph.texts([""])]))
    .reduce((any, next) => graph.add("Or", [any, next]));
  return graph.add("Where", [gaps, graph.texts([""]), run]);
}
