/** @file How much rows count by their class. */
import { checkNumber } from "../../core/index.ts";
import type { Dataset } from "../../flow.ts";
import { fail } from "../errors.ts";
import { taskOf } from "../estimator.ts";

/** "balanced", or a number by class; classes that are not named count 1. */
export type ClassWeights = "balanced" | Readonly<Record<string, number>>;

/** Refuses weights that are not above 0. @throws `option/out-of-range` */
export function checkClassWeights(at: string, weights: ClassWeights | undefined): void {
  if (weights === undefined || weights === "balanced") return;
  if (typeof weights !== "object") checkNumber(at, { classWeights: Number.NaN }, { above: 0 });
  for (const [name, weight] of Object.entries(weights))
    checkNumber(`${at}: classWeights`, { [name]: weight }, { above: 0 });
}

/**
 * The dataset with the weights of its rows times those of their classes. Balanced, class c has Σw/(k·Σw of c).
 *
 * @throws `model/unknown-class`
 */
export function rowWeights(at: string, data: Dataset, given: ClassWeights | undefined): Dataset {
  if (given === undefined) return data;
  const task = taskOf(data);
  const classes = task.kind === "multiclass" ? task.classes : ["false", "true"];
  const byClass = given === "balanced" ? balanced(data, classes.length) : named(at, given, classes);
  const weights = data.y.map((label, i) => (data.weights?.[i] ?? 1) * (byClass[label] ?? 1));
  return { ...data, weights };
}

function named(
  at: string,
  given: Readonly<Record<string, number>>,
  classes: readonly string[],
): readonly number[] {
  for (const got of Object.keys(given))
    if (!classes.includes(got)) fail("model/unknown-class", { at, got, known: classes });
  return classes.map((name) => given[name] ?? 1);
}

function balanced({ y, weights }: Dataset, classes: number): readonly number[] {
  const sums = new Float64Array(classes);
  for (const [i, label] of y.entries()) sums[label] = (sums[label] ?? 0) + (weights?.[i] ?? 1);
  const total = sums.reduce((sum, weight) => sum + weight, 0);
  const present = sums.filter((weight) => weight > 0).length;
  return Array.from(sums, (weight) => (weight > 0 ? total / (present * weight) : 1));
}
