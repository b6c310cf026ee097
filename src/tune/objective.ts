/** @file Objectives: what is measured, which way is better, and whether its name agrees. */
import { checkChoice, checkNames } from "../core/index.ts";
import { metricNames } from "../metric/index.ts";
import { fail } from "./errors.ts";

/** Which values of a metric are better. */
export type SearchDirection = "minimise" | "maximise";

/** What a study searches for. */
export interface StudyObjective {
  /** The name of what is measured: "rmse". */
  readonly metric: string;
  readonly direction: SearchDirection;
}

/** Words of which less is better. */
const lossWords = new Set(
  "error errors loss losses logloss rmse mse mae mape smape wape mase rmsle msle medae brier nll perplexity deviance crossentropy regret misclassification wer cer pinball ece".split(
    " ",
  ),
);
/** Words of which more is better. */
const scoreWords = new Set(
  "auc rocauc prauc auroc auprc accuracy acc f1 fbeta precision recall r2 ndcg gini kappa mcc iou dice bleu rouge sharpe silhouette specificity sensitivity".split(
    " ",
  ),
);
/** Metrics whose direction is known: what a study is called says nothing of them. */
const catalogue: ReadonlySet<string> = new Set(metricNames);
const negations = new Set(["neg", "negative", "negated", "minus", "inverse", "reduction"]);

/** What a name says of its numbers, and by which word. */
interface Said {
  readonly better: SearchDirection;
  readonly word: string;
}

function saidBy(name: string): Said | undefined {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const pairs = words.slice(1).map((word, i) => `${words[i] ?? ""}${word}`);
  const isNegated = words.some((word) => negations.has(word)) || name.trim().startsWith("-");
  const loss = [...words, ...pairs].find((word) => lossWords.has(word));
  const score = [...words, ...pairs].find((word) => scoreWords.has(word));
  if ((loss === undefined) === (score === undefined)) return undefined; // neither, or both: it says nothing
  const isLess = (loss !== undefined) !== isNegated;
  return { better: isLess ? "minimise" : "maximise", word: loss ?? score ?? "" };
}

/**
 * Checks the objectives of a study: names that differ, and directions that agree with what the names
 * say. The name of a study with one objective counts where the metric's says nothing and the metric is none of
 * the catalogue.
 *
 * @throws `tune/missing-objective`, `tune/duplicate-metric`, `tune/mismatch-direction`,
 * `option/out-of-range`, `option/unknown-name`
 */
export function checkObjectives(study: string, objectives: readonly StudyObjective[]): void {
  if (!Array.isArray(objectives) || objectives.length === 0)
    fail("tune/missing-objective", { study });
  const at = `study ${JSON.stringify(study)}`;
  const seen = new Set<string>();
  for (const objective of objectives) {
    checkNames(at, objective, ["metric", "direction"]);
    const { metric, direction } = objective;
    if (typeof metric !== "string" || metric.trim() === "")
      fail("tune/missing-objective", { study });
    checkChoice(at, { direction }, ["minimise", "maximise"]);
    if (seen.has(metric)) fail("tune/duplicate-metric", { study, metric });
    seen.add(metric);
    const isStudyAsked = objectives.length === 1 && !catalogue.has(metric);
    checkDirection(study, objective, isStudyAsked ? [metric, study] : [metric]);
  }
}

function checkDirection(
  study: string,
  { direction }: StudyObjective,
  names: readonly string[],
): void {
  for (const name of names) {
    const said = saidBy(name);
    if (said === undefined) continue;
    const better = said.better === "minimise" ? "less" : "more";
    if (said.better !== direction)
      fail("tune/mismatch-direction", { study, metric: name, word: said.word, direction, better });
    return;
  }
}

/** A value so that less is better. */
export const lossOf = (direction: SearchDirection, value: number): number =>
  direction === "minimise" ? value : -value;
