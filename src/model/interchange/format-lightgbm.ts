/** @file Writing trees as LightGBM's text models. */
import { checkNames } from "../../core/index.ts";
import type { Predictor } from "../../flow.ts";
import { nextUp } from "../../tensor/index.ts";
import {
  checkFeatureNames,
  type MeantTrees,
  meantTrees,
  type PlainNode,
  type PlainTree,
  plainTrees,
} from "./exported.ts";
import { unsupported } from "./problems.ts";

/** How a model is written for LightGBM. */
export interface LightgbmFormat {
  /** Names of the features, [d], without white space. */
  readonly names: readonly string[];
}

const at = "formatLightgbm";

/**
 * Trees as a text model that LightGBM loads, with equal predictions for every row: v < t is v ≤ the number before t.
 * Forests are written with `average_output`. A category split whose missing values go with its set is written as two.
 *
 * @param predictor - Of trees: `boost`, a forest, a tree, or one that was read.
 * @param options - Names; white space in them becomes "_".
 * @throws `model/unsupported-interchange` for a link that LightGBM has not; `model/mismatch-names`
 * @see LightGBM 4.7, src/io/tree.cpp. Peer: `lightgbm.Booster(model_str=…)`.
 */
export function formatLightgbm(predictor: Predictor, options: LightgbmFormat): string {
  checkNames(at, options, ["names"]);
  const meant = meantTrees(at, predictor);
  const { names } = options;
  const { outputs, width, average } = meant.trees;
  checkFeatureNames(at, names, width);
  const written = plainTrees(meant.scale === 1 ? meant : { ...meant, scale: 1 }, false);
  const trees = written.length > 0 ? written : constants(meant);
  const blocks = trees.map((tree, i) => `Tree=${i}\n${blockOf(tree)}\n\n`);
  const objective = objectiveOf(meant);
  const sizes = blocks.map((block) => new TextEncoder().encode(block).length);
  const head = [
    ...["tree", "version=v4", `num_class=${outputs}`, `num_tree_per_iteration=${outputs}`],
    ...["label_index=0", `max_feature_idx=${width - 1}`],
    ...(objective === undefined ? [] : [`objective=${objective}`]),
    ...(average ? ["average_output"] : []),
    `feature_names=${names.map((name) => name.replaceAll(/\s/g, "_")).join(" ")}`,
    `feature_infos=${infosOf(trees, width).join(" ")}`,
    `tree_sizes=${sizes.join(" ")}`,
  ];
  return `${head.join("\n")}\n\n${blocks.join("")}end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\npandas_categorical:null\n`;
}

/** A tree of the base alone for each output, where there is no tree. */
function constants({ trees }: MeantTrees): readonly PlainTree[] {
  return Array.from(trees.base, (value, output) => ({ output, nodes: [{ value, cover: 0 }] }));
}

function objectiveOf({ task, link, scale, trees }: MeantTrees): string | undefined {
  const classes = `num_class:${trees.outputs}`;
  if (link === "sigmoid" && task.kind === "binary") return `binary sigmoid:${scale}`;
  if (link === "sigmoid" && task.kind === "multiclass")
    return `multiclassova ${classes} sigmoid:${scale}`;
  if (scale !== 1)
    return unsupported(
      at,
      `sums times ${scale}`,
      "a scale of 1 unless the link is sigmoid of classes",
    );
  if (link === "softmax") return `multiclass ${classes}`;
  if (link === "identity") return task.kind === "regression" ? "regression" : undefined;
  const names = {
    exp: "poisson",
    sigmoid: "cross_entropy",
    softplus: "cross_entropy_lambda",
    signedSquare: "regression sqrt",
  };
  if (link === "step")
    return unsupported(
      at,
      'the link "step"',
      "identity, exp, sigmoid, softmax, softplus or signedSquare",
    );
  return names[link];
}

/** What LightGBM notes of each feature: its range, its categories, or "none" where no split uses it. */
function infosOf(trees: readonly PlainTree[], width: number): readonly string[] {
  const codes = new Map<number, Set<number>>();
  const used = new Set<number>();
  for (const { nodes } of trees)
    for (const node of nodes) {
      if (!("feature" in node)) continue;
      used.add(node.feature);
      if (node.codes === undefined) continue;
      const known = codes.get(node.feature) ?? new Set([0]);
      for (const code of node.codes) known.add(code);
      codes.set(node.feature, known);
    }
  return Array.from({ length: width }, (_, f) => {
    const known = codes.get(f);
    if (known !== undefined) return [...known].sort((a, b) => a - b).join(":");
    return used.has(f) ? "[-1e+300:1e+300]" : "none";
  });
}

/** An inner node as LightGBM numbers them; a child below 0 is leaf −1 − child. */
interface Inner {
  readonly feature: number;
  readonly gain: number;
  readonly threshold: number;
  readonly type: number;
  left: number;
  right: number;
  readonly value: number;
  readonly cover: number;
}

