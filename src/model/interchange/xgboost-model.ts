/** @file Reading XGBoost's models: JSON and UBJSON. */
import { checkNames } from "../../core/index.ts";
import type { Task } from "../../flow.ts";
import { belowFloat32, type TreeNode } from "../../tensor/index.ts";
import {
  classesOf,
  type FlatNode,
  type ImportedTrees,
  type ImportOptions,
  importedPredictor,
  namesOr,
  type RootOfOutput,
  treeOfFlat,
} from "./imported.ts";
import { corrupt, Found, unsupported } from "./problems.ts";
import { parseUbj } from "./ubj.ts";
import { marginOf, xgboostObjectives } from "./xgboost-objectives.ts";

const at = "xgboostModel";
const mostOutputs = 100_000;
const mostWords = 20_000_000; // of sets of categories: 80 MB

/**
 * A model that XGBoost wrote, as a predictor with equal predictions: XGBoost's comparison of 32-bit numbers is turned
 * into ours exactly, so that every row takes the same way; its sums of 32-bit numbers become sums of doubles, which
 * differ from them after seven digits. Boosters `gbtree` and `dart`, random forests among them; numeric and
 * category splits; missing values; objectives of classes, numbers, counts, ranks and survival.
 *
 * @param model - The bytes of a `.json` or `.ubj` file, or the text of the former.
 * @param options - Names of the classes; see {@link ImportOptions}.
 * @throws `model/corrupt-interchange`, `model/unsupported-interchange`
 * @example
 * ```ts
 * const stump = { feature: 0, threshold: 2, left: { value: -1 }, right: { value: 1 } };
 * const predictor = treesPredictor({ width: 1, trees: treesOf([stump], { width: 1 }), link: "sigmoid" });
 * const read = xgboostModel(formatXgboost(predictor, { names: ["age"] }));
 * read.names // => ["age"]
 * read.predictor.predict(matrix([[1], [2]])) // => predictor.predict(matrix([[1], [2]]))
 * ```
 * @see XGBoost 3.2, doc/model.schema. Peer: `xgboost.Booster.load_model`.
 */
export function xgboostModel(
  model: Uint8Array | string,
  options: ImportOptions = {},
): ImportedTrees {
  checkNames(at, options, ["classes"]);
  const learner = new Found(documentOf(model), { at, place: "" }).get("learner");
  const params = learner.get("learner_model_param");
  const width = params.get("num_feature").whole(1, 2 ** 31 - 1);
  const { name, found } = objectiveOf(learner);
  const outputs = outputsOf(params, found.task === "multiclass");
  const base = baseOf(params.get("base_score"), outputs).map((score) =>
    marginOf(found.link, score),
  );
  const booster = learner.get("gradient_booster");
  const roots = rootsOf(booster, { width, outputs });
  const names = textsOr(learner.get("feature_names"), width);
  const types = textsOr(learner.get("feature_types"), width);
  const task: Task =
    found.task === "multiclass"
      ? { kind: "multiclass", classes: classesOf(outputs, options, params.get("num_class").place) }
      : { kind: found.task };
  if (task.kind !== "multiclass" && outputs > 1)
    unsupported(at, `${name} of ${outputs} targets`, "one target, or classes");
  const told = namesOr(names, width);
  return {
    predictor: importedPredictor({
      width,
      roots,
      base,
      task,
      link: found.link,
      average: false,
      scale: 1,
    }),
    names: told,
    categorical: told.filter((_, i) => types[i] === "c"),
  };
}

function documentOf(model: Uint8Array | string): unknown {
  if (typeof model === "string") return parsed(model);
  // {" or { followed by white space is JSON; UBJSON goes on with the type of a length
  if (model[0] === 0x7b && model[1] !== 0x22 && !isSpace(model[1])) return parseUbj(model, at);
  return parsed(new TextDecoder().decode(model));
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function parsed(text: string): unknown {
  try {
    return JSON.parse(withoutInfinity(text));
  } catch (error) {
    return corrupt({ at, place: "" }, "JSON or UBJSON", (error as Error).message);
  }
}

/** JSON of what XGBoost writes: it has infinite numbers, which JSON has not. */
function withoutInfinity(text: string): string {
  if (!text.includes("Infinity")) return text;
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|Infinity/g, (found) =>
    found === "Infinity" ? "1e999" : found,
  );
}

function objectiveOf(learner: Found) {
  const name = learner.get("objective").get("name").text();
  const found = Object.hasOwn(xgboostObjectives, name) ? xgboostObjectives[name] : undefined;
  if (found !== undefined) return { name, found };
  const known = Object.keys(xgboostObjectives).join(", ");
  return unsupported(at, `the objective ${JSON.stringify(name)}`, `one of ${known}`);
}

function outputsOf(params: Found, isMulticlass: boolean): number {
  const classes = params.get("num_class").whole(0, mostOutputs);
  const targets = params.get("num_target");
  const some = targets.isThere ? targets.whole(0, mostOutputs) : 1;
  if (isMulticlass && classes < 2) params.get("num_class").refuse("2 classes or more");
  return Math.max(1, classes, some);
}

