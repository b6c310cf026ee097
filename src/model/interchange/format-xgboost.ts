/** @file Writing trees as XGBoost's models: JSON and UBJSON. */
import { checkChoice, checkNames } from "../../core/index.ts";
import type { Predictor } from "../../flow.ts";
import {
  checkFeatureNames,
  type MeantTrees,
  meantTrees,
  type PlainNode,
  type PlainTree,
  plainTrees,
} from "./exported.ts";
import { unsupported } from "./problems.ts";
import { formatUbj, type UbjValue } from "./ubj.ts";
import { scoreOf } from "./xgboost-objectives.ts";

/** How a model is written for XGBoost. */
export interface XgboostFormat {
  /** Names of the features, [d]. */
  readonly names: readonly string[];
  /** Default "json". */
  readonly format?: "json" | "ubj";
}

const at = "formatXgboost";

/**
 * Trees as a model that XGBoost loads, with equal predictions for features that 32-bit numbers hold, which is all
 * that XGBoost sees: thresholds are the least 32-bit numbers that are not below ours. Leaves are rounded to 32 bits.
 * Forests of classes become `reg:squarederror`, whose answers are the shares; several classes are several targets.
 *
 * @param predictor - Of trees: `boost`, a forest, a tree, or one that was read.
 * @param options - Names and format; see {@link XgboostFormat}.
 * @returns A text, or the bytes of UBJSON.
 * @throws `model/unsupported-interchange` for what XGBoost cannot say: zero as missing, links of LightGBM;
 *   `model/mismatch-names`
 * @see XGBoost 3.2, doc/model.schema. Peer: `xgboost.Booster.load_model`.
 */
export function formatXgboost(
  predictor: Predictor,
  options: XgboostFormat & { readonly format: "ubj" },
): Uint8Array;
export function formatXgboost(
  predictor: Predictor,
  options: XgboostFormat & { readonly format?: "json" },
): string;
export function formatXgboost(predictor: Predictor, options: XgboostFormat): string | Uint8Array;
export function formatXgboost(predictor: Predictor, options: XgboostFormat): string | Uint8Array {
  checkNames(at, options, ["names", "format"]);
  const { names, format = "json" } = options;
  checkChoice(at, { format }, ["json", "ubj"]);
  const meant = meantTrees(at, predictor);
  checkFeatureNames(at, names, meant.trees.width);
  const document = documentOf(meant, names);
  return format === "ubj" ? formatUbj(document) : formatNumbers(document);
}

function documentOf(meant: MeantTrees, names: readonly string[]): UbjValue {
  const { outputs, width, base } = meant.trees;
  const trees = plainTrees(meant, true);
  const { objective, isMulticlass } = objectiveOf(meant);
  const codes = new Set<number>();
  const written = trees.map((tree, id) => treeDocument(tree, id, { width, codes }));
  const margins = trees.length > 0 ? [0] : Array.from(base, (b) => b * meant.scale);
  const scores = margins.map((margin) => float(Math.fround(scoreOf(meant.link, margin))));
  return {
    learner: {
      attributes: {},
      feature_names: names,
      feature_types: names.map((_, i) => (codes.has(i) ? "c" : "float")),
      gradient_booster: {
        model: {
          gbtree_model_param: { num_parallel_tree: "1", num_trees: `${trees.length}` },
          iteration_indptr: Array.from(
            { length: trees.length / outputs + 1 },
            (_, i) => i * outputs,
          ),
          tree_info: trees.map(({ output }) => output),
          trees: written,
        },
        name: "gbtree",
      },
      learner_model_param: {
        base_score: scores.length === 1 ? (scores[0] ?? "0E0") : `[${scores.join(",")}]`,
        boost_from_average: "1",
        num_class: isMulticlass ? `${outputs}` : "0",
        num_feature: `${width}`,
        num_target: isMulticlass ? "1" : `${outputs}`,
      },
      objective,
    },
    version: [2, 1, 0],
  };
}

function objectiveOf({ task, link, trees }: MeantTrees) {
  const plain = (name: string) => ({
    objective: { name, reg_loss_param: { scale_pos_weight: "1" } },
    isMulticlass: false,
  });
  if (link === "identity") return plain("reg:squarederror");
  if (link === "softmax") {
    const classes = { num_class: `${trees.outputs}` };
    return {
      objective: { name: "multi:softprob", softmax_multiclass_param: classes },
      isMulticlass: true,
    };
  }
  if (link === "sigmoid" && task.kind !== "multiclass")
    return plain(task.kind === "binary" ? "binary:logistic" : "reg:logistic");
  if (link === "step") return { objective: { name: "binary:hinge" }, isMulticlass: false };
  if (link === "exp") {
    const params = { max_delta_step: "0.7" };
    return {
      objective: { name: "count:poisson", poisson_regression_param: params },
      isMulticlass: false,
    };
  }
  const known = "identity, exp, step, sigmoid of one output, or softmax";
  return unsupported(at, `the link ${JSON.stringify(link)} of ${trees.outputs} outputs`, known);
}

