/** @file Which algorithms suit a problem, in order, with reasons: the simplest first where little is lost. */
import { checkChoice, checkNames, checkNumber } from "../../core/index.ts";
import type { TaskKind } from "../../flow.ts";
import { type FamilyFacts, families, type Problem } from "./family-facts.ts";

/** A problem, in a few facts. */
export interface AdviseOptions {
  readonly task: TaskKind;
  /** Rows to learn from, ≥ 1. */
  readonly rows: number;
  /** Features of a row, ≥ 1. */
  readonly features: number;
  /** Classes of a multiclass task, ≥ 2. Default 3. */
  readonly classes?: number;
  /**
   * Whether a person must be able to follow each answer (`must`: a regulator asks), likes to, or does not care. Default
   * `likes`.
   */
  readonly interpretable?: "must" | "likes" | "no";
  /** Whether features have missing values. Default false. */
  readonly missing?: boolean;
  /** Whether features are categories with many levels. Default false. */
  readonly categories?: boolean;
  /** How long learning may take, in seconds. Default: as long as it likes. */
  readonly secondsToTrain?: number;
  /** How long one answer may take, in microseconds. Default: as long as it likes. */
  readonly microsecondsPerRow?: number;
}

/** One family of algorithms for a problem. */
export interface Advice {
  /** The function that makes the estimator: "boost". */
  readonly estimator: string;
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** Whether nothing that was said speaks against it. */
  readonly fits: boolean;
  /** What speaks for it and against it, in sentences. */
  readonly reasons: readonly string[];
  /** About how long learning takes on one thread of a small server, in seconds. */
  readonly trainSeconds: number;
  /** About how long one answer takes, in microseconds. */
  readonly rowMicroseconds: number;
  /** How well a person can follow an answer: 0 not at all, 3 by hand. */
  readonly interpretability: 0 | 1 | 2 | 3;
}

const bounds = {
  rows: { min: 1, integer: true },
  features: { min: 1, integer: true },
  classes: { min: 2, integer: true },
  secondsToTrain: { above: 0 },
  microsecondsPerRow: { above: 0 },
};

/**
 * Ranks families of algorithms for a problem. The trivial baseline comes first: what does not beat it is of no use.
 * Then those that nothing speaks against, by how well they tell tables of such a size as a rule; then the others with
 * what speaks against them. Times are estimates from the benches, good to a factor of three.
 *
 * @param options - The problem; see {@link AdviseOptions}.
 * @returns The families, the best first after the baseline.
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const advice = adviseModels({ task: "binary", rows: 5000, features: 20, interpretable: "must" });
 * advice[0]?.estimator // => "majority"
 * advice[1]?.estimator // => "logistic"
 * ```
 */
export function adviseModels(options: AdviseOptions): readonly Advice[] {
  const known = ["task", "interpretable", "missing", "categories", ...Object.keys(bounds)];
  checkNames("adviseModels", options, known);
  const { task, interpretable = "likes", missing = false, categories = false } = options;
  const { rows, features, classes = 3, secondsToTrain, microsecondsPerRow } = options;
  checkChoice("adviseModels", { task }, ["binary", "multiclass", "regression"]);
  checkChoice("adviseModels", { interpretable }, ["must", "likes", "no"]);
  const numbers = { rows, features, classes, secondsToTrain, microsecondsPerRow };
  for (const [name, value] of Object.entries(numbers))
    if (value !== undefined)
      checkNumber("adviseModels", { [name]: value }, bounds[name as keyof typeof bounds]);
  const outputs = task === "multiclass" ? classes : 1;
  const problem: Problem = {
    rows,
    features,
    outputs,
    interpretable,
    missing,
    categories,
    secondsToTrain,
    microsecondsPerRow,
  };
  const able = families.filter(({ makers }) => makers[task] !== undefined);
  const judged = able.map((family) => ({ family, ...judge(family, problem) }));
  const order = [...judged].sort((a, b) => b.score - a.score);
  return order.map(({ family, reasons, against, trainSeconds }) => ({
    estimator: family.makers[task] ?? "",
    purpose: family.purpose,
    fits: against.length === 0,
    reasons: [...reasons, ...against],
    trainSeconds,
    rowMicroseconds: family.rowMicroseconds(problem),
    interpretability: family.interpretability,
  }));
}

const followed = 2; // from here on a person can follow an answer

function judge(family: FamilyFacts, problem: Problem) {
  const { rows, features, interpretable } = problem;
  const trainSeconds = family.trainSeconds(problem);
  const against = [
    ...(interpretable === "must" && family.interpretability < followed
      ? ["a person cannot follow its answers"]
      : []),
    ...tooSlow(family, problem),
    ...(rows < family.fewestRows(features)
      ? [
          `${rows} rows are few for it; from about ${family.fewestRows(features)} on it learns more than noise`,
        ]
      : []),
  ];
  const asked = asIs(family, problem);
  const size = Math.log10(Math.max(10, rows / features));
  const liked = interpretable === "no" ? 0 : family.interpretability * 0.3;
  const score = family.strength(size) + liked + 0.4 * asked.handled - 10 * against.length;
  return {
    ...{ against, trainSeconds, reasons: [...family.reasons, ...asked.reasons] },
    score: family.isBaseline ? Infinity : score,
  };
}

/** What takes longer than is allowed. */
function tooSlow(family: FamilyFacts, problem: Problem): readonly string[] {
  const { secondsToTrain = Infinity, microsecondsPerRow = Infinity } = problem;
  const [train, perRow] = [family.trainSeconds(problem), family.rowMicroseconds(problem)];
  return [
    ...(train > secondsToTrain
      ? [`learning takes about ${seconds(train)}, and ${seconds(secondsToTrain)} are allowed`]
      : []),
    ...(perRow > microsecondsPerRow
      ? [`an answer takes about ${perRow.toPrecision(2)} µs, and ${microsecondsPerRow} are allowed`]
      : []),
  ];
}

/** Which oddities of the features it takes as they are. */
function asIs(family: FamilyFacts, { missing, categories }: Problem) {
  const holes = family.missing
    ? "it takes missing values as they are"
    : "missing values must be filled in by the features";
  const levels = family.categories
    ? "it splits categories as they are"
    : "categories become a column a level";
  return {
    reasons: [...(missing ? [holes] : []), ...(categories ? [levels] : [])],
    handled: Number(missing && family.missing) + Number(categories && family.categories),
  };
}

const seconds = (value: number): string =>
  value < 1 ? `${(1000 * value).toFixed(0)} ms` : `${value.toPrecision(2)} s`;
