/** @file A model with another predictor: calibrated, or with another threshold, on rows that are held out. */
import { checkNames } from "../../core/index.ts";
import { dataset } from "../../dataset/index.ts";
import { countTrainedRows } from "../../feature/index.ts";
import type { Cell, Cells, Dataset, Predictor } from "../../flow.ts";
import { type Columns, checkFrame, type Frame } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type FittedModel, fittedModel } from "../fitted-model.ts";
import { type CalibratedPredictor, type CalibrateOptions, calibrate } from "./calibrated.ts";
import { chooseThreshold, ruleNames, type ThresholdRule } from "./choose-threshold.ts";
import { withThreshold } from "./thresholded.ts";

/**
 * The model with another predictor in the place of its own: one that tells the same of the same features.
 *
 * @throws `model/conflict-lookups` for a model that carries lookups
 * @example
 * ```ts
 * const people = schema("people", { age: int(), left: bool() });
 * await using lake = await openLake("./lake");
 * const table = lake.table("demo.people", people);
 * await table.append([{ age: 20, left: true }, { age: 60, left: false }, { age: 70, left: false }]);
 * const byAge = features(people, (c) => ({ age: numeric(c.age) }));
 * const model = await majority().fit(await table.read(), { features: byAge, label: "left" });
 * model.predict({ age: 20 }).value // => false
 * withPredictor(model, withThreshold(model.predictor, 0.3)).predict({ age: 20 }).value // => true
 * ```
 */
export function withPredictor<In extends Cells, Out extends Cell, P extends Predictor>(
  model: FittedModel<In, Out>,
  predictor: P,
): FittedModel<In, Out, P> {
  if (model.lookups !== undefined) fail("model/conflict-lookups", {});
  const { features, signature } = model;
  return fittedModel<In, Out, P>({ features, predictor, output: signature.output });
}

/** How much each held-out row counts. */
export interface HeldOutOptions<C extends Columns> {
  /** A column of numbers, 0 or more. Default: each row counts 1. */
  readonly weights?: keyof C & string;
}

/**
 * The model with probabilities that come true on rows it has not learned from, as {@link calibrate} has it.
 *
 * @param model - A classifier.
 * @param rows - Labelled rows, held out: not the training rows, and not the test rows.
 * @param options - See {@link CalibrateOptions} and {@link HeldOutOptions}.
 * @returns A model that has the other's predictor inside.
 * @throws `model/conflict-test-rows`, `model/conflict-trained-rows`, `model/missing-label`, and what `calibrate`, `dataset` and `withPredictor` throw
 * @example
 * ```ts
 * const people = schema("people", { age: int(), left: bool() });
 * await using lake = await openLake("./lake");
 * const table = lake.table("demo.people", people);
 * await table.append(Array.from({ length: 60 }, (_, i) => ({ age: i, left: i % 3 === 0 })));
 * const byAge = features(people, (c) => ({ age: numeric(c.age) }));
 * const rows = await table.read();
 * const model = await majority().fit(rows.where((c) => c.age.isBelow(30)), { features: byAge, label: "left" });
 * const fair = await withCalibration(model, rows.where((c) => c.age.isAtLeast(30)));
 * fair.kind // => "calibrated"
 * ```
 */
export async function withCalibration<In extends Cells, Out extends Cell, C extends Columns>(
  model: FittedModel<In, Out>,
  rows: Frame<C>,
  options: CalibrateOptions & HeldOutOptions<C> = {},
): Promise<FittedModel<In, Out, CalibratedPredictor>> {
  const { weights, ...rest } = options;
  checkNames("withCalibration", options, ["method", "weights"]);
  const data = await heldOut({ at: "withCalibration", model, rows, weights });
  return withPredictor(model, calibrate(model.predictor, data, rest));
}

/**
 * The model with the threshold that a rule chooses on rows it has not learned from, as {@link chooseThreshold} has it.
 *
 * @param model - A model of a bool.
 * @param rows - Labelled rows, held out: not the training rows, and not the test rows.
 * @param options - See {@link ThresholdRule} and {@link HeldOutOptions}.
 * @returns The model; it tells the same probabilities.
 * @throws `model/conflict-test-rows`, `model/conflict-trained-rows`, `model/missing-label`, and what `chooseThreshold`, `dataset` and `withPredictor` throw
 * @example
 * ```ts
 * const people = schema("people", { age: int(), left: bool() });
 * await using lake = await openLake("./lake");
 * const table = lake.table("demo.people", people);
 * await table.append(Array.from({ length: 60 }, (_, i) => ({ age: i, left: i % 3 === 0 })));
 * const byAge = features(people, (c) => ({ age: numeric(c.age) }));
 * const rows = await table.read();
 * const model = await majority().fit(rows.where((c) => c.age.isBelow(30)), { features: byAge, label: "left" });
 * const costs = { falsePositive: 1, falseNegative: 5 };
 * const careful = await withChosenThreshold(model, rows.where((c) => c.age.isAtLeast(30)), { rule: "cost", costs });
 * careful.predict({ age: 3 }).value // => true
 * ```
 */
export async function withChosenThreshold<
  In extends Cells,
  Out extends Cell,
  C extends Columns,
  P extends Predictor = Predictor,
>(
  model: FittedModel<In, Out, P>,
  rows: Frame<C>,
  options: ThresholdRule & HeldOutOptions<C> = {},
): Promise<FittedModel<In, Out, P & { readonly threshold: number }>> {
  const { weights: column, ...rule } = options;
  checkNames("withChosenThreshold", options, [...ruleNames, "weights"]);
  const held = { at: "withChosenThreshold", model, rows, weights: column };
  const { x, y, weights } = await heldOut(held);
  const beside = weights === undefined ? {} : { weights };
  const { threshold } = chooseThreshold(y, model.predictor.predict(x), { ...rule, ...beside });
  return withPredictor(model, withThreshold(model.predictor, threshold));
}

interface HeldOut<C extends Columns> {
  readonly at: string;
  readonly model: Pick<FittedModel, "features" | "signature">;
  readonly rows: Frame<C>;
  readonly weights: (keyof C & string) | undefined;
}

async function heldOut<C extends Columns>({
  at,
  model,
  rows,
  weights,
}: HeldOut<C>): Promise<Dataset> {
  const { features, signature } = model;
  checkFrame(at, rows);
  if (rows.part === "test") fail("model/conflict-test-rows", { at });
  const trained = (await countTrainedRows(features, rows)) ?? 0;
  if (trained > 0) fail("model/conflict-trained-rows", { at, rows: trained });
  const columns = Object.keys(rows.schema.columns);
  const label = columns.find((name): name is keyof C & string => name === signature.output.name);
  if (label === undefined)
    return fail("model/missing-label", { at, label: signature.output.name, columns });
  return dataset({ features, rows, label, ...(weights === undefined ? {} : { weights }) });
}