interface TreeSetup {
  readonly width: number;
  /** Features that are split by categories; grows. */
  readonly codes: Set<number>;
}

function treeDocument(tree: PlainTree, id: number, { width, codes }: TreeSetup): UbjValue {
  const nodes = turned(tree.nodes);
  const size = nodes.length;
  const floats = (of: (node: PlainNode) => number) => Float32Array.from(nodes, of);
  const parents = new Int32Array(size).fill(2 ** 31 - 1);
  const lefts = Int32Array.from(nodes, (node) => ("feature" in node ? node.left : -1));
  const sets: { readonly node: number; readonly codes: readonly number[] }[] = [];
  for (const [i, node] of nodes.entries()) {
    if (!("feature" in node)) continue;
    if (node.zeroMissing)
      unsupported(at, "zero as a missing value", "splits where NaN alone is missing");
    parents.fill(i, node.left, node.left + 2);
    if (!isSet(node)) continue;
    codes.add(node.feature);
    sets.push({ node: i, codes: node.codes });
  }
  const counts = sets.map((set) => set.codes.length);
  const starts = counts.map((_, k) => counts.slice(0, k).reduce((sum, count) => sum + count, 0));
  return {
    base_weights: floats(({ value }) => value),
    categories: Int32Array.from(sets.flatMap((set) => set.codes)),
    categories_nodes: Int32Array.from(sets, ({ node }) => node),
    categories_segments: BigInt64Array.from(starts, BigInt),
    categories_sizes: BigInt64Array.from(counts, BigInt),
    default_left: Uint8Array.from(nodes, (node) =>
      "feature" in node ? Number(node.missingLeft !== isSet(node)) : 0,
    ),
    id,
    left_children: lefts,
    loss_changes: floats((node) => ("gain" in node ? node.gain : 0)),
    parents,
    right_children: lefts.map((left) => (left < 0 ? left : left + 1)),
    split_conditions: floats(conditionOf),
    split_indices: Int32Array.from(nodes, (node) => ("feature" in node ? node.feature : 0)),
    split_type: Uint8Array.from(nodes, (node) => Number(isSet(node))),
    sum_hessian: floats(({ cover }) => cover),
    tree_param: {
      num_deleted: "0",
      num_feature: `${width}`,
      num_nodes: `${size}`,
      size_leaf_vector: "1",
    },
  };
}

type SetNode = Extract<PlainNode, { feature: number }> & { readonly codes: readonly number[] };

/** Whether a node is split by categories; one that nothing is in is written as a comparison. */
function isSet(node: PlainNode): node is SetNode {
  return "feature" in node && node.codes !== undefined && node.codes.length > 0;
}

/** The nodes with the children of category splits exchanged: what is in a set goes right in XGBoost, and left here. */
function turned(nodes: readonly PlainNode[]): readonly PlainNode[] {
  const placed = [...nodes];
  for (const node of nodes) {
    if (!isSet(node)) continue;
    const [left, right] = nodes.slice(node.left, node.left + 2);
    if (left !== undefined && right !== undefined) placed.splice(node.left, 2, right, left);
  }
  return placed;
}

/** The answer of a leaf, or the least 32-bit number that is not below the threshold. */
function conditionOf(node: PlainNode): number {
  if (!("feature" in node)) return node.value;
  if (node.codes !== undefined) return node.codes.length > 0 ? 0 : -Infinity; // nothing is in an empty set
  const rounded = Math.fround(node.threshold);
  return rounded >= node.threshold ? rounded : nextFloat32(rounded);
}

function nextFloat32(x: number): number {
  if (x === 0) return 2 ** -149;
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, x);
  view.setInt32(0, view.getInt32(0) + (x > 0 ? 1 : -1));
  return view.getFloat32(0);
}

/** A 32-bit number as XGBoost writes it: nine digits, and an exponent that says that it is no whole number. */
function float(value: number): string {
  if (!Number.isFinite(value))
    return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  return Number(value.toPrecision(9)).toExponential().replace("e+", "E").replace("e-", "E-");
}

function formatNumbers(value: UbjValue): string {
  if (typeof value === "string" || typeof value === "number") return JSON.stringify(value);
  if (value instanceof Float32Array) return `[${Array.from(value, float).join(",")}]`;
  if (ArrayBuffer.isView(value)) return `[${value.join(",")}]`;
  if (Array.isArray(value)) return `[${value.map(formatNumbers).join(",")}]`;
  const fields = Object.entries(value).map(
    ([name, one]: [string, UbjValue]) => `${JSON.stringify(name)}:${formatNumbers(one)}`,
  );
  return `{${fields.join(",")}}`;
}
