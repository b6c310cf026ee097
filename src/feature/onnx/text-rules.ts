/** @file Texts in ONNX: characters, white space and lower case. */
import { characterTables } from "../../table/index.ts";
import { anyMissing, countOf, type Emitted, missingText, text, unlessMissing } from "./emitted.ts";
import { type GraphBuilder, mlDomain, runtimeDomain, type TensorName } from "./graph.ts";

const { loweredBy, spaces } = characterTables;
const nameOf = ([only]: readonly Emitted[]): TensorName => only?.name ?? "";

/** The pieces of each text that a tokenizer finds, [n, m], filled up with "". */
export function pieces(
  graph: GraphBuilder,
  name: TensorName,
  how: { readonly separators: readonly string[] } | { readonly tokenexp: string },
): TensorName {
  const attributes = { mark: 0, mincharnum: 1, pad_value: "", ...how };
  return graph.add("Tokenizer", [name], { domain: runtimeDomain, attributes });
}

/** Each character alone. */
export const characters = (graph: GraphBuilder, name: TensorName): TensorName =>
  pieces(graph, name, { separators: [""] });

/** How many characters a text has. */
export function emitCharacters(graph: GraphBuilder, args: readonly Emitted[]): Emitted {
  const there = graph.add("Not", [
    graph.add("Equal", [characters(graph, nameOf(args)), graph.texts([""])]),
  ]);
  return unlessMissing(graph, args, countOf(graph, there));
}

/** A text without white space at its ends: the longest piece that neither begins nor ends with it. */
export function emitTrimmed(graph: GraphBuilder, args: readonly Emitted[]): Emitted {
  const other = `[^${[...spaces].map((space) => escapes[space] ?? space).join("")}]`;
  const found = pieces(graph, nameOf(args), { tokenexp: `${other}(?:(?s:.)*${other})?` });
  const empty = graph.add("Unsqueeze", [graph.repeated(graph.texts([""])), graph.whole([1])]);
  const some = graph.add("Concat", [found, empty], { attributes: { axis: 1 } }); // [n, 1 or 2]
  const first = graph.constant({ type: "int64", shape: [], values: [0] });
  const trimmed = graph.add("Gather", [some, first], { attributes: { axis: 1 } });
  return keepMissing(graph, args, trimmed);
}

const escapes: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\f": "\\f",
  "\v": "\\v",
};

/** A text in lower case: each character looked up, and all joined again. */
export function emitLowered(graph: GraphBuilder, args: readonly Emitted[]): Emitted {
  const all = characters(graph, nameOf(args)); // [n, m]
  const place = graph.add("LabelEncoder", [all], {
    domain: mlDomain,
    attributes: {
      keys_strings: [...loweredBy.keys()],
      values_int64s: Array.from({ length: loweredBy.size }, (_, i) => i),
      default_int64: -1,
    },
  });
  const lower = graph.add("Gather", [graph.texts([...loweredBy.values()]), place]);
  const none = graph.add("Less", [
    place,
    graph.constant({ type: "int64", shape: [], values: [0] }),
  ]);
  const changed = graph.add("Where", [none, all, lower]);
  return keepMissing(graph, args, joinedAgain(graph, changed));
}

function keepMissing(graph: GraphBuilder, args: readonly Emitted[], name: TensorName): Emitted {
  return text(graph.add("Where", [anyMissing(graph, args), graph.texts([missingText]), name]));
}

/** The characters of each row, [n, m], as one text, [n]. In a Loop: a Scan joins them wrongly. */
function joinedAgain(graph: GraphBuilder, characters: TensorName): TensorName {
  const count = graph.add("Squeeze", [
    graph.add("Shape", [characters], { attributes: { start: 1, end: 2 } }),
  ]);
  const of = (what: string): string => `${characters}.${what}`; // no other tensor is called so
  const typed = (name: string, type: "int64" | "bool" | "text", shape: readonly string[]) => ({
    name,
    type,
    shape,
  });
  const body = {
    name: "join",
    inputs: [
      typed(of("at"), "int64", []),
      typed(of("going"), "bool", []),
      typed(of("before"), "text", ["n"]),
    ],
    outputs: [typed(of("on"), "bool", []), typed(of("after"), "text", ["n"])],
    nodes: [
      {
        operator: "Gather",
        inputs: [characters, of("at")],
        outputs: [of("next")],
        attributes: { axis: 1 },
      },
      { operator: "StringConcat", inputs: [of("before"), of("next")], outputs: [of("after")] },
      { operator: "Identity", inputs: [of("going")], outputs: [of("on")] },
    ],
  };
  return graph.add("Loop", [count, "", graph.repeated(graph.texts([""]))], {
    attributes: { body: { graph: body } },
  });
}
