/** @file Reading LightGBM's text models. */
import { checkNames } from "../../core/index.ts";
import type { Task } from "../../flow.ts";
import { atMost, type TreeNode } from "../../tensor/index.ts";
import {
  classesOf,
  type FlatNode,
  type ImportedTrees,
  type ImportOptions,
  importedPredictor,
  treeOfFlat,
} from "./imported.ts";
import { objectiveMeaning } from "./lightgbm-objectives.ts";
import { corrupt, type Place, unsupported } from "./problems.ts";

const at = "lightgbmModel";
const mostOutputs = 100_000;
const mostWords = 20_000_000; // of sets of categories: 80 MB

/**
 * A model that LightGBM wrote as text, as a predictor with equal predictions: its v ≤ t becomes ours exactly, its
 * doubles are kept and summed in its order. Boosting, DART and random forests; numeric and category splits;
 * missing values of all three kinds, zero among them; every objective.
 *
 * @param text - What `save_model` or `model_to_string` gave.
 * @param options - Names of the classes; see {@link ImportOptions}.
 * @throws `model/corrupt-interchange`; `model/unsupported-interchange` for linear trees
 * @example
 * ```ts
 * const stump = { feature: 0, threshold: 2, left: { value: -1 }, right: { value: 1 } };
 * const predictor = treesPredictor({ width: 1, trees: treesOf([stump], { width: 1 }), link: "sigmoid" });
 * const read = lightgbmModel(formatLightgbm(predictor, { names: ["age"] }));
 * read.predictor.predict(matrix([[1], [2]])) // => predictor.predict(matrix([[1], [2]]))
 * ```
 * @see LightGBM 4.7, src/boosting/gbdt_model_text.cpp. Peer: `lightgbm.Booster(model_str=…)`.
 */
export function lightgbmModel(text: string, options: ImportOptions = {}): ImportedTrees {
  checkNames(at, options, ["classes"]);
  const [head, ...blocks] = sectionsOf(text);
  if (head === undefined || !text.trimStart().startsWith("tree"))
    return corrupt({ at, place: "line 1" }, "the line tree", text.slice(0, 20));
  const outputs = head.whole("num_tree_per_iteration", 1, mostOutputs);
  const width = head.whole("max_feature_idx", 0, 2 ** 31 - 2) + 1;
  const names = head.words("feature_names");
  if (names.length !== width) head.refuse("feature_names", `${width} names`, `${names.length}`);
  const shared = { width, codes: new Set<number>(), words: mostWords };
  const roots = blocks.map((block, t) => ({ output: t % outputs, root: rootOf(block, shared) }));
  const meaning = objectiveMeaning(head.get("objective"), outputs);
  const task: Task =
    meaning.task === "multiclass"
      ? { kind: "multiclass", classes: classesOf(outputs, options, head.place("num_class")) }
      : { kind: meaning.task };
  const average = head.has("average_output");
  const base = new Array<number>(outputs).fill(0);
  return {
    predictor: importedPredictor({ width, roots, base, average, ...meaning, task }),
    names,
    categorical: names.filter((_, i) => shared.codes.has(i)),
  };
}

/** The head, and the part of each tree up to "end of trees". */
function sectionsOf(text: string): Section[] {
  const sections: Section[] = [new Section("the head")];
  for (const line of text.split(/\r?\n/)) {
    if (line === "end of trees") return sections;
    if (line.startsWith("Tree=")) sections.push(new Section(line));
    else sections.at(-1)?.add(line);
  }
  return corrupt({ at, place: "the end" }, "the line end of trees", undefined);
}

/** Lines of the form name=value. */
class Section {
  readonly #name: string;
  readonly #values = new Map<string, string>();

  constructor(name: string) {
    this.#name = name;
  }

