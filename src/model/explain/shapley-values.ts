/** @file Shapley values of predictors, and of models by the columns of their rows. */
import { checkNames } from "../../core/index.ts";
import type { Cell, Cells, Matrix, Predictor } from "../../flow.ts";
import { interventionalShapley, type ShapleyValues, treeShapley } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import { checkWidth } from "../estimator.ts";
import type { FittedModel } from "../fitted-model.ts";
import { meantTrees } from "../interchange/exported.ts";
import { columnsOf } from "./columns.ts";

/** Options of {@link shapleyValues}. */
export interface ShapleyOptions {
  /**
   * Rows that stand for all, [m, d]: a feature that is not known has their values. Trees can do without: then what
   * is not known follows the training rows that came by. Linear models need it.
   */
  readonly background?: Matrix;
}

/**
 * How much each feature of a row moved each output away from what is expected of all: exact Shapley values.
 * Outputs are sums before their link, so of boosted and of logistic models log-odds; base and values of a row sum to
 * its output. Trees: O(n·leaves·depth²), or O(n·m·nodes) with a background. Linear models: O(n·d).
 *
 * @param predictor - Of trees (`boost`, forests, a tree, one that was read), or linear.
 * @param x - Shape [n, d].
 * @param options - See {@link ShapleyOptions}.
 * @throws `model/unsupported-explanation`, `model/mismatch-width`, `model/missing-rows` of a background without rows
 * @example
 * ```ts
 * const leaf = (value: number) => ({ value, cover: 1 });
 * const stump = { feature: 0, threshold: 0, cover: 2, left: leaf(-1), right: leaf(3) };
 * const predictor = boostPredictor({ width: 2, trees: treesOf([stump], { width: 2 }) });
 * const { values, base } = shapleyValues(predictor, matrix([[5, 5]]));
 * [...base, ...values] // => [1, 2, 0]
 * ```
 * @see Lundberg & Lee, NeurIPS 2017; {@link treeShapley}, {@link interventionalShapley}. Peers: XGBoost and LightGBM
 *   `pred_contrib`, shap `LinearExplainer`.
 */
export function shapleyValues(
  predictor: Predictor,
  x: Matrix,
  options: ShapleyOptions = {},
): ShapleyValues {
  const at = "shapleyValues";
  checkNames(at, options, ["background"]);
  const { background } = options;
  if (background !== undefined) {
    checkWidth(at, background, x.cols);
    if (background.rows === 0) fail("model/missing-rows", { at });
  }
  if (!("trees" in predictor)) return linearValues(at, predictor, { x, background });
  const { trees, scale } = meantTrees(at, predictor);
  checkWidth(at, x, trees.width);
  const told =
    background === undefined ? treeShapley(trees, x) : interventionalShapley(trees, x, background);
  if (scale === 1) return told;
  return { values: told.values.map((v) => v * scale), base: told.base.map((v) => v * scale) };
}

interface Rows {
  readonly x: Matrix;
  readonly background: Matrix | undefined;
}

/** wⱼ·(xⱼ − mean of xⱼ), and w·mean + b. */
function linearValues(at: string, predictor: Predictor, { x, background }: Rows): ShapleyValues {
  const [weights, biases] = linearOf(predictor);
  if (weights === undefined || biases === undefined)
    return fail("model/unsupported-explanation", {
      at,
      kind: predictor.kind,
      reason: "it is neither of trees nor linear",
      advice: "Use permutationImportance or partialDependence, which take any predictor",
    });
  const d = weights.length / biases.length;
  checkWidth(at, x, d);
  if (background === undefined)
    return fail("model/unsupported-explanation", {
      at,
      kind: predictor.kind,
      reason: "what a linear model adds is told against usual rows",
      advice: "Pass some training rows as background",
    });
  const means = new Float64Array(d);
  for (const [i, v] of background.data.entries())
    means[i % d] = (means[i % d] ?? 0) + v / background.rows;
  const k = biases.length;
  const values = Float64Array.from({ length: x.rows * k * d }, (_, i) => {
    const [row, output, j] = [Math.floor(i / (k * d)), Math.floor(i / d) % k, i % d];
    return (weights[output * d + j] ?? 0) * ((x.data[row * d + j] ?? 0) - (means[j] ?? 0));
  });
  const base = biases.map((bias, o) =>
    means.reduce((sum, mean, j) => sum + mean * (weights[o * d + j] ?? 0), bias),
  );
  return { values, base };
}

