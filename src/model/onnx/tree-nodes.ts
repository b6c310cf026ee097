/** @file Trees of any origin as one TreeEnsemble of ONNX, which compares doubles. */
import type { OnnxAttribute } from "../../tensor/index.ts";
import {
  type MeantTrees,
  type PlainNode,
  type PlainTree,
  plainTrees,
} from "../interchange/exported.ts";
import type { TreeLink } from "../tree/links.ts";
import { constantNodes } from "./constant-nodes.ts";
import type { Nodes, TensorName } from "./nodes.ts";
import { unsupported } from "./unsupported.ts";

/** The outputs of trees behind their link, [n, k]. Throws `model/unsupported-onnx`. */
export function treeNodes(nodes: Nodes, x: TensorName, meant: MeantTrees): TensorName {
  const trees = plainTrees(meant, true);
  const { outputs, base } = meant.trees;
  if (trees.length === 0) {
    const told = base.map((b) => b * meant.scale);
    return linked(nodes, constantNodes(nodes, x, told), meant.link);
  }
  const sums = nodes.learned("TreeEnsemble", wholeCodes(nodes, x, trees), {
    ...ensembleOf(trees),
    n_targets: outputs,
  });
  return linked(nodes, sums, meant.link);
}

type Inner = Extract<PlainNode, { readonly feature: number }>;

const innerOf = (trees: readonly PlainTree[]): readonly Inner[] =>
  trees.flatMap(({ nodes }) => nodes.filter((node) => "feature" in node));

/** The rows with codes cut to whole numbers where splits are by category. */
function wholeCodes(nodes: Nodes, x: TensorName, trees: readonly PlainTree[]): TensorName {
  const inner = innerOf(trees);
  if (inner.some(({ zeroMissing }) => zeroMissing))
    unsupported("trees that take zero for a missing value", "trees to which only NaN is missing");
  const coded = new Set(inner.flatMap(({ feature, codes }) => (codes ? [feature] : [])));
  if (coded.size === 0) return x;
  if (inner.some(({ feature, codes }) => codes === undefined && coded.has(feature)))
    unsupported(
      "trees that split one feature by number here and by category there",
      "features that are one of the two",
    );
  const below = nodes.add("Less", [x, nodes.number(0)]);
  const up = nodes.add("Neg", [nodes.add("Floor", [nodes.add("Neg", [x])])]);
  const cut = nodes.add("Where", [below, up, nodes.add("Floor", [x])]);
  const width = Math.max(...inner.map(({ feature }) => feature)) + 1;
  return nodes.add(
    "Concat",
    Array.from({ length: width }, (_, j) => column(nodes, coded.has(j) ? cut : x, j)),
    { axis: 1 },
  );
}

const column = (nodes: Nodes, x: TensorName, j: number): TensorName =>
  nodes.add("Gather", [x, nodes.whole([j])], { axis: 1 });

/** Numbers of the modes in TreeEnsemble of ai.onnx.ml 5. */
const modes = { below: 1, member: 6 };

/** The attributes of a TreeEnsemble; the left child is where the condition holds. */
class Ensemble {
  readonly roots: number[] = [];
  readonly features: number[] = [];
  readonly modes: number[] = [];
  readonly splits: number[] = [];
  readonly missing: number[] = [];
  readonly children = { true: [] as number[], false: [] as number[] };
  readonly areLeaves = { true: [] as number[], false: [] as number[] };
  readonly members: number[] = [];
  readonly targets: number[] = [];
  readonly weights: number[] = [];

  /** Adds a tree; inner nodes and leaves are numbered apart. */
  add({ nodes, output }: PlainTree): void {
    this.roots.push(this.features.length);
    const places = this.#placesOf(nodes, output);
    for (const node of nodes) if ("feature" in node) this.#split(node, places);
    if (nodes.length === 1) this.#stump(places[0]?.at ?? 0);
  }

  #placesOf(nodes: readonly PlainNode[], output: number): readonly Place[] {
    let next = this.features.length;
    return nodes.map((node) => {
      if ("feature" in node) return { at: next++, isLeaf: false };
      this.targets.push(output);
      return { at: this.weights.push(node.value) - 1, isLeaf: true };
    });
  }

  #split(node: Inner, places: readonly Place[]): void {
    const { feature, codes = [], missingLeft, left } = node;
    const isMember = codes.length > 0;
    const never = node.codes !== undefined && !isMember; // only what is missing can go left
    this.features.push(feature);
    this.modes.push(isMember ? modes.member : modes.below);
    this.splits.push(isMember ? 0 : never ? -Infinity : node.threshold);
    if (isMember) this.members.push(...codes, Number.NaN);
    this.missing.push(Number(missingLeft));
    this.#child("true", places[left]);
    this.#child("false", places[left + 1]);
  }

  /** A tree of one leaf is a node both of whose children are that leaf. */
  #stump(leaf: number): void {
    const place = { at: leaf, isLeaf: true };
    this.features.push(0);
    this.modes.push(modes.below);
    this.splits.push(0);
    this.missing.push(0);
    this.#child("true", place);
    this.#child("false", place);
  }

  #child(side: "true" | "false", place: Place | undefined): void {
    this.children[side].push(place?.at ?? 0);
    this.areLeaves[side].push(Number(place?.isLeaf));
  }
}

interface Place {
  /** Number among the inner nodes, or among the leaves. */
  readonly at: number;
  readonly isLeaf: boolean;
}

function ensembleOf(trees: readonly PlainTree[]): Readonly<Record<string, OnnxAttribute>> {
  const all = new Ensemble();
  for (const tree of trees) all.add(tree);
  const { members } = all;
  return {
    tree_roots: all.roots,
    nodes_featureids: all.features,
    nodes_modes: { tensor: { type: "uint8", shape: [all.modes.length], values: all.modes } },
    nodes_splits: doubles(all.splits),
    nodes_missing_value_tracks_true: all.missing,
    nodes_truenodeids: all.children.true,
    nodes_trueleafs: all.areLeaves.true,
    nodes_falsenodeids: all.children.false,
    nodes_falseleafs: all.areLeaves.false,
    leaf_targetids: all.targets,
    leaf_weights: doubles(all.weights),
    ...(members.length === 0 ? {} : { membership_values: doubles(members) }),
  };
}

const doubles = (values: readonly number[]): OnnxAttribute => ({
  tensor: { type: "double", shape: [values.length], values },
});

/** Answers of outputs: the same formulas as in `throughLink`. */
export function linked(nodes: Nodes, m: TensorName, link: TreeLink): TensorName {
  return links[link](nodes, m);
}

const links: Readonly<Record<TreeLink, (nodes: Nodes, m: TensorName) => TensorName>> = {
  identity: (_, m) => m,
  sigmoid: (nodes, m) => nodes.add("Sigmoid", [m]),
  softmax: (nodes, m) => nodes.add("Softmax", [m], { axis: 1 }),
  exp: (nodes, m) => nodes.add("Exp", [m]),
  step: (nodes, m) => nodes.add("Cast", [nodes.add("Greater", [m, nodes.number(0)])], { to: 11 }),
  softplus: (nodes, m) => {
    const small = nodes.add("Exp", [nodes.add("Neg", [nodes.add("Abs", [m])])]);
    const rest = nodes.add("Log", [nodes.add("Add", [small, nodes.number(1)])]);
    return nodes.add("Add", [nodes.add("Max", [m, nodes.number(0)]), rest]);
  },
  signedSquare: (nodes, m) => nodes.add("Mul", [m, nodes.add("Abs", [m])]),
};
