/** @file Shapley values of trees, exactly: how much each feature of a row moved each output. */
import type { Matrix } from "../../flow.ts";
import { goesLeft, type Trees, treeCount } from "./trees.ts";

/** Shapley values. */
export interface ShapleyValues {
  /** What each feature added, [n · k · d]: by row, by output, by feature. */
  readonly values: Float64Array;
  /** The output of the rows that stand for all, [k]. Base and values of a row sum to its output. */
  readonly base: Float64Array;
}

/** Elements of a path, in a pool that grows; parts of it are copied at each step down. */
class Paths {
  features = new Int32Array(1024);
  zeros = new Float64Array(1024);
  ones = new Float64Array(1024);
  weights = new Float64Array(1024);

  /** Makes room for `size` elements. */
  hold(size: number): void {
    if (size <= this.features.length) return;
    const length = 2 * size;
    const grown = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const next = new Float64Array(length);
      next.set(old);
      return next;
    };
    const features = new Int32Array(length);
    features.set(this.features);
    this.features = features;
    this.zeros = grown(this.zeros);
    this.ones = grown(this.ones);
    this.weights = grown(this.weights);
  }

  copy(from: number, to: number, count: number): void {
    this.features.copyWithin(to, from, from + count);
    this.zeros.copyWithin(to, from, from + count);
    this.ones.copyWithin(to, from, from + count);
    this.weights.copyWithin(to, from, from + count);
  }

  /** Adds an element to the path of `depth` elements that begins at `at`. */
  extend(at: number, depth: number, [zero, one, feature]: readonly [number, number, number]): void {
    const { weights } = this;
    this.features[at + depth] = feature;
    this.zeros[at + depth] = zero;
    this.ones[at + depth] = one;
    weights[at + depth] = depth === 0 ? 1 : 0;
    for (let i = depth - 1; i >= 0; i--) {
      weights[at + i + 1]! += (one * weights[at + i]! * (i + 1)) / (depth + 1);
      weights[at + i] = (zero * weights[at + i]! * (depth - i)) / (depth + 1);
    }
  }

  /** Takes element k out of the path of `depth` + 1 elements. */
  unwind(at: number, depth: number, k: number): void {
    const { weights, zeros, ones, features } = this;
    const [one, zero] = [ones[at + k]!, zeros[at + k]!];
    let next = weights[at + depth]!;
    for (let i = depth - 1; i >= 0; i--) {
      if (one !== 0) {
        const held = weights[at + i]!;
        weights[at + i] = (next * (depth + 1)) / ((i + 1) * one);
        next = held - (weights[at + i]! * zero * (depth - i)) / (depth + 1);
      } else weights[at + i] = (weights[at + i]! * (depth + 1)) / (zero * (depth - i));
    }
    for (let i = k; i < depth; i++) {
      features[at + i] = features[at + i + 1]!;
      zeros[at + i] = zeros[at + i + 1]!;
      ones[at + i] = ones[at + i + 1]!;
    }
  }

  /** The sum of the weights of the path without element k. */
  unwoundSum(at: number, depth: number, k: number): number {
    const { weights } = this;
    const [one, zero] = [this.ones[at + k]!, this.zeros[at + k]!];
    let next = weights[at + depth]!;
    let total = 0;
    for (let i = depth - 1; i >= 0; i--) {
      if (one !== 0) {
        const part = (next * (depth + 1)) / ((i + 1) * one);
        total += part;
        next = weights[at + i]! - (part * zero * (depth - i)) / (depth + 1);
      } else if (zero !== 0) total += (weights[at + i]! * (depth + 1)) / (zero * (depth - i));
    }
    return total;
  }
}

/**
 * Shapley values where a feature that is not known is averaged over the training rows that came by: both ways of
 * a split, by their covers ("path-dependent"). Exact, O(n·leaves·depth²).
 *
 * @param trees - Trees with covers; a branch without cover counts as none.
 * @param x - Shape [n, d].
 * @returns Values and the expected output; they sum to what `treePredictor` gives.
 * @example
 * ```ts
 * const leaf = (value: number) => ({ value, cover: 1 });
 * const stump = { feature: 1, threshold: 0, cover: 2, left: leaf(10), right: leaf(20) };
 * const { values, base } = treeShapley(treesOf([stump], { width: 2 }), matrix([[7, 1]]));
 * base // => Float64Array.of(15)
 * values // => Float64Array.of(0, 5)
 * ```
 * @see Lundberg, Erion & Lee, Consistent individualized feature attribution for tree ensembles, 2018, algorithm 2.
 *   Peers: XGBoost and LightGBM `pred_contrib`, shap `TreeExplainer`.
 */