  add(line: string): void {
    const end = line.indexOf("=");
    if (line !== "") this.#values.set(end < 0 ? line : line.slice(0, end), line.slice(end + 1));
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  words(name: string): readonly string[] {
    const value = this.#values.get(name) ?? this.refuse(name, "a line", undefined);
    return value.trim() === "" ? [] : value.trim().split(/\s+/);
  }

  whole(name: string, min: number, max: number): number {
    const [value = Number.NaN] = this.numbers(name);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    return this.refuse(name, `a whole number from ${min} to ${max}`, this.get(name));
  }

  /** Numbers, as many as are said where that is said. */
  numbers(name: string, length?: number): Float64Array {
    const words = this.words(name);
    if (length !== undefined && words.length !== length)
      this.refuse(name, `${length} numbers`, words.length);
    return Float64Array.from(words, (word) => {
      const value = numberOf(word);
      return Number.isNaN(value) ? this.refuse(name, "numbers", word) : value;
    });
  }

  place(name: string): Place {
    return { at, place: `${name} of ${this.#name}` };
  }

  refuse(name: string, expected: string, got: unknown): never {
    return corrupt(this.place(name), expected, got);
  }
}

/** A number as C++ writes it, infinite ones too; NaN where it is none. */
function numberOf(word: string): number {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(word);
  if (infinite !== null) return infinite[1] === "-" ? -Infinity : Infinity;
  return Number(word);
}

const bits = { category: 1, missingLeft: 2, missing: 12 } as const;
const missingTypes = { none: 0, zero: 4, nan: 8 } as const;

/** What the trees of a model share. */
interface Shared {
  readonly width: number;
  /** Features with category splits. */
  readonly codes: Set<number>;
  /** Words of sets that may still come. */
  words: number;
}

function rootOf(block: Section, shared: Shared): TreeNode {
  const { width, codes } = shared;
  const leaves = block.whole("num_leaves", 1, 2 ** 30);
  if (block.get("is_linear") === "1")
    unsupported(at, "a tree with linear models in its leaves", "leaves that are numbers");
  const values = block.numbers("leaf_value", leaves);
  const inner = leaves - 1;
  if (inner === 0) return { value: values[0] ?? 0, cover: countOr(block, "leaf_count", 1)[0] ?? 0 };
  const column = (name: string): Float64Array => block.numbers(name, inner);
  const [features, types, thresholds] = [
    column("split_feature"),
    column("decision_type"),
    column("threshold"),
  ];
  const [lefts, rights] = [column("left_child"), column("right_child")];
  const gains = countOr(block, "split_gain", inner);
  const covers = {
    leaf: countOr(block, "leaf_count", leaves),
    inner: countOr(block, "internal_count", inner),
  };
  const sets = setsOf(block, shared);
  const placeOf = (child: number): number => (child < 0 ? inner - 1 - child : child); // leaves after inner nodes
  const read = (i: number): FlatNode => {
    const [value = 0, covered = 0] = [values[i - inner], covers.leaf[i - inner]];
    if (i >= inner) return { value, cover: covered };
    const [feature = 0, left = 0, right = 0] = [features[i], lefts[i], rights[i]];
    if (!(Number.isInteger(feature) && feature >= 0 && feature < width))
      block.refuse("split_feature", `features below ${width}`, feature);
    const ends = { left: placeOf(left), right: placeOf(right) };
    const [cover = 0, gain = 0, type = 0, threshold = 0] = [
      covers.inner[i],
      gains[i],
      types[i],
      thresholds[i],
    ];
    const some = { feature, cover, gain };
    if ((type & bits.category) === 0)
      return { split: { ...some, ...numberSplit(type, threshold) }, ...ends };
    codes.add(feature);
    const set = sets(threshold);
    return { split: { ...some, codes: set, missingLeft: false }, ...ends };
  };
  return treeOfFlat(inner + leaves, block.place("left_child"), read);
}

/** v ≤ threshold, and where what is missing goes. */
function numberSplit(type: number, threshold: number) {
  const missingLeft = (type & bits.missingLeft) !== 0;
  const split = { threshold: atMost(threshold), missingLeft };
  if ((type & bits.missing) === missingTypes.nan) return split;
  if ((type & bits.missing) === missingTypes.zero) return { ...split, zeroMissing: true };
  return { ...split, missingLeft: threshold >= 0 }; // a missing value is the number 0
}

/** Counts of rows; 0 where the model has none. */
function countOr(block: Section, name: string, length: number): Float64Array {
  return block.has(name) ? block.numbers(name, length) : new Float64Array(length);
}

/** The codes of a set by its number. */
function setsOf(block: Section, shared: Shared): (set: number) => readonly number[] {
  if (block.whole("num_cat", 0, 2 ** 30) === 0)
    return (set) => block.refuse("threshold", "no sets of categories", set);
  const [starts, words] = [block.numbers("cat_boundaries"), block.numbers("cat_threshold")];
  return (set) => {
    const [from = -1, to = -1] = [starts[set], starts[set + 1]];
    if (!(from >= 0 && to >= from && to <= words.length && to - from <= 31_250))
      return block.refuse(
        "cat_boundaries",
        `places of at most ${words.length} words`,
        `${from} to ${to}`,
      );
    shared.words -= to - from;
    if (shared.words < 0)
      block.refuse("cat_threshold", `at most ${mostWords} words in all`, "more");
    const codes: number[] = [];
    for (let bit = 0; bit < 32 * (to - from); bit++)
      if ((((words[from + (bit >> 5)] ?? 0) >>> (bit & 31)) & 1) === 1) codes.push(bit);
    return codes;
  };
}
