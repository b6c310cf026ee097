/** @file The tokens of texts in ONNX, stop words left out and runs of tokens joined. */
import { type Cut, characterTables } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { GraphBuilder, TensorName } from "./graph.ts";
import { characters, pieces } from "./text-rules.ts";

/** The tokens of each text, [n, m], filled up with "" at the end. */
export function emitTokens(graph: GraphBuilder, name: TensorName, cut: Cut): TensorName {
  const { pattern, stopWords, ngrams, letters } = cut;
  if (pattern !== null && !isPlain(pattern)) fail("feature/unsupported-onnx", { pattern });
  const found = pieces(graph, name, { tokenexp: pattern ?? characterTables.words });
  const kept = stopWords.reduce((tokens, word) => without(graph, tokens, word), found);
  if (letters !== undefined) return piecesOfWords(graph, kept, letters);
  if (ngrams[1] === 1) return kept;
  const close = stopWords.length === 0 ? kept : movedTogether(graph, kept);
  return allRuns(graph, close, { sizes: ngrams, between: " " });
}

/** The pieces of the words of each text, [n, k]: words with a space at both ends, cut into characters that are joined again. */
function piecesOfWords(
  graph: GraphBuilder,
  words: TensorName,
  sizes: readonly [number, number],
): TensorName {
  const space = graph.texts([" "]);
  const spaced = graph.add("StringConcat", [graph.add("StringConcat", [space, words]), space]);
  const none = graph.add("Equal", [words, graph.texts([""])]);
  const marked = graph.add("Where", [none, words, spaced]); // [n, m]
  const flat = graph.add("Reshape", [marked, graph.whole([-1])]); // [n · m]
  // one word more, for of none there are no characters
  const some = graph.add("Concat", [flat, graph.texts(["-"])], { attributes: { axis: 0 } });
  const runs = allRuns(graph, characters(graph, some), { sizes, between: "" });
  const found = graph.add("Slice", [runs, graph.whole([0]), graph.whole([-1]), graph.whole([0])]);
  const rows = graph.add("Shape", [words], { attributes: { start: 0, end: 1 } });
  const shape = graph.add("Concat", [rows, graph.whole([-1])], { attributes: { axis: 0 } });
  return graph.add("Reshape", [found, shape]);
}

/** The runs of tokens of all sizes, the shortest first. */
function allRuns(
  graph: GraphBuilder,
  tokens: TensorName,
  {
    sizes: [shortest, longest],
    between,
  }: { readonly sizes: readonly [number, number]; readonly between: string },
): TensorName {
  const runs = Array.from({ length: longest - shortest + 1 }, (_, i) =>
    runsOf(graph, tokens, { size: shortest + i, between }),
  );
  return runs.length === 1
    ? (runs[0] ?? tokens)
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

/** Every run of so many tokens, joined, [n, m]; "" where a run is not whole. */
function runsOf(
  graph: GraphBuilder,
  tokens: TensorName,
  { size, between }: { readonly size: number; readonly between: string },
): TensorName {
  if (size === 1) return tokens;
  const bounds = [graph.whole([0]), graph.whole([1]), graph.whole([1])];
  const first = graph.add("Slice", [tokens, ...bounds]);
  const column = graph.add("Where", [graph.add("Equal", [first, first]), graph.texts([""]), first]);
  const padding = Array.from({ length: size - 1 }, () => column);
  const padded = graph.add("Concat", [tokens, ...padding], { attributes: { axis: 1 } });
  const parts = Array.from({ length: size }, (_, i) => {
    const end = i === size - 1 ? Number.MAX_SAFE_INTEGER : i + 1 - size;
    const bounds = [graph.whole([i]), graph.whole([end]), graph.whole([1])];
    return graph.add("Slice", [padded, ...bounds]);
  });
  const joint = (left: TensorName): TensorName =>
    between === "" ? left : graph.add("StringConcat", [left, graph.texts([between])]);
  const run = parts.reduce((left, right) => graph.add("StringConcat", [joint(left), right]));
  const gaps = parts
    .map((part) => graph.add("Equal", [part, graph.texts([""])]))
    .reduce((any, next) => graph.add("Or", [any, next]));
  return graph.add("Where", [gaps, graph.texts([""]), run]);
}
