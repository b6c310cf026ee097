/** @file What learning curves say: whether a model fits too little, too much, or well. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import { fail } from "./errors.ts";

/** A metric at rising steps (iterations, trees, epochs) or sizes of the training rows. */
export interface LearningCurves {
  /** Of the rows learned from, shape [t], t ≥ 2. */
  readonly train: ArrayLike<number>;
  /** Of rows kept aside, shape [t]. */
  readonly validation: ArrayLike<number>;
  /** The metric of a model that knows only the labels. Default: the first value of `train`. */
  readonly baseline?: number;
}

/** Options of {@link diagnoseFit}. */
export interface DiagnoseFitOptions {
  /** Whether less or more is better. Default "minimise". */
  readonly direction?: "minimise" | "maximise";
  /** Over: more than this share of what was learned is lost on new rows. Default 0.25. */
  readonly gap?: number;
  /** Over: validation has lost more than this share of its best gain since. Default 0.05. */
  readonly rise?: number;
  /** Under: less than this share of the baseline's loss was learned, when less is better. Default 0.1. */
  readonly learned?: number;
  /** Under: the last fifth of the steps still brought more than this share of the gain. Default 0.1. */
  readonly steep?: number;
}

/** What curves say of a fit, with the figures that it rests on. */
export interface FitDiagnosis {
  readonly fit: "under" | "over" | "good";
  /** Why, and what to do, as a sentence. */
  readonly reason: string;
  /** The step of the best validation value, from 0. */
  readonly best: number;
  /** (train − validation)/(train − baseline) at the end: the share of what was learned that is lost on new rows. */
  readonly gap: number;
  /** The share of validation's best gain that was lost after it. */
  readonly rise: number;
  /** The share of the baseline's value that was gained on rows kept aside, at the best step. */
  readonly learned: number;
  /** The share of validation's gain that the last fifth of the steps brought. */
  readonly steep: number;
}

/**
 * Judges learning curves. It is **over**fit when validation got worse after its best step, or keeps too little of what was
 * learned; **under**fit when little was gained over the baseline, or both curves still improve; else **good**. O(t).
 *
 * @param curves - The metric of both kinds of rows, and of the baseline.
 * @param options - What is better, and where the bounds are; each is a share of a gain, so no unit matters.
 * @returns The verdict, a sentence, and the figures.
 * @throws `metric/mismatch-length`, `metric/missing-steps` with fewer than 2 steps, `metric/out-of-range-number`,
 * `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * diagnoseFit({ train: [1, 0.5, 0.3, 0.2, 0.1], validation: [1, 0.6, 0.5, 0.6, 0.7] }).fit // => "over"
 * diagnoseFit({ train: [1, 0.4, 0.31, 0.3, 0.3], validation: [1, 0.42, 0.34, 0.33, 0.33] }).fit // => "good"
 * diagnoseFit({ train: [1, 0.99, 0.98], validation: [1, 0.99, 0.98], baseline: 1 }).fit // => "under"
 * ```
 */
export function diagnoseFit(
  curves: LearningCurves,
  options: DiagnoseFitOptions = {},
): FitDiagnosis {
  const { direction = "minimise", gap = 0.25, rise = 0.05, learned = 0.1, steep = 0.1 } = options;
  checkNames("diagnoseFit", options, ["direction", "gap", "rise", "learned", "steep"]);
  checkNames("diagnoseFit", curves, ["train", "validation", "baseline"]);
  checkChoice("diagnoseFit", { direction }, ["minimise", "maximise"]);
  for (const bound of [{ gap }, { rise }, { learned }, { steep }])
    checkNumber("diagnoseFit", bound, { min: 0 });
  const found = figuresOf(curves, direction);
  const told = (fit: FitDiagnosis["fit"], reason: string): FitDiagnosis => ({
    fit,
    reason,
    ...found,
  });
  const share = (of: number): string => `${(100 * of).toFixed(0)} %`;
  if (found.rise > rise)
    return told(
      "over",
      `validation lost ${share(found.rise)} of its gain after step ${found.best}: stop there, or regularise`,
    );
  if (found.learned < learned)
    return told(
      "under",
      `only ${share(found.learned)} of the baseline's value was gained on rows kept aside: give the model more freedom, or better features`,
    );
  if (found.gap > gap)
    return told(
      "over",
      `${share(found.gap)} of what was learned is lost on rows kept aside: regularise, or learn from more rows`,
    );
  if (found.steep > steep)
    return told(
      "under",
      `the last fifth of the steps still brought ${share(found.steep)} of the gain: go on`,
    );
  return told(
    "good",
    `rows kept aside have ${share(1 - found.gap)} of what was learned, and the curves have levelled off`,
  );
}

/** The figures of curves, of which less is better after a change of sign. */
function figuresOf(curves: LearningCurves, direction: "minimise" | "maximise") {
  const sign = direction === "minimise" ? 1 : -1;
  const [train, validation] = (["train", "validation"] as const).map((name) =>
    lossesOf(curves, name, sign),
  );
  if (train === undefined || validation === undefined)
    return fail("metric/missing-steps", { got: 0 });
  if (train.length !== validation.length)
    fail("metric/mismatch-length", {
      at: "diagnoseFit",
      what: "step",
      wanted: train.length,
      got: validation.length,
    });
  if (train.length < 2) fail("metric/missing-steps", { got: train.length });
  const given = curves.baseline;
  if (given !== undefined) checkNumber("diagnoseFit", { baseline: given });
  const baseline = given === undefined ? (train[0] ?? 0) : sign * given;
  const least = Math.min(...validation);
  const best = validation.indexOf(least);
  const [learnt, last] = [train.at(-1) ?? 0, validation.at(-1) ?? 0];
  const fifth = validation[Math.floor(0.8 * (validation.length - 1))] ?? last;
  return {
    best,
    gap: part(last - learnt, baseline - learnt),
    rise: part(last - least, baseline - least),
    // of a metric that is to be large there is no telling how large it may become: any gain is one
    learned:
      direction === "minimise"
        ? part(baseline - least, Math.abs(baseline))
        : baseline > least
          ? 1
          : 0,
    steep: part(fifth - last, baseline - last),
  };
}

function lossesOf(
  curves: LearningCurves,
  name: "train" | "validation",
  sign: number,
): readonly number[] {
  const values = Array.from(curves[name]);
  const row = values.findIndex((value) => !Number.isFinite(value));
  if (row >= 0)
    fail("metric/out-of-range-number", {
      at: "diagnoseFit",
      what: `the ${name} value`,
      row,
      expected: "a finite number",
      got: values[row] ?? Number.NaN,
    });
  return values.map((value) => sign * value);
}

/** A share of a gain; of no gain all of it is lost. */
function part(of: number, whole: number): number {
  if (of <= 0) return 0;
  return whole > 0 ? of / whole : 1;
}