function linearOf(predictor: Predictor): [Float64Array?, Float64Array?] {
  const has = <K extends string>(name: K): unknown =>
    Object.entries(predictor).find(([field]) => field === name)?.[1];
  const [weights, bias, biases] = [has("weights"), has("bias"), has("biases")];
  if (!(weights instanceof Float64Array)) return [];
  if (biases instanceof Float64Array) return [weights, biases];
  return typeof bias === "number" ? [weights, Float64Array.of(bias)] : [];
}

/** A column of a row, and how much it moved an output. */
export interface Contribution {
  readonly column: string;
  /** What the row has there; null of a column that features make of several. */
  readonly value: Cell;
  /** Of each output, [k]. */
  readonly amounts: readonly number[];
}

/** Why a model told what it told of a row. */
export interface RowExplanation {
  /** What is expected of all rows, of each output, [k]: log-odds of boosted and logistic models. */
  readonly base: readonly number[];
  /** The output of the row, [k]. */
  readonly output: readonly number[];
  /** By column, what moved the outputs most first. */
  readonly contributions: readonly Contribution[];
}

/** Options of {@link explain}. */
export interface ExplainOptions<In> {
  /** Rows that stand for all; see {@link ShapleyOptions}. */
  readonly background?: readonly In[];
}

/**
 * Explains rows by the columns that they have: Shapley values of a model's features, summed over the features that
 * are made of a column, so that a category is one thing however many columns of 0 and 1 the model sees.
 *
 * @param model - A fitted or loaded model of trees, or a linear one.
 * @param rows - Raw rows, as `predictAll` takes them.
 * @param options - See {@link ExplainOptions}.
 * @throws As {@link shapleyValues}; `table/mismatch-type` of a row that does not fit
 * @example
 * ```ts
 * const people = schema("people", { age: int(), plan: category(["a", "b"]), member: bool() });
 * await using lake = await openLake("./lake");
 * const table = lake.table("demo.people", people);
 * await table.append(Array.from({ length: 100 }, (_, i) => ({ age: i, plan: i % 2 ? "a" : "b", member: i >= 50 } as const)));
 * const definition = features(people, (c) => ({ age: numeric(c.age), plan: oneHot(c.plan) }));
 * const model = await boost({ trees: 20 }).fit(await table.read(), { features: definition, label: "member" });
 * const [why] = explain(model, [{ age: 80, plan: "a" }]);
 * why?.contributions[0]?.column // => "age"
 * ```
 */
export function explain<In extends Cells>(
  model: FittedModel<In, never> | FittedModel<In, Cell>,
  rows: readonly In[],
  options: ExplainOptions<In> = {},
): readonly RowExplanation[] {
  checkNames("explain", options, ["background"]);
  const { features, predictor } = model;
  const d = features.names.length;
  const matrixOf = (some: readonly Cells[]): Matrix => ({
    ...{ rows: some.length, cols: d },
    data: Float64Array.from(some.flatMap((row) => [...features.row(row)])),
  });
  const { background } = options;
  const told = shapleyValues(
    predictor,
    matrixOf(rows),
    background === undefined ? {} : { background: matrixOf(background) },
  );
  const columns = columnsOf(features);
  const names = [...new Set(columns)];
  const k = told.base.length;
  return rows.map((row, i) => {
    const cells: Cells = row;
    const amounts = names.map(() => new Array<number>(k).fill(0));
    for (let o = 0; o < k; o++)
      for (let j = 0; j < d; j++) {
        const sums = amounts[names.indexOf(columns[j] ?? "")] ?? [];
        sums[o] = (sums[o] ?? 0) + (told.values[(i * k + o) * d + j] ?? 0);
      }
    const contributions = names.map((column, c) => ({
      column,
      value: cells[column] ?? null,
      amounts: amounts[c] ?? [],
    }));
    const output = Array.from(told.base, (b, o) =>
      amounts.reduce((sum, of) => sum + (of[o] ?? 0), b),
    );
    const size = ({ amounts: of }: Contribution): number => Math.max(...of.map(Math.abs));
    return {
      base: [...told.base],
      output,
      contributions: contributions.sort((a, b) => size(b) - size(a)),
    };
  });
}
