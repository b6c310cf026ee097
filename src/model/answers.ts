/** @file Numbers of a predictor as answers: truth values, classes or numbers. */
import type { Cell, Prediction, Predictor } from "../flow.ts";

/** Makes answers of what a predictor told. */
export interface Answers {
  /** `told` has the shape that `Predictor.predict` gives for so many rows. */
  of(told: Float64Array, rows: number): readonly Prediction<Cell>[];
  /** The answer to no row. */
  readonly none: Prediction<Cell>;
}

/**
 * True from the predictor's threshold on, one half where it has none; the most probable class, the first of equals; or the number.
 *
 * @param levels - Every level of the label; one that the predictor does not know has probability 0.
 */
export function answersOf(
  { task, threshold = 0.5 }: Predictor,
  levels: readonly string[] = [],
): Answers {
  switch (task?.kind) {
    case "multiclass":
      return classAnswers(task.classes, levels);
    case "regression":
      return {
        of: (told) => Array.from(told, (value) => ({ value, probability: null })),
        none: { value: Number.NaN, probability: null },
      };
    default:
      return {
        of: (told) => Array.from(told, (p) => ({ value: p >= threshold, probability: p })),
        none: { value: false, probability: Number.NaN },
      };
  }
}

function classAnswers(classes: readonly string[], levels: readonly string[]): Answers {
  const nothing = Object.fromEntries(levels.map((level) => [level, 0]));
  const answer = (told: Float64Array): Prediction<Cell> => {
    const best = told.reduce((top, p, i) => (p > (told[top] ?? 0) ? i : top), 0);
    const known = Object.fromEntries(classes.map((level, i) => [level, told[i] ?? 0]));
    const value = classes[best] ?? "";
    return { value, probability: told[best] ?? 0, probabilities: { ...nothing, ...known } };
  };
  const k = classes.length;
  return {
    of: (told, rows) =>
      Array.from({ length: rows }, (_, i) => answer(told.subarray(i * k, (i + 1) * k))),
    none: { value: classes[0] ?? "", probability: Number.NaN },
  };
}
