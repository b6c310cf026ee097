/** @file Fitted features as an ONNX model: raw columns in, the matrix of features out. */
import type { ColumnSpecs } from "../../flow.ts";
import type { ExprNode, OperationName } from "../../table/index.ts";
import { formatOnnx, type OnnxModel, type OnnxNode } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { FittedFeatures } from "../fit/fitted.ts";
import { type Emitted, number, text } from "./emitted.ts";
import { GraphBuilder, mlDomain, runtimeDomain, type TensorName } from "./graph.ts";
import { plainRules, type Rule } from "./plain-rules.ts";
import { type ParamsRule, tableRules } from "./table-rules.ts";

const rules: Readonly<Record<OperationName, Rule | ParamsRule>> = { ...plainRules, ...tableRules };
const rulesByName: ReadonlyMap<string, Rule | ParamsRule> = new Map(Object.entries(rules));

/**
 * Fitted features as the bytes of an ONNX model. Each column read is an input of shape [n, 1]: a double for
 * numbers, truth values (1 and 0) and moments (milliseconds since 1970 in UTC), where NaN is missing; a
 * text for texts and categories, where `"␀"` is missing. The output `features` is a double, [n, d], with
 * the numbers that `row` gives: the same but for logarithms, powers, exponentials, sines, cosines and
 * means of word vectors, which may differ in the last digits, and -0, which may be 0. Texts need ONNX Runtime's own operators.
 *
 * @param fitted - What `fitFeatures` gave.
 * @returns The bytes; the names of the columns of the matrix are in the metadata `features`.
 * @throws `feature/unsupported-onnx` for tokens whose pattern ONNX Runtime would read in another way,
 * `feature/duplicate-names` when a column is called `features`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { age: int() });
 * const rows = frame({ engine, schema: people, sql: "SELECT unnest([20, 30, 40]) AS age" });
 * const fitted = await fitFeatures(features(people, (c) => ({ age: minMax(c.age) })), rows);
 * toOnnx(fitted) instanceof Uint8Array // => true
 * await engine.close();
 * ```
 * @see ONNX 1.16, operator set 20; ONNX Runtime 1.17 and later.
 */
export function toOnnx(fitted: FittedFeatures): Uint8Array<ArrayBuffer> {
  return formatOnnx(onnxGraphOf(fitted));
}

/**
 * The graph that {@link toOnnx} writes, as plain data, for who adds nodes to it: a model adds its predictor.
 *
 * @param fitted - What `fitFeatures` gave.
 * @returns Nodes whose last one gives the output `features`.
 * @throws `feature/unsupported-onnx`, `feature/duplicate-names`, as `toOnnx`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { age: int() });
 * const rows = frame({ engine, schema: people, sql: "SELECT unnest([20, 30, 40]) AS age" });
 * const fitted = await fitFeatures(features(people, (c) => ({ age: minMax(c.age) })), rows);
 * onnxGraphOf(fitted).graph.inputs // => [{ name: "age", type: "double", shape: ["n", 1] }]
 * await engine.close();
 * ```
 */
export function onnxGraphOf(fitted: FittedFeatures): OnnxModel {
  const names = Object.keys(fitted.reads);
  if (names.includes(output)) fail("feature/duplicate-names", { at: "toOnnx", name: output });
  const graph = new GraphBuilder(names);
  const inputs = inputsOf(graph, fitted.reads);
  const one = graph.whole([1]);
  const columns = fitted.state.features
    .flatMap(({ outputs }) => outputs)
    .map(({ node }) => graph.add("Unsqueeze", [emit(graph, node, inputs).name, one])); // [n, 1]
  const last: OnnxNode = {
    operator: "Concat",
    inputs: columns,
    outputs: [output],
    attributes: { axis: 1 },
  };
  const shape = ["n", columns.length];
  return {
    graph: graph.graph("features", [{ name: output, type: "double", shape }], [last]),
    opsets: { "": 20, [mlDomain]: 4, [runtimeDomain]: 1 },
    metadata: { features: JSON.stringify(fitted.names) },
  };
}

const output = "features";

type Inputs = ReadonlyMap<string, Emitted>;

function inputsOf(graph: GraphBuilder, reads: ColumnSpecs): Inputs {
  return new Map(
    Object.entries(reads).map(([name, { kind }]) => {
      const isText = kind === "text" || kind === "category";
      const column: TensorName = graph.input(name, isText ? "text" : "double");
      return [name, isText ? text(column) : number(column)] as const;
    }),
  );
}

function emit(graph: GraphBuilder, node: ExprNode, inputs: Inputs): Emitted {
  if (node.op === "column") {
    const input = inputs.get(node.name);
    if (input === undefined) throw new RangeError(`no input ${node.name}`);
    return input;
  }
  if (node.op === "literal") {
    if (node.kind === "text") return text(graph.repeated(graph.texts([String(node.value)])));
    return number(graph.repeated(graph.numbers([Number(node.value)])));
  }
  const rule = rulesByName.get(node.operation);
  if (rule === undefined) throw new RangeError(`no rule for ${node.operation}`);
  return rule(
    graph,
    node.args.map((arg) => emit(graph, arg, inputs)),
    node.params,
  );
}