interface Block {
  readonly inner: Inner[];
  readonly leaves: { readonly value: number; readonly cover: number }[];
  readonly boundaries: number[];
  readonly words: number[];
}

function blockOf({ nodes }: PlainTree): string {
  const block: Block = { inner: [], leaves: [], boundaries: [0], words: [] };
  writeNodes(nodes, block);
  const { inner, leaves, boundaries, words } = block;
  const count = countOf(nodes[0]?.cover ?? 0, nodes);
  const row = <T>(name: string, items: readonly T[], of: (item: T) => number): string =>
    `${name}=${items.map((item) => number(of(item))).join(" ")}`;
  return [
    `num_leaves=${leaves.length}`,
    `num_cat=${boundaries.length - 1}`,
    row("split_feature", inner, ({ feature }) => feature),
    row("split_gain", inner, ({ gain }) => gain),
    row("threshold", inner, ({ threshold }) => threshold),
    row("decision_type", inner, ({ type }) => type),
    row("left_child", inner, ({ left }) => left),
    row("right_child", inner, ({ right }) => right),
    row("leaf_value", leaves, ({ value }) => value),
    row("leaf_weight", leaves, ({ cover }) => cover),
    row("leaf_count", leaves, ({ cover }) => count(cover)),
    row("internal_value", inner, ({ value }) => value),
    row("internal_weight", inner, ({ cover }) => cover),
    row("internal_count", inner, ({ cover }) => count(cover)),
    ...(boundaries.length > 1
      ? [row("cat_boundaries", boundaries, (b) => b), row("cat_threshold", words, (word) => word)]
      : []),
    ...["is_linear=0", "shrinkage=1", ""],
  ].join("\n");
}

/** Covers as counts of rows: themselves where they are whole, else in shares of 2³⁰. */
function countOf(root: number, nodes: readonly PlainNode[]): (cover: number) => number {
  const isWhole = nodes.every(({ cover }) => Number.isInteger(cover));
  const factor = isWhole || root <= 0 ? 1 : 2 ** 30 / root;
  return (cover) => Math.round(cover * factor);
}

function number(value: number): string {
  if (Number.isNaN(value)) return "0";
  return `${Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value))}`;
}

/** Where a node is to be written, and how its parent is told its number. */
interface Task {
  readonly node: number;
  readonly tell: (child: number) => void;
}

function writeNodes(nodes: readonly PlainNode[], block: Block): void {
  const tasks: Task[] = [{ node: 0, tell: () => undefined }];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    const node = nodes[task.node];
    if (node === undefined) continue;
    if (!("feature" in node)) {
      task.tell(-block.leaves.push(node));
      continue;
    }
    const { left } = node;
    const [main, guarded] = innerOf(node, block);
    task.tell(block.inner.length);
    block.inner.push(main);
    const last = guarded ?? main;
    if (guarded !== undefined) {
      main.left = block.inner.push(guarded) - 1;
      tasks.push({ node: left, tell: (child) => set(main, "right", child) });
    }
    tasks.push({ node: left + 1, tell: (child) => set(last, "right", child) });
    tasks.push({ node: left, tell: (child) => set(last, "left", child) });
  }
}

function set(inner: Inner, side: "left" | "right", child: number): void {
  inner[side] = child;
}

const bits = { category: 1, missingLeft: 2, zero: 4, nan: 8 } as const;

/**
 * The inner node of a split. LightGBM sends what is missing at a category split right: where ours sends it left, a
 * split before it does so, and what is left of ours is written twice.
 */
function innerOf(node: Extract<PlainNode, { feature: number }>, block: Block): [Inner, Inner?] {
  const { feature, gain, value, cover, codes, missingLeft } = node;
  const some = { feature, value, cover, left: 0, right: 0 };
  if (codes === undefined) {
    const type = (node.zeroMissing ? bits.zero : bits.nan) | (missingLeft ? bits.missingLeft : 0);
    return [{ ...some, gain, threshold: -nextUp(-node.threshold), type }];
  }
  if (node.zeroMissing)
    return unsupported(
      at,
      "zero as a missing category",
      "category splits where NaN alone is missing",
    );
  const words = new Uint32Array(1 + (codes.reduce((most, code) => Math.max(most, code), 0) >> 5));
  for (const code of codes) words[code >> 5] = (words[code >> 5] ?? 0) | (1 << (code & 31));
  const threshold = block.boundaries.length - 1;
  block.words.push(...words);
  block.boundaries.push(block.words.length);
  const split = { ...some, gain, threshold, type: bits.category | bits.nan };
  if (!missingLeft) return [split];
  return [{ ...some, gain: 0, threshold: Number.MAX_VALUE, type: bits.nan }, split]; // NaN right
}
