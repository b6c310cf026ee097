/** @file The measures there are, and from where on what they give is drift. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import type { DriftLevel } from "../flow.ts";

/** Ways to say how far two distributions are apart. */
export const driftMeasures = [
  "psi",
  "kl",
  "jensen-shannon",
  "hellinger",
  "total-variation",
  "wasserstein",
  "kolmogorov-smirnov",
  "chi-square",
  "homogeneity",
  "z",
] as const;
/** The name of a measure. */
export type DriftMeasure = (typeof driftMeasures)[number];
/** Measures whose value is a p: small is bad. */
const tests: readonly DriftMeasure[] = ["kolmogorov-smirnov", "chi-square", "homogeneity", "z"];

/** Where a column's drift is moderate and severe: from a distance on, or below a p. */
export interface MeasureThresholds {
  readonly distance: { readonly moderate: number; readonly severe: number };
  readonly p: { readonly moderate: number; readonly severe: number };
}

/** How columns are compared. */
export interface CompareSketchesOptions {
  /** Default: all that both have. */
  readonly columns?: readonly string[];
  /** Default "auto": by the kind of the column and the rows of the reference. */
  readonly measure?: DriftMeasure | "auto";
  /** Measures of single columns, in place of `measure`. */
  readonly measures?: Readonly<Record<string, DriftMeasure>>;
  /** Buckets of numbers for measures that need them, 2 to 100, where there are more than 20 different ones. Default 10. */
  readonly bins?: number;
  /** Default: distances from 0.1 and 0.2 on, p below 0.05 and 0.001. */
  readonly thresholds?: {
    readonly distance?: Partial<MeasureThresholds["distance"]>;
    readonly p?: Partial<MeasureThresholds["p"]>;
  };
}

/** From good to bad. */
export const levels = ["none", "moderate", "severe"] as const;
/** Options checked: which measure a column has, and the level of what it gives. */
export interface Judge {
  readonly at: string;
  readonly bins: number;
  readonly measureOf: (column: string) => DriftMeasure | "auto";
  readonly level: (measure: DriftMeasure, value: number) => DriftLevel;
}

/** Checks options. Throws `option/out-of-range`, `option/unknown-name`. */
export function judgeOf(at: string, options: CompareSketchesOptions): Judge {
  const { measure = "auto", measures = {}, bins = 10, thresholds = {} } = options;
  checkNames(at, options, ["columns", "measure", "measures", "bins", "thresholds"]);
  checkNumber(at, { bins }, { min: 2, max: 100, integer: true });
  checkChoice(at, { measure }, ["auto", ...driftMeasures]);
  for (const own of Object.values(measures)) checkChoice(at, { measures: own }, driftMeasures);
  checkNames(`${at} thresholds`, thresholds, ["distance", "p"]);
  const { distance = {}, p = {} } = thresholds;
  checkNames(`${at} distance`, distance, ["moderate", "severe"]);
  checkNames(`${at} p`, p, ["moderate", "severe"]);
  const { moderate = 0.1, severe = Math.max(0.2, moderate) } = distance;
  const { moderate: likely = 0.05, severe: sure = Math.min(0.001, likely) } = p;
  checkNumber(at, { moderate }, { above: 0 });
  checkNumber(at, { severe }, { min: moderate });
  checkNumber(at, { moderate: likely }, { above: 0, max: 1 });
  checkNumber(at, { severe: sure }, { min: 0, max: likely });
  return {
    at,
    bins,
    measureOf: (column) =>
      Object.hasOwn(measures, column) ? (measures[column] ?? measure) : measure,
    level: (by, value) => {
      const isTest = tests.includes(by);
      if (isTest ? value < sure : value >= severe) return "severe";
      return (isTest ? value < likely : value >= moderate) ? "moderate" : "none";
    },
  };
}
