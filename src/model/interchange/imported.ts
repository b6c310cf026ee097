/** @file What a model of another library becomes, and nested trees of its flat nodes. */
import type { Task } from "../../flow.ts";
import { type SplitNode, type TreeNode, treeImportances, treesOf } from "../../tensor/index.ts";
import type { TreeLink } from "../tree/links.ts";
import { type TreesPredictor, treesPredictor } from "../tree/trees-predictor.ts";
import { corrupt, type Place } from "./problems.ts";

/** A model of another library, read. */
export interface ImportedTrees {
  readonly predictor: TreesPredictor;
  /** Names of the features, [d]: f0, f1, … where the model has none. */
  readonly names: readonly string[];
  /** The names of those whose numbers are codes of categories. */
  readonly categorical: readonly string[];
}

/** What is known of classes beside the model, which numbers them. */
export interface ImportOptions {
  /** Names of the classes of a multiclass model. Default "0", "1", … */
  readonly classes?: readonly string[];
}

/** A node by its number: a leaf, or a split with the numbers of its children. */
export type FlatNode =
  | { readonly value: number; readonly cover: number }
  | {
      readonly split: Omit<SplitNode, "left" | "right">;
      readonly left: number;
      readonly right: number;
    };

/**
 * The tree that begins at node 0 of some. O(nodes), and no recursion: trees may be deep.
 *
 * @throws `model/corrupt-interchange` where a node is reached twice or there is none of that number
 */
export function treeOfFlat(size: number, where: Place, read: (i: number) => FlatNode): TreeNode {
  const order = [0];
  const nodes = new Map<number, FlatNode>();
  for (const i of order) {
    if (!Number.isInteger(i) || i < 0 || i >= size)
      corrupt(where, `a node from 0 to ${size - 1}`, i);
    if (nodes.has(i)) corrupt(where, "each node below one other", i);
    const node = read(i);
    nodes.set(i, node);
    if ("split" in node) order.push(node.left, node.right);
  }
  const made = new Map<number, TreeNode>();
  const madeOf = (i: number): TreeNode => made.get(i) ?? { value: 0 };
  for (const i of order.reverse()) {
    const node = nodes.get(i);
    if (node === undefined) continue;
    if ("split" in node)
      made.set(i, { ...node.split, left: madeOf(node.left), right: madeOf(node.right) });
    else made.set(i, node);
  }
  return madeOf(0);
}

/** A tree and the output it adds to. */
export interface RootOfOutput {
  readonly root: TreeNode;
  readonly output: number;
}

/** What becomes a predictor. */
export interface ImportParts {
  readonly width: number;
  readonly roots: readonly RootOfOutput[];
  readonly base: readonly number[];
  readonly average: boolean;
  readonly task: Task;
  readonly link: TreeLink;
  readonly scale: number;
}

/** The predictor of trees, in rounds of one tree per output; a tree of 0 fills up where there is none. */
export function importedPredictor(parts: ImportParts): TreesPredictor {
  const { width, base, average, task, link, scale } = parts;
  const outputs = base.length;
  const trees = treesOf(inRounds(parts.roots, outputs), { width, outputs, average, base });
  const importances = treeImportances(trees);
  return treesPredictor({
    ...{ width, trees, link },
    ...(task.kind === "binary" ? {} : { task }),
    ...(scale === 1 ? {} : { scale }),
    ...(importances === undefined ? {} : { importances }),
  });
}

function inRounds(roots: readonly RootOfOutput[], outputs: number): TreeNode[] {
  const lists = Array.from({ length: outputs }, (): TreeNode[] => []);
  for (const { root, output } of roots) lists[output]?.push(root);
  const rounds = lists.reduce((most, list) => Math.max(most, list.length), 0);
  return Array.from({ length: rounds }, (_, round) =>
    lists.map((list) => list[round] ?? { value: 0 }),
  ).flat();
}

/** The classes of a model that numbers them. */
export function classesOf(k: number, options: ImportOptions, where: Place): readonly string[] {
  const { classes = Array.from({ length: k }, (_, i) => `${i}`) } = options;
  if (classes.length !== k) corrupt(where, `${classes.length} classes, as many as are named`, k);
  return classes;
}

/** The names of a model, or f0, f1, … */
export const namesOr = (names: readonly string[], width: number): readonly string[] =>
  names.length === width ? names : Array.from({ length: width }, (_, i) => `f${i}`);
