/** @file Options of boosted trees, checked when the estimator is made. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import type { Dataset, Json } from "../flow.ts";
import type { GivenGradients, TreeMetric } from "../tensor/index.ts";
import { fail } from "./errors.ts";

/** What boosting can make small, besides objectives of one's own. */
const boostObjectives = [
  ...(["auto", "logLoss", "squared", "absolute", "huber", "quantile"] as const),
  ...(["poisson", "tweedie", "ranking"] as const),
] as const;

/** The name of an objective. */
export type BoostObjective = (typeof boostObjectives)[number];

/** An objective of one's own: the first and second derivative of its loss by the output, for each row. */
export interface CustomObjective {
  readonly name: string;
  /**
   * Called once a round, with outputs and labels of the training rows: [n · k] row by row, and [n]. Weights are
   * multiplied in afterwards. Second derivatives below 0 count as 0.
   */
  gradient(outputs: Float64Array, y: Float64Array): GivenGradients | Promise<GivenGradients>;
}

const metrics = ["loss", "error", "auc", "rmse", "mae", "ndcg"] as const satisfies TreeMetric[];

/** Options of {@link boost}; XGBoost's word for each in brackets. */
export interface BoostOptions {
  /**
   * What is made small [objective]. Default `auto`: log loss for truth values and classes, squared error for numbers. Of numbers:
   * `squared`, `absolute`, `huber`, `quantile`, `poisson` (counts), `tweedie` (sums of claims), `ranking` (relevance within
   * `groups` of the dataset), or an objective of one's own, which may be of classes too.
   */
  readonly objective?: BoostObjective | CustomObjective;
  /** Which quantile `quantile` tells, above 0, below 1 [quantile_alpha]. Default 0.5. */
  readonly quantile?: number;
  /** Where `huber` turns from squares to a line, in the unit of y, above 0 [huber_slope]. Default 1. */
  readonly huberDelta?: number;
  /** The power of `tweedie`: the variance is proportional to meanᵖ, above 1, below 2 [tweedie_variance_power]. Default 1.5. */
  readonly tweediePower?: number;
  /** Output before the first tree, on the scale of outputs [base_score]. Default: what fits all rows best. */
  readonly base?: number;
  /** Number of rounds, ≥ 1; each grows one tree, or one per class [n_estimators]. Default 100. */
  readonly trees?: number;
  /** Levels of splits of each tree, 1 to 64 [max_depth]. Default 4, or 64 with `leaves`. */
  readonly depth?: number;
  /** Most leaves of a tree, 2 to 4096; the leaf that gains most is split first [max_leaves, grow_policy="lossguide"]. Default: all that the depth allows. */
  readonly leaves?: number;
  /** How much of each tree is added, above 0, at most 1 [eta]. Default 0.1. */
  readonly learningRate?: number;
  /** Penalty on the sizes of leaf values, ≥ 0 [alpha]. Default 0. */
  readonly l1?: number;
  /** Penalty on the squares of leaf values, ≥ 0 [lambda]. Default 1. */
  readonly l2?: number;
  /** Least sum of second derivatives over the rows of a child, of log loss Σ p·(1 − p), ≥ 0 [min_child_weight]. Default 1. */
  readonly minChildWeight?: number;
  /** Fewest rows of a child, ≥ 1; while splits are compared, rows are counted by their share of the weight [LightGBM min_data_in_leaf]. Default 1. */
  readonly minRows?: number;
  /** Least gain of a split, in the unit of the loss, ≥ 0 [gamma]. Default 0. */
  readonly minGain?: number;
  /** Chance of each row to be in a round's sample, above 0, at most 1 [subsample]. Default 1. */
  readonly rowSample?: number;
  /** Share of the features that a tree may use, above 0, at most 1 [colsample_bytree]. Default 1. */
  readonly columnSample?: number;
  /** Share of the tree's features that a level may use [colsample_bylevel]. Default 1. */
  readonly columnSampleLevel?: number;
  /** Share of the level's features that a node may use [colsample_bynode]. Default 1. */
  readonly columnSampleNode?: number;
  /** Most bins of a number, 2 to 255, missing values not counted [max_bin]. Default 255. */
  readonly bins?: number;
  /** Weight by which categories with few rows are drawn to the middle when they are ordered, ≥ 0 [LightGBM cat_smooth]. Default 10. */
  readonly categorySmoothing?: number;
  /** Penalty on squares, beyond `l2`, in splits of more than four categories, ≥ 0 [LightGBM cat_l2]. Default 10. */
  readonly categoryL2?: number;
  /** Most categories in the smaller set of a split, 1 to 2³² − 1 [max_cat_threshold]. Default 32. */
  readonly categoryLimit?: number;
  /** Whether the output may only rise or fall with a feature, by name [monotone_constraints]. */
  readonly monotone?: Readonly<Record<string, "rising" | "falling">>;
  /** Features that may stand on one path together, as groups of names; those in no group stand alone [interaction_constraints]. */
  readonly interactions?: readonly (readonly string[])[];
  /** Chance of each earlier round to be left out while the next is grown, 0 to 1: DART [rate_drop]. Default 0: none is. */
  readonly dropRate?: number;
  /** Chance of a round to leave none out, 0 to 1 [skip_drop]. Default 0.5. */
  readonly skipDrop?: number;
  /** Rows that judge instead of being learned from: their share, above 0, below 1, drawn by the seed (whole groups of a ranking), or a dataset. */
  readonly validation?: number | Dataset;
  /** Rounds without progress on those rows after which no more are grown; the best round is kept; ≥ 1 [early_stopping_rounds]. Default: all rounds are grown. */
  readonly patience?: number;
  /** First rounds that are not judged, so that none of them is the best, ≥ 0. Default 0. */
  readonly warmUp?: number;
  /** What counts as progress, in the unit of the metric, ≥ 0 [min_delta]. Default 0. */
  readonly minDelta?: number;
  /** Whether `minDelta` is a share of the best value so far. Default false. */
  readonly relativeDelta?: boolean;
  /** What they are judged by: the objective's own `loss` (of rankings 1 − NDCG), `error`, `auc`, `rmse`, `mae` or `ndcg` [eval_metric]. Default "loss". */
  readonly metric?: TreeMetric;
  /** Chooses samples. Default 0. */
  readonly seed?: number;
  /**
   * Threads to learn with, 1 to 32; never changes the result, so it is not among the estimator's
   * `options`. Default 1 below two million cells, else what the machine has. An objective of one's own learns on one.
   */
  readonly threads?: number;
}

