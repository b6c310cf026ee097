/** @file What a predictor tells of the matrix of features, as nodes of ONNX. */

import { quote } from "../../core/index.ts";
import type { Predictor } from "../../flow.ts";
import { taskOf } from "../estimator.ts";
import { meantTrees } from "../interchange/exported.ts";
import type { TreeLink } from "../tree/links.ts";
import { constantNodes } from "./constant-nodes.ts";
import type { Nodes, TensorName } from "./nodes.ts";
import { linked, treeNodes } from "./tree-nodes.ts";
import { unsupported } from "./unsupported.ts";

/** The numbers of `predict`, [n, k] with one column unless there are several classes. Throws `model/unsupported-onnx`. */
export function predictorNodes(nodes: Nodes, x: TensorName, predictor: Predictor): TensorName {
  const rule = rules.get(predictor.kind);
  if (rule === undefined)
    return unsupported(
      `a predictor of kind ${quote(predictor.kind)}`,
      `one of ${[...rules.keys()].join(", ")}`,
    );
  return rule(nodes, x, predictor);
}

type Rule = (nodes: Nodes, x: TensorName, predictor: Predictor) => TensorName;

const trees: Rule = (nodes, x, predictor) =>
  treeNodes(nodes, x, meantTrees("modelToOnnx", predictor));

const linear =
  (link: TreeLink): Rule =>
  (nodes, x, predictor) =>
    linked(nodes, margins(nodes, x, predictor), link);

/** Of a linear model of numbers or classes. */
const byTask: Rule = (nodes, x, predictor) =>
  linear(usual[taskOf(predictor).kind])(nodes, x, predictor);

const usual = { binary: "sigmoid", multiclass: "softmax", regression: "identity" } as const;

const rules: ReadonlyMap<string, Rule> = new Map([
  ["boost", trees],
  ["trees", trees],
  ["logistic", byTask],
  ["gradientLinear", byTask],
  ["leastSquares", linear("identity")],
  ["ridge", linear("identity")],
  ["elasticNet", linear("identity")],
  ["generalisedLinear", linear("exp")],
  ["majority", (nodes, x, predictor) => constantNodes(nodes, x, constantOf(predictor))],
  ["average", (nodes, x, predictor) => constantNodes(nodes, x, constantOf(predictor))],
]);

/** x·Wᵀ + b, [n, k]. */
function margins(nodes: Nodes, x: TensorName, predictor: Predictor): TensorName {
  const weights = arrayOf(predictor, "weights");
  const biases =
    "biases" in predictor
      ? arrayOf(predictor, "biases")
      : Float64Array.of(numberOf(predictor, "bias"));
  const [k, d] = [biases.length, weights.length / biases.length];
  const values = Array.from(
    { length: d * k },
    (_, i) => weights[(i % k) * d + Math.floor(i / k)] ?? 0,
  );
  const product = nodes.add("MatMul", [
    x,
    nodes.constant({ type: "double", shape: [d, k], values }),
  ]);
  return nodes.add("Add", [product, nodes.numbers(biases)]);
}

function constantOf(predictor: Predictor): Float64Array {
  if ("shares" in predictor) return arrayOf(predictor, "shares");
  return Float64Array.of(numberOf(predictor, "value" in predictor ? "value" : "share"));
}

function arrayOf(predictor: Predictor, field: string): Float64Array {
  const value: unknown = Reflect.get(predictor, field);
  return value instanceof Float64Array ? value : odd(predictor, field);
}

function numberOf(predictor: Predictor, field: string): number {
  const value: unknown = Reflect.get(predictor, field);
  return typeof value === "number" ? value : odd(predictor, field);
}

const odd = ({ kind }: Predictor, field: string): never =>
  unsupported(`a predictor of kind ${quote(kind)} without ${field}`, "the one that Millrace makes");
