/** @file A tree as text and as a picture. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Predictor } from "../../flow.ts";
import { type SplitNode, type TreeNode, treeCount, treeNode } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { checkFeatureNames, meantTrees } from "../interchange/exported.ts";

/** Which tree is shown, and how. */
export interface TreeViewOptions {
  /** Names of the features, [d]. */
  readonly names: readonly string[];
  /** Which tree, from 0. Default 0. */
  readonly tree?: number;
  /** Levels of splits that are shown, ≥ 1; below them the answer of the node. Default: all. */
  readonly maxDepth?: number;
}

/**
 * The rules of a tree, a line each, with what its leaves answer and the weight of the rows that came by.
 *
 * @param predictor - Of trees: `decisionTree`, a forest, `boost`, or one that was read.
 * @param options - See {@link TreeViewOptions}.
 * @returns Lines; of boosted trees the leaves are what they add to the sum.
 * @throws `model/unsupported-interchange` for another predictor, `model/mismatch-names`, `option/out-of-range`
 * @example
 * ```ts
 * const x = matrix([[1], [2], [3], [4]]);
 * const data = { x, y: Float64Array.of(0, 0, 1, 1), names: ["age"], source: "sha256:00" } as const;
 * treeRules(await decisionTree().learn(data), { names: ["age"] })
 * // => "if age < 2.5 or missing\n  0 (2)\nelse\n  1 (2)"
 * ```
 * @see Peer: scikit-learn `export_text`.
 */
export function treeRules(predictor: Predictor, options: TreeViewOptions): string {
  const { root, names } = viewOf("treeRules", predictor, options);
  const lines: string[] = [];
  const write = (node: TreeNode, indent: string): void => {
    if (!("feature" in node)) {
      lines.push(`${indent}${answerOf(node)}`);
      return;
    }
    lines.push(`${indent}if ${questionOf(node, names)}`);
    write(node.left, `${indent}  `);
    lines.push(`${indent}else`);
    write(node.right, `${indent}  `);
  };
  write(root, "");
  return lines.join("\n");
}

/**
 * A tree in the language of Graphviz.
 *
 * @param predictor - Of trees.
 * @param options - See {@link TreeViewOptions}.
 * @throws As {@link treeRules}.
 * @see Peer: scikit-learn `export_graphviz`.
 */
export function treeDot(predictor: Predictor, options: TreeViewOptions): string {
  const { root, names } = viewOf("treeDot", predictor, options);
  const lines: string[] = [];
  let next = 0;
  const write = (node: TreeNode): number => {
    const id = next++;
    const label = "feature" in node ? questionOf(node, names) : answerOf(node);
    lines.push(
      `  n${id} [label=${JSON.stringify(label)}, shape=${"feature" in node ? "box" : "ellipse"}];`,
    );
    if (!("feature" in node)) return id;
    lines.push(`  n${id} -> n${write(node.left)} [label="yes"];`);
    lines.push(`  n${id} -> n${write(node.right)} [label="no"];`);
    return id;
  };
  write(root);
  return `digraph tree {\n  node [fontname="sans-serif"];\n${lines.join("\n")}\n}\n`;
}

const box = { width: 168, height: 44, gapX: 16, gapY: 44, margin: 16 };

/**
 * A tree as a picture: a box for each node, to the left what its question is true of.
 *
 * @param predictor - Of trees.
 * @param options - See {@link TreeViewOptions}.
 * @returns An SVG document; the same tree gives the same bytes.
 * @throws As {@link treeRules}.
 * @see Peer: scikit-learn `plot_tree`.
 */
