/** @file Estimators inside of an estimator: as options, and checked. */
import { failWith, optionErrors } from "../../core/index.ts";
import type { Json, Predictor, TaskKind } from "../../flow.ts";
import type { Estimator } from "../estimator.ts";

const failOption = failWith(optionErrors);

/** An estimator as a run logs it. */
export const optionsOf = ({ name, options }: Estimator): Json => ({ name, options });

/** The tasks of a classifier, but numbers. @throws `option/out-of-range` where there are none */
export function checkClassifier<T extends TaskKind>(
  at: string,
  { name, tasks }: Estimator<Predictor, T>,
): readonly Exclude<T, "regression">[] {
  const classes = tasks.filter((task): task is Exclude<T, "regression"> => task !== "regression");
  if (classes.length === 0)
    failOption("option/out-of-range", {
      at,
      option: "estimator",
      expected: "a classifier",
      got: name,
    });
  return classes;
}

/** The tasks of an estimator that others learn too. @throws `option/out-of-range` where there are none */
export function commonTasks<T extends TaskKind>(
  at: string,
  first: Estimator<Predictor, T> | undefined,
  others: readonly Estimator[],
): readonly T[] {
  const tasks = (first?.tasks ?? []).filter((task) =>
    others.every((other) => other.tasks.includes(task)),
  );
  const got = others.map(({ name }) => name).join(", ");
  const expected = "estimators that learn the same tasks, at least one";
  if (tasks.length === 0 || others.length === 0)
    failOption("option/out-of-range", { at, option: "estimators", expected, got });
  return tasks;
}

/** @throws `option/out-of-range` where an estimator does not learn two classes */
export function checkBinary(at: string, { name, tasks }: Estimator): void {
  const expected = "an estimator of two classes";
  if (!tasks.includes("binary"))
    failOption("option/out-of-range", { at, option: "estimator", expected, got: name });
}
