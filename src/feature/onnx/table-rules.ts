/** @file Operations with parameters as nodes of ONNX. */
import { type Lookup, type OperationParams, paramsOf } from "../../table/index.ts";
import { emitDatePart } from "./date-rules.ts";
import { countOf, type Emitted, missingOf, namesOf, number, unlessMissing } from "./emitted.ts";
import { type GraphBuilder, mlDomain, runtimeDomain, type TensorName } from "./graph.ts";
import { emitNormalQuantile } from "./share-rules.ts";
import { emitTokens } from "./token-rules.ts";

/** Makes nodes of an operation and its parameters, which were checked. */
export type ParamsRule = (
  graph: GraphBuilder,
  args: readonly Emitted[],
  params: unknown,
) => Emitted;

/** The rules of the operations with parameters. */
export const tableRules = {
  step: rule("step", (graph, args, { edges, values }) => {
    const place = placeAmong(graph, args, edges);
    return unlessMissing(graph, args, graph.add("Gather", [graph.numbers(values), place]));
  }),
  line: rule("line", (graph, args, { xs, ys }) => {
    const place = placeAmong(graph, args, xs);
    const [x = ""] = namesOf(args);
    const of = (values: readonly number[]): TensorName =>
      graph.add("Gather", [graph.numbers(values), place]);
    const [first = 0, last = 0] = [ys[0], ys.at(-1)];
    const starts = of([0, ...xs]);
    const across = graph.add("Sub", [of([...xs, 1]), starts]);
    const share = graph.add("Div", [graph.add("Sub", [x, starts]), across]);
    const [from, to] = [of([0, ...ys]), of([...ys, 0])];
    const inside = graph.add("Add", [
      from,
      graph.add("Mul", [share, graph.add("Sub", [to, from])]),
    ]);
    const isAt = (end: number): TensorName =>
      graph.add("Equal", [place, graph.constant({ type: "int64", shape: [], values: [end] })]);
    const right = graph.add("Where", [isAt(xs.length), graph.number(last), inside]);
    const height = graph.add("Where", [isAt(0), graph.number(first), right]);
    return unlessMissing(graph, args, height);
  }),
  lookup: rule("lookup", (graph, args, table) => {
    const [name = ""] = namesOf(args);
    return unlessMissing(graph, args, numberOfText(graph, name, table));
  }),
  hash: rule("hash", (graph, args, { seed }) => {
    const attributes = { seed, positive: 0 };
    const hashed = graph.add("MurmurHash3", namesOf(args), { domain: runtimeDomain, attributes });
    return unlessMissing(graph, args, graph.add("Cast", [hashed], { attributes: { to: 11 } }));
  }),
  datePart: rule("datePart", (graph, args, { part }) =>
    number(emitDatePart(graph, namesOf(args)[0] ?? "", part)),
  ),
  tokens: rule("tokens", (graph, args, cut) => {
    const [of] = args;
    if (of === undefined) throw new RangeError("tokens has an argument");
    const name = emitTokens(graph, of.name, cut);
    return { kind: "tokens", name, missing: missingOf(graph, of) };
  }),
  count: rule("count", (graph, args, { token }) => countOfToken(graph, args, token)),
  meanOf: rule("meanOf", (graph, args, table) => {
    const [tokens = ""] = namesOf(args);
    const there = graph.add("Not", [graph.add("Equal", [tokens, graph.texts([""])])]);
    const found = numberOfText(graph, tokens, table); // [n, m]
    const counts = graph.add("And", [there, graph.add("Not", [graph.add("IsNaN", [found])])]);
    const values = graph.add("Where", [counts, found, graph.number(0)]);
    const sum = graph.add("ReduceSum", [values, graph.whole([1])], { attributes: { keepdims: 0 } });
    return unlessMissing(graph, args, graph.add("Div", [sum, countOf(graph, counts)])); // 0 / 0: none
  }),
  normalQuantile: rule("normalQuantile", (graph, args, params) =>
    unlessMissing(graph, args, emitNormalQuantile(graph, namesOf(args)[0] ?? "", params)),
  ),
  tokenNorm: rule("tokenNorm", (graph, args, { keys, values, norm }) => {
    const sizes = keys.map((token, i) => {
      const weight = graph.number(values[i] ?? 0);
      const weighted = graph.add("Mul", [countOfToken(graph, args, token).name, weight]);
      return norm === "l2" ? graph.add("Mul", [weighted, weighted]) : graph.add("Abs", [weighted]);
    });
    const none = graph.repeated(graph.numbers([0]));
    const sum = sizes.reduce((one, other) => graph.add("Add", [one, other]), none);
    return unlessMissing(graph, args, norm === "l2" ? graph.add("Sqrt", [sum]) : sum);
  }),
} satisfies Readonly<Record<string, ParamsRule>>;

/** How often a token is there. */
function countOfToken(graph: GraphBuilder, args: readonly Emitted[], token: string): Emitted {
  if (token === "") return unlessMissing(graph, args, graph.repeated(graph.numbers([0])));
  const same = graph.add("Equal", [...namesOf(args), graph.texts([token])]);
  return unlessMissing(graph, args, countOf(graph, same));
}

function rule<N extends keyof OperationParams>(
  operation: N,
  make: (graph: GraphBuilder, args: readonly Emitted[], params: OperationParams[N]) => Emitted,
): ParamsRule {
  return (graph, args, params) => make(graph, args, paramsOf(operation, params));
}

/** How many of the edges are at most the number, [n]; NaN is before the first. */
function placeAmong(
  graph: GraphBuilder,
  args: readonly Emitted[],
  edges: readonly number[],
): TensorName {
  const [x = ""] = namesOf(args);
  const column = graph.add("Unsqueeze", [x, graph.whole([1])]); // [n, 1]
  const reached = graph.add("LessOrEqual", [graph.numbers(edges), column]); // [n, k]
  return graph.add(
    "ReduceSum",
    [graph.add("Cast", [reached], { attributes: { to: 7 } }), graph.whole([1])],
    {
      attributes: { keepdims: 0 },
    },
  );
}

/** The number of each text in the table, of any shape; NaN where there is none. */
function numberOfText(
  graph: GraphBuilder,
  name: TensorName,
  { keys, values, otherwise }: Lookup,
): TensorName {
  const other = otherwise ?? Number.NaN;
  const place = graph.add("LabelEncoder", [name], {
    domain: mlDomain,
    attributes: {
      keys_strings: keys.length === 0 ? [""] : keys,
      values_int64s: keys.length === 0 ? [0] : keys.map((_, i) => i),
      default_int64: keys.length,
    },
  });
  return graph.add("Gather", [graph.numbers([...values, other]), place]);
}