export function treeSvg(predictor: Predictor, options: TreeViewOptions): string {
  const { root, names } = viewOf("treeSvg", predictor, options);
  const shapes: string[] = [];
  let leaves = 0;
  let deepest = 0;
  const place = (node: TreeNode, depth: number): number => {
    deepest = Math.max(deepest, depth);
    const y = box.margin + depth * (box.height + box.gapY);
    if (!("feature" in node)) {
      const x = box.margin + leaves++ * (box.width + box.gapX);
      shapes.push(boxSvg([x, y], [answerOf(node)], "#e8f1fa"));
      return x;
    }
    const [left, right] = [place(node.left, depth + 1), place(node.right, depth + 1)];
    const x = (left + right) / 2;
    const [middle, below] = [x + box.width / 2, y + box.height];
    for (const [child, word] of [
      [left, "yes"],
      [right, "no"],
    ] as const)
      shapes.push(edgeSvg([middle, below], [child + box.width / 2, below + box.gapY], word));
    shapes.push(boxSvg([x, y], [questionOf(node, names), answerOf(node)], "#ffffff"));
    return x;
  };
  place(root, 0);
  const width = 2 * box.margin + leaves * (box.width + box.gapX) - box.gapX;
  const height = 2 * box.margin + deepest * (box.height + box.gapY) + box.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, sans-serif" font-size="11">\n<rect width="100%" height="100%" fill="#ffffff"/>\n${shapes.join("\n")}\n</svg>\n`;
}

type Point = readonly [x: number, y: number];

function boxSvg([x, y]: Point, lines: readonly string[], fill: string): string {
  const texts = lines.map((line, i) => {
    const at = y + box.height / 2 + 4 + (i - (lines.length - 1) / 2) * 15;
    return `<text x="${x + box.width / 2}" y="${at}" text-anchor="middle">${escaped(shortened(line))}</text>`;
  });
  return `<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="4" fill="${fill}" stroke="#4c78a8"/>${texts.join("")}`;
}

function edgeSvg([x1, y1]: Point, [x2, y2]: Point, word: string): string {
  const [middleX, middleY] = [(x1 + x2) / 2, (y1 + y2) / 2];
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#8a8a8a"/><text x="${middleX}" y="${middleY}" text-anchor="middle" fill="#5a5a5a">${word}</text>`;
}

const shortened = (line: string): string => (line.length > 27 ? `${line.slice(0, 26)}…` : line);
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

interface View {
  readonly root: TreeNode;
  readonly names: readonly string[];
}

function viewOf(at: string, predictor: Predictor, options: TreeViewOptions): View {
  checkNames(at, options, ["names", "tree", "maxDepth"]);
  const { names, tree = 0, maxDepth = Number.MAX_SAFE_INTEGER } = options;
  const { trees } = meantTrees(at, predictor);
  checkFeatureNames(at, names, trees.width);
  checkNumber(at, { maxDepth }, { min: 1, integer: true });
  checkNumber(at, { tree }, { min: 0, integer: true });
  const count = treeCount(trees);
  if (tree >= count) fail("model/out-of-range-tree", { at, count, got: tree });
  return { root: cut(treeNode(trees, tree), maxDepth), names };
}

function cut(node: TreeNode, levels: number): TreeNode {
  if (!("feature" in node)) return node;
  if (levels > 0)
    return { ...node, left: cut(node.left, levels - 1), right: cut(node.right, levels - 1) };
  const { value = 0, cover = 0 } = node;
  return { value, cover };
}

function questionOf(node: SplitNode, names: readonly string[]): string {
  const name = names[node.feature] ?? "";
  const missing = node.missingLeft === true;
  if (node.codes !== undefined)
    return `${name} is ${node.codes.length === 0 ? "nothing" : node.codes.join(", ")}${missing ? " or missing" : ""}`;
  if (node.threshold === -Infinity) return `${name} is ${missing ? "missing" : "nothing"}`;
  if (node.threshold === Infinity) return `${name} is ${missing ? "anything" : "there"}`;
  return `${name} < ${number(node.threshold ?? 0)}${missing ? " or missing" : ""}`;
}

function answerOf({ value = 0, cover }: TreeNode): string {
  const told = typeof value === "number" ? number(value) : value.map(number).join(", ");
  return cover === undefined || cover === 0 ? told : `${told} (${number(cover)})`;
}

const number = (value: number): string => `${Number(value.toPrecision(4))}`;
