/** @file Operations without parameters as nodes of ONNX. */
import {
  anyMissing,
  asNumber,
  countOf,
  type Emitted,
  missingOf,
  missingText,
  namesOf,
  number,
  text,
  unlessMissing,
} from "./emitted.ts";
import type { GraphBuilder, TensorName } from "./graph.ts";
import { emitCharacters, emitLowered, emitTrimmed } from "./text-rules.ts";

/** Makes nodes of an operation on values that are in the graph. */
export type Rule = (graph: GraphBuilder, args: readonly Emitted[]) => Emitted;

/** The rules of `plainOperations`. */
export const plainRules = {
  plus: arithmetic("Add"),
  minus: arithmetic("Sub"),
  times: arithmetic("Mul"),
  over: numbers((g, [a = "", b = ""]) =>
    g.add("Where", [g.add("Equal", [b, g.number(0)]), nan(g), g.add("Div", [a, b])]),
  ),
  log: numbers((g, [a = ""]) =>
    g.add("Where", [g.add("Greater", [a, g.number(0)]), g.add("Log", [a]), nan(g)]),
  ),
  exp: arithmetic("Exp"),
  squareRoot: numbers((g, [a = ""]) =>
    g.add("Where", [g.add("GreaterOrEqual", [a, g.number(0)]), g.add("Sqrt", [a]), nan(g)]),
  ),
  floor: arithmetic("Floor"),
  sine: arithmetic("Sin"),
  cosine: arithmetic("Cos"),
  power: (g, args) => unlessMissing(g, args, g.add("Pow", namesOf(args))),
  later: arithmetic("Add"),
  larger: (g, args) => {
    const [a = "", b = ""] = namesOf(args);
    return unlessMissing(g, args, g.add("Where", [g.add("Less", [a, b]), b, a]));
  },
  smaller: (g, args) => {
    const [a = "", b = ""] = namesOf(args);
    return unlessMissing(g, args, g.add("Where", [g.add("Greater", [a, b]), b, a]));
  },
  below: comparison("Less"),
  atMost: comparison("LessOrEqual"),
  equal: comparison("Equal"),
  oneOf: (g, args) => {
    const [a = "", ...choices] = namesOf(args);
    const any = choices
      .map((choice) => g.add("Equal", [a, choice]))
      .reduce((one, other) => g.add("Or", [one, other]));
    return unlessMissing(g, args.slice(0, 1), asNumber(g, any));
  },
  missing: (g, args) => number(asNumber(g, anyMissing(g, args))),
  orElse: (g, args) => {
    const [a, b] = args;
    if (a === undefined || b === undefined) throw new RangeError("orElse has two arguments");
    return like(a, g.add("Where", [missingOf(g, a), b.name, a.name]));
  },
  not: numbers((g, [a = ""]) => g.add("Sub", [g.number(1), a])),
  and: decided(0),
  or: decided(1),
  when: (g, args) => {
    const [condition, a, b] = args;
    if (condition === undefined || a === undefined || b === undefined)
      throw new RangeError("when has three arguments");
    return like(a, g.add("Where", [isTrue(g, condition), a.name, b.name]));
  },
  keepIf: (g, args) => {
    const [condition, a] = args;
    if (condition === undefined || a === undefined)
      throw new RangeError("keepIf has two arguments");
    const none = a.kind === "number" ? nan(g) : g.texts([missingText]);
    return like(a, g.add("Where", [isTrue(g, condition), a.name, none]));
  },
  joined: (g, args) => {
    const all = namesOf(args).reduce((left, right) => g.add("StringConcat", [left, right]));
    return text(g.add("Where", [anyMissing(g, args), g.texts([missingText]), all]));
  },
  characters: emitCharacters,
  trimmed: emitTrimmed,
  lowered: emitLowered,
  tokenCount: (g, args) => {
    const [tokens = ""] = namesOf(args);
    return unlessMissing(
      g,
      args,
      countOf(g, g.add("Not", [g.add("Equal", [tokens, g.texts([""])])])),
    );
  },
} satisfies Readonly<Record<string, Rule>>;

const nan = (graph: GraphBuilder): TensorName => graph.number(Number.NaN);
const isTrue = (graph: GraphBuilder, { name }: Emitted): TensorName =>
  graph.add("Equal", [name, graph.number(1)]);
const like = ({ kind }: Emitted, name: TensorName): Emitted =>
  kind === "number" ? number(name) : text(name);

/** NaN, which is missing, comes out of ONNX's arithmetic wherever it goes in. */
function arithmetic(operator: string): Rule {
  return (graph, args) => number(graph.add(operator, namesOf(args)));
}

function numbers(make: (graph: GraphBuilder, names: readonly TensorName[]) => TensorName): Rule {
  return (graph, args) => number(make(graph, namesOf(args)));
}

function comparison(operator: string): Rule {
  return (graph, args) =>
    unlessMissing(graph, args, asNumber(graph, graph.add(operator, namesOf(args))));
}

/** `and` is decided by one 0, `or` by one 1; otherwise a missing one leaves the answer open. */
function decided(by: 0 | 1): Rule {
  return (graph, args) => {
    const is = namesOf(args).map((name) => graph.add("Equal", [name, graph.number(by)]));
    const open = unlessMissing(graph, args, graph.number(1 - by));
    const any = is.reduce((one, other) => graph.add("Or", [one, other]));
    return number(graph.add("Where", [any, graph.number(by), open.name]));
  };
}
