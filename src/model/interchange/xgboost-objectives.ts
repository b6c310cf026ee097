/** @file What XGBoost's objectives mean: task, link, and how their `base_score` is written. */
import type { TaskKind } from "../../flow.ts";
import type { TreeLink } from "../tree/links.ts";

/** An objective. */
export interface XgboostObjective {
  readonly task: TaskKind;
  readonly link: TreeLink;
}

const number = { task: "regression", link: "identity" } as const;
const positive = { task: "regression", link: "exp" } as const;

/** The objectives that are read; of the others the answers are not functions of the sums alone. */
export const xgboostObjectives: Readonly<Record<string, XgboostObjective>> = {
  "reg:squarederror": number,
  "reg:linear": number,
  "reg:squaredlogerror": number,
  "reg:pseudohubererror": number,
  "reg:absoluteerror": number,
  "reg:quantileerror": number,
  "rank:ndcg": number,
  "rank:map": number,
  "rank:pairwise": number,
  "reg:logistic": { task: "regression", link: "sigmoid" },
  "reg:gamma": positive,
  "reg:tweedie": positive,
  "count:poisson": positive,
  "survival:cox": positive,
  "survival:aft": positive,
  "binary:logistic": { task: "binary", link: "sigmoid" },
  "binary:hinge": { task: "binary", link: "step" },
  "multi:softprob": { task: "multiclass", link: "softmax" },
  "multi:softmax": { task: "multiclass", link: "softmax" },
};

/** The output that a `base_score` stands for: it is written as an answer, not as a sum. */
export function marginOf(link: TreeLink, score: number): number {
  if (link === "sigmoid") return -Math.log(1 / score - 1);
  return link === "exp" ? Math.log(score) : score;
}

/** The `base_score` of an output. */
export function scoreOf(link: TreeLink, margin: number): number {
  if (link === "sigmoid") return 1 / (1 + Math.exp(-margin));
  return link === "exp" ? Math.exp(margin) : margin;
}