export function treeShapley(trees: Trees, x: Matrix): ShapleyValues {
  const { width, outputs, leafWidth } = trees;
  const paths = new Paths();
  const base = expectedOutputs(trees);
  const values = new Float64Array(x.rows * outputs * width);
  const count = treeCount(trees);
  const share = shareOf(trees);
  for (let row = 0; row < x.rows; row++) {
    const cells = x.data.subarray(row * x.cols, (row + 1) * x.cols);
    for (let t = 0; t < count; t++) {
      const output = leafWidth === 1 ? t % outputs : 0;
      const into = values.subarray((row * outputs + output) * width);
      walk({ trees, paths, cells, into, share }, trees.starts[t]!, {
        at: 0,
        depth: 0,
        zero: 1,
        one: 1,
        feature: -1,
      });
    }
  }
  return { values, base };
}

interface Walk {
  readonly trees: Trees;
  readonly paths: Paths;
  readonly cells: Float64Array;
  /** Values of the output of the tree, and of those after it. */
  readonly into: Float64Array;
  readonly share: number;
}

interface Step {
  /** Where the path of the parent begins, and its length. */
  readonly at: number;
  readonly depth: number;
  readonly zero: number;
  readonly one: number;
  readonly feature: number;
}

function walk(how: Walk, node: number, step: Step): void {
  const { trees, paths, cells } = how;
  const at = step.at + step.depth;
  let depth = step.depth;
  paths.hold(at + depth + 2);
  paths.copy(step.at, at, depth);
  paths.extend(at, depth, [step.zero, step.one, step.feature]);
  const feature = trees.features[node]!;
  if (feature < 0) {
    addLeaf(how, node, at, depth);
    return;
  }
  const left = trees.left[node]!;
  const hot = goesLeft(trees, node, cells[feature]!) ? left : left + 1;
  const cold = 2 * left + 1 - hot;
  const total = trees.covers[node]!;
  const shareOfHot = total > 0 ? trees.covers[hot]! / total : 0.5;
  let [zero, one] = [1, 1];
  let known = 1;
  while (known <= depth && paths.features[at + known] !== feature) known++;
  if (known <= depth) {
    [zero, one] = [paths.zeros[at + known]!, paths.ones[at + known]!];
    paths.unwind(at, depth, known);
    depth--;
  }
  const next = { at, depth: depth + 1, feature };
  walk(how, hot, { ...next, zero: zero * shareOfHot, one });
  walk(how, cold, { ...next, zero: zero * (1 - shareOfHot), one: 0 });
}

function addLeaf(
  { trees, paths, into, share }: Walk,
  node: number,
  at: number,
  depth: number,
): void {
  const { leafWidth, width } = trees;
  for (let i = 1; i <= depth; i++) {
    const weight = paths.unwoundSum(at, depth, i) * (paths.ones[at + i]! - paths.zeros[at + i]!);
    const feature = paths.features[at + i]!;
    for (let o = 0; o < leafWidth; o++)
      into[o * width + feature]! += weight * trees.values[node * leafWidth + o]! * share;
  }
}

/** What a tree's answer counts for in its output. */
function shareOf(trees: Trees): number {
  return trees.average ? trees.outputs / (treeCount(trees) * trees.leafWidth) : 1;
}

/** The outputs where nothing is known of a row, by covers, [k]. */
function expectedOutputs(trees: Trees): Float64Array {
  const { outputs, leafWidth } = trees;
  const base = Float64Array.from(trees.base);
  const share = shareOf(trees);
  const reach = new Float64Array(trees.features.length);
  for (let t = 0; t < treeCount(trees); t++) {
    reach[trees.starts[t]!] = 1;
    for (let i = trees.starts[t]!; i < trees.starts[t + 1]!; i++) {
      if (trees.features[i]! >= 0) {
        const [left, total] = [trees.left[i]!, trees.covers[i]!];
        const part = total > 0 ? trees.covers[left]! / total : 0.5;
        reach[left] = reach[i]! * part;
        reach[left + 1] = reach[i]! * (1 - part);
      } else
        for (let o = 0; o < leafWidth; o++)
          base[leafWidth === 1 ? t % outputs : o]! +=
            reach[i]! * trees.values[i * leafWidth + o]! * share;
    }
  }
  return base;
}

