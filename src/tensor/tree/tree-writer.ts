/** @file Trees under construction: nodes are added one by one, then made into flat arrays. */
import { bitsOf } from "./tree-nodes.ts";
import { nodeFlags, type Trees } from "./trees.ts";

/** A split, as a writer takes it: a threshold or codes, and what is known of the node. */
export interface WrittenSplit {
  readonly feature: number;
  readonly threshold?: number;
  readonly codes?: readonly number[];
  readonly missingLeft: boolean;
  readonly gain?: number;
}

/** What the arrays need beside the nodes. */
export type TreesShape = Pick<Trees, "width" | "outputs" | "leafWidth" | "average" | "base">;

/**
 * Writes trees node by node. `addTree` gives the number of a root; `split` makes a node of the tree under
 * construction an inner one and gives its left child's number, whose right neighbour is the other child. A node
 * that is never split is a leaf. Numbers grow, so children come after their parent.
 */
export class TreeWriter {
  readonly #shape: TreesShape;
  readonly #starts: number[] = [];
  readonly #features: number[] = [];
  readonly #thresholds: number[] = [];
  readonly #left: number[] = [];
  readonly #flags: number[] = [];
  readonly #values: number[] = [];
  readonly #covers: number[] = [];
  readonly #gains: number[] = [];
  readonly #setStarts: number[] = [0];
  readonly #setWords: number[] = [];

  constructor(shape: TreesShape) {
    this.#shape = shape;
  }

  /** Trees so far. */
  get trees(): number {
    return this.#starts.length;
  }

  /** Begins a tree; gives its root. */
  addTree(): number {
    const root = this.#addNode();
    this.#starts.push(root);
    return root;
  }

  /** Makes a node inner; gives its left child. */
  split(node: number, { feature, threshold, codes, missingLeft, gain = 0 }: WrittenSplit): number {
    this.#features[node] = feature;
    this.#gains[node] = gain;
    this.#thresholds[node] = codes === undefined ? (threshold ?? 0) : this.#addSet(codes);
    this.#flags[node] =
      (missingLeft ? nodeFlags.missingLeft : 0) | (codes === undefined ? 0 : nodeFlags.categories);
    const left = this.#addNode();
    this.#left[node] = left;
    this.#addNode();
    return left;
  }

  /** Writes what a node answers, from `output` of its `leafWidth` numbers on. */
  setValue(node: number, value: number, output = 0): void {
    this.#values[node * this.#shape.leafWidth + output] = value;
  }

  valueOf(node: number, output = 0): number {
    return this.#values[node * this.#shape.leafWidth + output]!;
  }

  setCover(node: number, cover: number): void {
    this.#covers[node] = cover;
  }

  /** Multiplies every value of a tree, as DART does. */
  scale(tree: number, factor: number): void {
    const { leafWidth } = this.#shape;
    const end = this.#starts[tree + 1] ?? this.#features.length;
    for (let i = this.#starts[tree]! * leafWidth; i < end * leafWidth; i++)
      this.#values[i] = this.#values[i]! * factor;
  }

  /** The first `count` trees as flat arrays; the writer may go on. */
  written(count = this.trees): Trees {
    const nodes = this.#starts[count] ?? this.#features.length;
    const { leafWidth } = this.#shape;
    const features = Int32Array.from(this.#features.slice(0, nodes));
    return {
      ...this.#shape,
      starts: Int32Array.from([...this.#starts.slice(0, count), nodes]),
      features,
      thresholds: Float64Array.from(this.#thresholds.slice(0, nodes)),
      left: Int32Array.from(this.#left.slice(0, nodes)),
      flags: Uint8Array.from(this.#flags.slice(0, nodes)),
      setStarts: Int32Array.from(this.#setStarts),
      setWords: Uint32Array.from(this.#setWords),
      values: Float64Array.from(this.#values.slice(0, nodes * leafWidth)),
      covers: Float64Array.from(this.#covers.slice(0, nodes)),
      gains: Float64Array.from(this.#gains.slice(0, nodes)),
    };
  }

  #addNode(): number {
    for (const list of [this.#thresholds, this.#left, this.#flags, this.#covers, this.#gains])
      list.push(0);
    for (let o = 0; o < this.#shape.leafWidth; o++) this.#values.push(0);
    return this.#features.push(-1) - 1;
  }

  #addSet(codes: readonly number[]): number {
    for (const word of bitsOf(codes)) this.#setWords.push(word);
    return this.#setStarts.push(this.#setWords.length) - 2;
  }
}
