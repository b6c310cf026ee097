/** @file A whole model as ONNX: raw columns in, answers out. */
import { onnxGraphOf } from "../../feature/index.ts";
import type { Predictor } from "../../flow.ts";
import { formatOnnx, type OnnxNode, type OnnxValue } from "../../tensor/index.ts";
import { taskOf } from "../estimator.ts";
import type { FittedModel } from "../fitted-model.ts";
import { mlDomain, Nodes, type TensorName } from "./nodes.ts";
import { predictorNodes } from "./predictor-nodes.ts";
import { unsupported } from "./unsupported.ts";

/**
 * A model as the bytes of an ONNX file, with its features inside. Inputs are the raw columns, as `toOnnx` has
 * them: [n, 1] each, numbers, truth values and moments as doubles with NaN for missing, texts with `"␀"`. Outputs:
 *
 * - of two classes `value`, a truth value [n], and `probability` of true, a double [n];
 * - of several `value`, a text [n], its `probability`, [n], and `probabilities`, [n, k], in the order of the
 *   metadata `classes`; a level of the label that no training row had is not among them;
 * - of numbers `value`, a double [n].
 *
 * Everything is computed in doubles, trees included: the operator TreeEnsemble compares them as ours do, so a row takes
 * the same way through each tree, and answers agree to rounding (judged: 1e-9 of the value). Where `predict` refuses
 * a missing value, the file answers NaN. Size O(nodes of all trees · outputs of a leaf).
 *
 * @param model - With a predictor of trees (boosting, forests, single ones, those read from XGBoost or LightGBM), a
 *   linear one (logistic, least squares, ridge, elastic net, generalised, by gradient), a majority or an average.
 * @returns The bytes; the metadata are `features`, `kind`, `label` and, of several classes, `classes`.
 * @throws `model/unsupported-onnx` for other predictors, for trees that take zero for missing or split one feature
 *   both by number and by category, and where a column has the name of an output; what `toOnnx` throws
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { age: int(), left: bool() });
 * const rows = frame({ engine, schema: people, sql: "SELECT range AS age, range > 5 AS left FROM range(10)" });
 * const byAge = features(people, (c) => ({ age: numeric(c.age) }));
 * const model = await majority().fit(rows, { features: byAge, label: "left" });
 * modelToOnnx(model) instanceof Uint8Array // => true
 * await engine.close();
 * ```
 * @see ONNX 1.16, operator sets 20 and ai.onnx.ml 5; judged by ONNX Runtime 1.32 in Python and 1.30 for the web.
 *   A runtime without TreeEnsemble of that set refuses files with trees.
 */
export function modelToOnnx<In, Out>(
  model: Pick<FittedModel<In, Out>, "features" | "predictor" | "signature" | "kind">,
): Uint8Array<ArrayBuffer> {
  const { features, predictor, signature, kind } = model;
  const { graph, opsets, metadata } = onnxGraphOf(features);
  const columns = graph.inputs.map(({ name }) => name);
  const taken = columns.find((name) => outputNames.includes(name));
  if (taken !== undefined)
    unsupported(
      `a column called ${taken}`,
      `other names than those of outputs: ${outputNames.join(", ")}`,
    );
  const nodes = new Nodes([...columns, ...outputNames, ...graph.nodes.flatMap((n) => n.outputs)]);
  const told = predictorNodes(nodes, graph.outputs[0]?.name ?? "", predictor); // [n, k]
  const outputs = answerNodes(nodes, told, predictor);
  const task = taskOf(predictor);
  return formatOnnx({
    graph: { name: "model", inputs: graph.inputs, outputs, nodes: [...graph.nodes, ...nodes.all] },
    opsets: { ...opsets, [mlDomain]: 5 },
    metadata: {
      ...{ ...metadata, kind, label: signature.output.name },
      ...(task.kind === "multiclass" ? { classes: JSON.stringify(task.classes) } : {}),
    },
  });
}

const outputNames = ["value", "probability", "probabilities"];

/** Numbers as answers; the same rules as in `answersOf`. */
function answerNodes(nodes: Nodes, told: TensorName, predictor: Predictor): readonly OnnxValue[] {
  const task = taskOf(predictor);
  const output = (name: string, type: OnnxValue["type"], node: PlainNode): OnnxValue => {
    nodes.named(name, node);
    return { name, type, shape: ["n"] };
  };
  const flat = (): PlainNode => ({ operator: "Reshape", inputs: [told, nodes.whole([-1])] });
  if (task.kind === "regression") return [output("value", "double", flat())];
  if (task.kind === "binary") {
    const probability = output("probability", "double", flat());
    const inputs = [probability.name, nodes.number(predictor.threshold ?? 0.5)];
    return [output("value", "bool", { operator: "GreaterOrEqual", inputs }), probability];
  }
  const { classes } = task;
  const names = nodes.constant({ type: "text", shape: [classes.length], values: classes });
  const best = nodes.add("ArgMax", [told], { axis: 1, keepdims: 0 });
  const rows = nodes.whole([1]);
  const most = { operator: "ReduceMax", inputs: [told, rows], attributes: { keepdims: 0 } };
  const all = output("probabilities", "double", { operator: "Identity", inputs: [told] });
  return [
    output("value", "text", { operator: "Gather", inputs: [names, best] }),
    output("probability", "double", most),
    { ...all, shape: ["n", classes.length] },
  ];
}

type PlainNode = Omit<OnnxNode, "outputs">;