const share = { above: 0, max: 1 };
const positive = { min: 0 };
const bounds = {
  quantile: { above: 0, below: 1 },
  huberDelta: { above: 0 },
  tweediePower: { above: 1, below: 2 },
  base: {},
  trees: { min: 1, integer: true },
  depth: { min: 1, max: 64, integer: true },
  leaves: { min: 2, max: 4096, integer: true },
  learningRate: share,
  ...{ l1: positive, l2: positive, minChildWeight: positive, minGain: positive },
  minRows: { min: 1 },
  ...{ rowSample: share, columnSample: share, columnSampleLevel: share, columnSampleNode: share },
  bins: { min: 2, max: 255, integer: true },
  ...{ categorySmoothing: positive, categoryL2: positive },
  categoryLimit: { min: 1, max: 2 ** 32 - 1, integer: true },
  ...{ dropRate: { min: 0, max: 1 }, skipDrop: { min: 0, max: 1 } },
  validation: { above: 0, below: 1 },
  patience: { min: 1, integer: true },
  warmUp: { min: 0, integer: true },
  minDelta: positive,
  seed: {},
  threads: { min: 1, max: 32, integer: true },
} as const;

/** What an option is where nothing is said, of those that always have a value. */
const defaults = {
  ...{ objective: "auto", trees: 100, depth: 4, learningRate: 0.1, l1: 0, l2: 1 },
  ...{ minChildWeight: 1, minRows: 1, minGain: 0, rowSample: 1, columnSample: 1 },
  ...{ columnSampleLevel: 1, columnSampleNode: 1, bins: 255, categorySmoothing: 10 },
  ...{ categoryL2: 10, categoryLimit: 32, dropRate: 0, seed: 0 },
};