/**
 * Shapley values where a feature that is not known has the values of background rows, one after another
 * ("interventional"): what the model does when features are changed, whatever goes together in the data. Exact,
 * O(n·m·trees·nodes on either way).
 *
 * @param trees - Any trees; covers are not needed.
 * @param x - Shape [n, d].
 * @param background - Shape [m, d], m ≥ 1: the rows that stand for all; some hundred are enough.
 * @returns Values, and the mean output of the background.
 * @example
 * ```ts
 * const stump = { feature: 1, threshold: 0, left: { value: 10 }, right: { value: 20 } };
 * const background = matrix([[0, -1], [0, 1], [0, 1], [0, 1]]);
 * const { values, base } = interventionalShapley(treesOf([stump], { width: 2 }), matrix([[7, -1]]), background);
 * base // => Float64Array.of(17.5)
 * values // => Float64Array.of(0, -7.5)
 * ```
 * @see Lundberg et al., Nature Machine Intelligence 2, 2020, algorithm 3. Peer: shap `TreeExplainer(…, data=…)`.
 */
export function interventionalShapley(trees: Trees, x: Matrix, background: Matrix): ShapleyValues {
  const { width, outputs, leafWidth } = trees;
  const values = new Float64Array(x.rows * outputs * width);
  const base = Float64Array.from(trees.base);
  const share = shareOf(trees) / background.rows;
  const walker = new PairWalk(trees);
  for (let b = 0; b < background.rows; b++) {
    const other = background.data.subarray(b * x.cols, (b + 1) * x.cols);
    for (let t = 0; t < treeCount(trees); t++) {
      const output = leafWidth === 1 ? t % outputs : 0;
      let leaf = trees.starts[t]!;
      while (trees.features[leaf]! >= 0)
        leaf = trees.left[leaf]! + (goesLeft(trees, leaf, other[trees.features[leaf]!]!) ? 0 : 1);
      for (let o = 0; o < leafWidth; o++)
        base[output + o]! += share * trees.values[leaf * leafWidth + o]!;
      for (let row = 0; row < x.rows; row++) {
        const cells = x.data.subarray(row * x.cols, (row + 1) * x.cols);
        walker.walk(
          { cells, other, share, into: values.subarray((row * outputs + output) * width) },
          trees.starts[t]!,
        );
      }
    }
  }
  return { values, base };
}

interface Pair {
  readonly cells: Float64Array;
  readonly other: Float64Array;
  readonly into: Float64Array;
  readonly share: number;
}

/** Walks a tree with a row and a background row at once, remembering where they part. */
class PairWalk {
  readonly #trees: Trees;
  /** Of each feature: 0 not asked, 1 the row's, 2 the background's. */
  readonly #side: Uint8Array;
  /** Features taken from the row, and from the background. */
  readonly #taken: readonly [number[], number[]] = [[], []];

  constructor(trees: Trees) {
    this.#trees = trees;
    this.#side = new Uint8Array(trees.width);
  }

  walk(pair: Pair, node: number): void {
    const trees = this.#trees;
    const feature = trees.features[node]!;
    if (feature < 0) {
      this.#leaf(pair, node);
      return;
    }
    const left = trees.left[node]!;
    const own = left + (goesLeft(trees, node, pair.cells[feature]!) ? 0 : 1);
    const others = left + (goesLeft(trees, node, pair.other[feature]!) ? 0 : 1);
    const side = this.#side[feature]!;
    if (own === others || side !== 0) {
      this.walk(pair, side === 2 ? others : own);
      return;
    }
    for (const [i, child] of [own, others].entries()) {
      this.#side[feature] = i + 1;
      this.#taken[i]!.push(feature);
      this.walk(pair, child);
      this.#taken[i]!.pop();
    }
    this.#side[feature] = 0;
  }

  #leaf({ into, share }: Pair, node: number): void {
    const { leafWidth, width, values } = this.#trees;
    const [mine, theirs] = this.#taken;
    const [u, v] = [mine.length, theirs.length];
    // the share of the orders in which all of mine come before all of theirs, and this feature last of mine or first of theirs
    const forMine = u === 0 ? 0 : 1 / (u * binomial(u + v, u));
    const forTheirs = v === 0 ? 0 : 1 / (v * binomial(u + v, u));
    for (let o = 0; o < leafWidth; o++) {
      const value = values[node * leafWidth + o]! * share;
      for (const feature of mine) into[o * width + feature]! += forMine * value;
      for (const feature of theirs) into[o * width + feature]! -= forTheirs * value;
    }
  }
}

function binomial(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return product;
}