/** `base_score`: "5E-1", "[5E-1]", one per output, or a number. */
function baseOf(found: Found, outputs: number): readonly number[] {
  const written = found.text();
  const inner = /^\s*\[(.*)\]\s*$/.exec(written)?.[1] ?? written;
  const scores = inner.split(",").map((one) => (one.trim() === "" ? Number.NaN : Number(one)));
  if (!scores.every(Number.isFinite)) return found.refuse("a number, or numbers in brackets");
  const [first = 0] = scores;
  if (scores.length === 1) return new Array<number>(outputs).fill(Math.fround(first));
  if (scores.length !== outputs) return found.refuse(`1 or ${outputs} numbers`);
  return scores.map(Math.fround);
}

function textsOr(found: Found, width: number): readonly string[] {
  if (!found.isThere) return [];
  const texts = found.texts();
  return texts.length === 0 || texts.length === width ? texts : found.refuse(`${width} texts`);
}

interface Shape {
  readonly width: number;
  readonly outputs: number;
}

function rootsOf(booster: Found, shape: Shape): readonly RootOfOutput[] {
  const name = booster.get("name").text();
  if (name !== "gbtree" && name !== "dart")
    return unsupported(at, `the booster ${JSON.stringify(name)}`, "gbtree or dart");
  const model = (name === "dart" ? booster.get("gbtree") : booster).get("model");
  const trees = model.get("trees").list();
  const outputs = model.get("tree_info").numbers(trees.length);
  const weights = name === "dart" ? booster.get("weight_drop").numbers(trees.length) : undefined;
  const budget = { words: mostWords };
  return trees.map((tree, t) => {
    const output = outputs[t] ?? Number.NaN;
    if (!(output >= 0 && output < shape.outputs && Number.isInteger(output)))
      model.get("tree_info").refuse(`outputs below ${shape.outputs}`);
    return { output, root: rootOf(tree, { ...shape, weight: weights?.[t] ?? 1, budget }) };
  });
}

interface TreeShape extends Shape {
  readonly weight: number;
  readonly budget: { words: number };
}

function rootOf(tree: Found, { width, weight, budget }: TreeShape): TreeNode {
  const lefts = tree.get("left_children").numbers();
  const size = lefts.length;
  const vector = tree.get("tree_param").get("size_leaf_vector");
  if (vector.isThere && vector.whole(0, mostOutputs) > 1)
    return unsupported(
      at,
      "trees whose leaves are vectors",
      'the multi_strategy "one_output_per_tree"',
    );
  const column = (name: string): Float64Array => tree.get(name).numbers(size);
  const [rights, features, conditions] = [
    column("right_children"),
    column("split_indices"),
    column("split_conditions"),
  ];
  const [defaults, gains, covers] = [
    column("default_left"),
    column("loss_changes"),
    column("sum_hessian"),
  ];
  const codes = codesOf(tree, size, budget);
  const scaled = (value: number): number =>
    weight === 1 ? value : Math.fround(value * Math.fround(weight));
  const read = (i: number): FlatNode => {
    const [left = -1, right = -1, cover = 0] = [lefts[i], rights[i], covers[i]];
    const condition = Math.fround(conditions[i] ?? 0);
    if (left === -1) return { value: scaled(condition), cover };
    const feature = features[i] ?? 0;
    if (!(Number.isInteger(feature) && feature >= 0 && feature < width))
      tree.get("split_indices").refuse(`features below ${width}`);
    const missingLeft = defaults[i] !== 0;
    const some = { feature, cover, gain: gains[i] ?? 0 };
    const set = codes.get(i);
    if (set === undefined)
      return { split: { ...some, threshold: belowFloat32(condition), missingLeft }, left, right };
    // what is in a set goes right in XGBoost, and left here
    return { split: { ...some, codes: set, missingLeft: !missingLeft }, left: right, right: left };
  };
  return treeOfFlat(size, tree.place, read);
}

/** The codes of each category split, by node. */
function codesOf(
  tree: Found,
  size: number,
  budget: { words: number },
): Map<number, readonly number[]> {
  const sets = new Map<number, readonly number[]>();
  const types = tree.get("split_type");
  const kinds = types.isThere ? types.numbers(size) : new Float64Array(size);
  if (!kinds.includes(1)) return sets;
  const [all, nodes] = [tree.get("categories").numbers(), tree.get("categories_nodes").numbers()];
  const segments = tree.get("categories_segments").numbers(nodes.length);
  const sizes = tree.get("categories_sizes").numbers(nodes.length);
  for (const [k, node] of nodes.entries()) {
    const [from = 0, count = 0] = [segments[k], sizes[k]];
    if (!(from >= 0 && count >= 0 && from + count <= all.length))
      tree.get("categories_segments").refuse(`places up to ${all.length}`);
    const codes = Array.from(all.subarray(from, from + count));
    checkCodes(tree.get("categories"), codes, budget);
    sets.set(node, codes);
  }
  const lefts = tree.get("left_children").numbers();
  const bare = kinds.findIndex((type, i) => type === 1 && !sets.has(i) && lefts[i] !== -1);
  if (bare >= 0) tree.get("categories_nodes").refuse(`categories of node ${bare}`);
  return sets;
}

function checkCodes(place: Found, codes: readonly number[], budget: { words: number }): void {
  if (!codes.every((code) => Number.isInteger(code) && code >= 0 && code < 1_000_000))
    place.refuse("whole numbers below 1000000");
  budget.words -= codes.reduce((most, code) => Math.max(most, code), 0) / 32 + codes.length;
  if (budget.words < 0) place.refuse(`sets of at most ${mostWords} words in all`);
}