/** The defaults of options that only mean something with others. */
function defaultsBeside(options: BoostOptions): Readonly<Record<string, Json>> {
  const { objective, dropRate = 0, validation, patience } = options;
  return {
    ...(objective === "quantile" ? { quantile: 0.5 } : {}),
    ...(objective === "huber" ? { huberDelta: 1 } : {}),
    ...(objective === "tweedie" ? { tweediePower: 1.5 } : {}),
    ...(dropRate > 0 ? { skipDrop: 0.5 } : {}),
    ...(validation === undefined ? {} : { metric: "loss" }),
    ...(patience === undefined ? {} : { warmUp: 0, minDelta: 0, relativeDelta: false }),
  };
}

/** Options as they are recorded: whatever decides the result. Throws `option/out-of-range`, `option/unknown-name`. */
export function boostSettings(options: BoostOptions): Readonly<Record<string, Json>> {
  const more = ["objective", "monotone", "interactions", "metric", "relativeDelta"];
  checkNames("boost", options, [...Object.keys(bounds), ...more]);
  const { threads, objective, validation, ...rest } = options;
  const depth = options.leaves === undefined ? defaults.depth : 64;
  const settings = { ...defaults, ...defaultsBeside(options), depth, ...withoutUndefined(rest) };
  for (const [name, value] of Object.entries({ ...settings, ...withoutUndefined({ threads }) }))
    if (name in bounds && typeof value === "number")
      checkNumber("boost", { [name]: value }, bounds[name as keyof typeof bounds]);
    else if (name in bounds) wrong(name, "a number", value);
  if (objective === null) wrong("objective", "a name or an objective of your own", objective);
  if (typeof objective === "string") checkChoice("boost", { objective }, boostObjectives);
  if (options.metric !== undefined) checkChoice("boost", { metric: options.metric }, metrics);
  checkKinds(options);
  if (typeof validation === "number") checkNumber("boost", { validation }, bounds.validation);
  checkTogether(options);
  for (const sign of Object.values(options.monotone ?? {}))
    checkChoice("boost", { monotone: sign }, ["rising", "falling"]);
  return {
    ...settings,
    ...withoutUndefined({
      objective: typeof objective === "object" ? objective.name : objective,
      validation: typeof validation === "object" ? validation.source : validation,
    }),
  };
}

/** Options that are no numbers and no words. */
function checkKinds({ validation, relativeDelta }: BoostOptions): void {
  const isRows = typeof validation === "object" && validation !== null && "x" in validation;
  if (validation !== undefined && typeof validation !== "number" && !isRows)
    wrong(
      "validation",
      "a share of rows such as 0.2, or `await dataset({ features, rows, label })` with fitted features, which `learn` takes",
      describedValidation(validation),
    );
  if (relativeDelta !== undefined && typeof relativeDelta !== "boolean")
    wrong("relativeDelta", "true or false", relativeDelta);
}

/** What was given to judge by, in words. */
function describedValidation(given: unknown): string {
  if (typeof given !== "object" || given === null) return String(given);
  if ("sql" in given) return "a frame, whose features are not computed; give the share";
  return "then" in given ? "a promise; put `await` before it" : "an object without x and y";
}

/** Options that only mean something with others. */
function checkTogether(options: BoostOptions): void {
  const { validation, patience, metric, dropRate = 0, objective } = options;
  for (const [name, other, has] of [
    ["patience", "validation", validation !== undefined],
    ["metric", "validation", validation !== undefined],
    ["warmUp", "patience", patience !== undefined],
    ["minDelta", "patience", patience !== undefined],
    ["relativeDelta", "patience", patience !== undefined],
    ["skipDrop", "dropRate", dropRate > 0],
    ["quantile", 'objective "quantile"', objective === "quantile"],
    ["huberDelta", 'objective "huber"', objective === "huber"],
    ["tweediePower", 'objective "tweedie"', objective === "tweedie"],
  ] as const)
    if (!has && options[name] !== undefined) wrong(name, `absent without ${other}`, options[name]);
  if (dropRate > 0 && patience !== undefined)
    wrong(
      "patience",
      "absent with dropRate: rounds that are left out change those before",
      patience,
    );
  if (typeof objective === "object" && validation !== undefined && (metric ?? "loss") === "loss")
    wrong(
      "metric",
      'one of "error", "auc", "rmse", "mae", "ndcg" with an objective of your own',
      metric ?? "loss",
    );
}

function wrong(option: string, expected: string, got: unknown): never {
  return fail("model/mismatch-option", { at: "boost", option, expected, got: String(got) });
}

function withoutUndefined<T extends object>(
  value: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
