/** @file The predictor of trees of any origin: forests, single trees, models of other libraries. */
import type { Predictor, Task } from "../../flow.ts";
import { type Trees, treePredictor } from "../../tensor/index.ts";
import { checkWidth, taskOf } from "../estimator.ts";
import { readTrees } from "../read-trees.ts";
import { damaged, type Fields, storedTask } from "../state-fields.ts";
import { type TreeLink, throughLink, treeLinks } from "./links.ts";

/** What trees are and mean. */
export interface TreesState {
  /** Features of a row, d. */
  readonly width: number;
  readonly trees: Trees;
  /** Absent: binary. */
  readonly task?: Task;
  /** From outputs to answers. */
  readonly link: TreeLink;
  /** What outputs are multiplied by before the link; absent: 1. */
  readonly scale?: number;
  /** Share of each feature in all gain, [d], summing to 1; absent when there is no split or nobody knows. */
  readonly importances?: Float64Array;
  /** What rows that a tree did not see were told, where a forest was asked to judge itself so and there is a score. */
  readonly outOfBag?: OutOfBag;
}

/** A forest judged by rows that its trees did not see. */
export interface OutOfBag {
  /** Rows that at least one tree did not see. */
  readonly rows: number;
  /** Accuracy for classes, R² for numbers. */
  readonly score: number;
}

/** Predicts link(scale · (base + Σ or mean of the leaves)). */
export interface TreesPredictor extends Predictor, TreesState {
  readonly kind: "trees";
}

/**
 * The predictor of trees; learning, loading and reading other libraries' models come through here. O(n·trees·depth).
 *
 * @param state - Trees, task and link: binary and regression have one output, multiclass one per class.
 * @returns The predictor; its `predict` throws `model/mismatch-width`.
 * @example
 * ```ts
 * const stump = { feature: 0, threshold: 2.5, left: { value: 0 }, right: { value: Math.log(3) } };
 * const trees = treesOf([stump], { width: 1 });
 * const predictor = treesPredictor({ width: 1, trees, link: "sigmoid" });
 * predictor.predict(matrix([[2], [3]])) // => Float64Array.of(0.5, 0.75)
 * ```
 */
export function treesPredictor(state: TreesState): TreesPredictor {
  const { width, trees, link, scale = 1 } = state;
  const outputs = treePredictor(trees);
  const predict: Predictor["predict"] = (x) => {
    checkWidth("trees", x, width);
    return throughLink(outputs(x), { link, scale, k: trees.outputs });
  };
  return { kind: "trees", ...state, predict };
}

/** The predictor of a stored state. @throws `model/corrupt-state` */
export function readTreesPredictor(state: Fields): TreesPredictor {
  const width = state.number("width");
  const trees = readTrees(state.fields("trees"), width);
  const task = storedTask(state);
  const k = outputsOf(task);
  if (trees.outputs !== k) damaged("trees.outputs", `${k}`, `${trees.outputs}`);
  const told = state.text("link");
  const link = treeLinks.find((one) => one === told);
  if (link === undefined) return damaged("link", `one of ${treeLinks.join(", ")}`, told);
  const importances = state.has("importances")
    ? { importances: state.array("importances", Float64Array, width) }
    : {};
  return treesPredictor({
    ...{ width, trees, link, ...importances },
    ...(task === undefined ? {} : { task }),
    ...(state.has("scale") ? { scale: state.number("scale") } : {}),
    ...(state.has("outOfBag") ? { outOfBag: readOutOfBag(state.fields("outOfBag")) } : {}),
  });
}

const readOutOfBag = (fields: Fields): OutOfBag => ({
  rows: fields.number("rows"),
  score: fields.number("score"),
});

/** Outputs of a task: one per class, or one. */
export function outputsOf(task: Task | undefined): number {
  const known = taskOf(task === undefined ? {} : { task });
  return known.kind === "multiclass" ? known.classes.length : 1;
}
