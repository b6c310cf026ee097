/** @file What a predictor is to other libraries: plain trees of one output each, as nested nodes. */
import type { Predictor, Task } from "../../flow.ts";
import { codesOf, nodeFlags, type Trees, treeCount } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { taskOf } from "../estimator.ts";
import { type TreeLink, treeLinks } from "../tree/links.ts";

/** Trees with what they mean. */
export interface MeantTrees {
  readonly trees: Trees;
  readonly task: Task;
  readonly link: TreeLink;
  readonly scale: number;
}

/** The trees of a predictor. Throws `model/unsupported-interchange` where it has none. */
export function meantTrees(at: string, predictor: Predictor): MeantTrees {
  const task = taskOf(predictor);
  if (!("trees" in predictor) || !isTrees(predictor.trees))
    return fail("model/unsupported-interchange", {
      at,
      what: `a predictor of kind ${JSON.stringify(predictor.kind)}`,
      expected: "one of trees: boost, randomForest, extraTrees, decisionTree, or one that was read",
    });
  const scale = "scale" in predictor && typeof predictor.scale === "number" ? predictor.scale : 1;
  return { trees: predictor.trees, task, link: linkOf(predictor, task), scale };
}

function isTrees(value: unknown): value is Trees {
  return typeof value === "object" && value !== null && "starts" in value && "leafWidth" in value;
}

const usual: Readonly<Record<Task["kind"], TreeLink>> = {
  binary: "sigmoid",
  multiclass: "softmax",
  regression: "identity",
};

function linkOf(predictor: Predictor, task: Task): TreeLink {
  const link = "link" in predictor ? predictor.link : undefined;
  return treeLinks.find((one) => one === link) ?? usual[task.kind];
}

/** A node of a tree of one output, with its place among the tree's nodes. */
export type PlainNode =
  | { readonly value: number; readonly cover: number }
  | {
      readonly feature: number;
      readonly threshold: number;
      /** Codes that go left; undefined where numbers are compared. */
      readonly codes: readonly number[] | undefined;
      readonly missingLeft: boolean;
      readonly zeroMissing: boolean;
      readonly left: number;
      readonly value: number;
      readonly cover: number;
      readonly gain: number;
    };

/** A tree of one output: its nodes, of which children are neighbours and follow their parent. */
export interface PlainTree {
  readonly output: number;
  readonly nodes: readonly PlainNode[];
}

/**
 * Trees with one number in a leaf, in rounds of one per output: what every other library has. A tree of vectors
 * becomes k trees. Values are times `factor`, and the base is in the first round.
 */
export function plainTrees({ trees, scale }: MeantTrees, divide: boolean): readonly PlainTree[] {
  const { outputs, leafWidth, base } = trees;
  const count = treeCount(trees);
  const rounds = (count * leafWidth) / outputs;
  const factor = divide && trees.average ? scale / rounds : scale;
  const everyRound = trees.average && !divide; // the mean of the base is the base
  return Array.from({ length: rounds * outputs }, (_, t) => {
    const [output, round] = [t % outputs, Math.floor(t / outputs)];
    const tree = leafWidth === 1 ? t : round;
    const added = round === 0 || everyRound ? (base[output] ?? 0) * scale : 0;
    const offset = leafWidth === 1 ? 0 : output;
    const [from = 0, to = 0] = trees.starts.subarray(tree, tree + 2);
    const nodes = Array.from({ length: to - from }, (_, i) =>
      plainNode(trees, from + i, { from, offset, factor, added }),
    );
    return { output, nodes };
  });
}

interface NodeSetup {
  readonly from: number;
  readonly offset: number;
  readonly factor: number;
  readonly added: number;
}

function plainNode(trees: Trees, i: number, { from, offset, factor, added }: NodeSetup): PlainNode {
  const value = (trees.values[i * trees.leafWidth + offset] ?? 0) * factor + added;
  const [feature = -1, flags = 0] = [trees.features[i], trees.flags[i]];
  const cover = trees.covers[i] ?? 0;
  if (feature < 0) return { value, cover };
  const threshold = trees.thresholds[i] ?? 0;
  return {
    ...{ feature, value, cover, threshold },
    codes: (flags & nodeFlags.categories) === 0 ? undefined : codesOf(trees, threshold),
    missingLeft: (flags & nodeFlags.missingLeft) !== 0,
    zeroMissing: (flags & nodeFlags.zeroMissing) !== 0,
    left: (trees.left[i] ?? 0) - from,
    gain: trees.gains[i] ?? 0,
  };
}

/** Refuses names that are not as many as the features. Throws `option/out-of-range` through `refuse`. */
export function checkFeatureNames(at: string, names: readonly string[], width: number): void {
  if (names.length !== width)
    fail("model/mismatch-names", { at, expected: width, got: names.length });
}
