/** @file The families of models that AutoML tries: what each asks of a trial, and how a program writes it. */
import { formatLiteral } from "../../core/index.ts";
import type { Json, TaskKind } from "../../flow.ts";
import {
  average,
  boost,
  type Estimator,
  elasticNet,
  logistic,
  majority,
  randomForest,
} from "../../model/index.ts";
import type { Asking } from "./leaderboard.ts";

/** An estimator, and the expression that makes it in a program. */
export interface AutoMlCandidate {
  readonly estimator: Pick<Estimator, "learn" | "name">;
  /** The function that makes it: "boost". */
  readonly maker: string;
  /** `boost({ trees: 100 })`. */
  readonly code: string;
}

/** Models of one kind. */
export interface Family {
  readonly name: FamilyName;
  readonly tasks: readonly TaskKind[];
  /** What features suit it. */
  readonly features: "trees" | "linear";
  /** Which params are tried first: the field's usual ones; none where there is nothing to search. */
  readonly first: Readonly<Record<string, string | number>>;
  /** Asks for params and makes the estimator of them. */
  ask(trial: Asking, how: { readonly task: TaskKind; readonly seed: number }): AutoMlCandidate;
}

/** The names of the families. */
export type FamilyName = "baseline" | "linear" | "forest" | "boost";

const candidate = (
  maker: string,
  options: Readonly<Record<string, Json>>,
  estimator: AutoMlCandidate["estimator"],
): AutoMlCandidate => ({
  estimator,
  maker,
  code: Object.keys(options).length === 0 ? `${maker}()` : `${maker}(${formatLiteral(options)})`,
});

/** Every family, the simplest first: of equal scores the earlier one is taken. */
export const families: readonly Family[] = [
  {
    name: "baseline",
    tasks: ["binary", "multiclass", "regression"],
    features: "trees",
    first: {},
    ask: (_, { task }) =>
      task === "regression"
        ? candidate("average", {}, average())
        : candidate("majority", {}, majority()),
  },
  {
    name: "linear",
    tasks: ["binary", "multiclass", "regression"],
    features: "linear",
    first: { "linear penalty": 1 },
    ask: (trial, { task }) => {
      const penalty = trial.float("linear penalty", 1e-3, 1e3, { log: true });
      if (task !== "regression")
        return candidate("logistic", { l2: penalty }, logistic({ l2: penalty }));
      const options = { alpha: penalty / 1000, l1Ratio: 0.5 };
      return candidate("elasticNet", options, elasticNet(options));
    },
  },
  {
    name: "forest",
    tasks: ["binary", "multiclass", "regression"],
    features: "trees",
    first: { "forest trees": 100, "forest leaf": 1 },
    ask: (trial, { seed }) => {
      const options = {
        trees: trial.int("forest trees", 50, 300, { step: 50 }),
        minSamplesLeaf: trial.int("forest leaf", 1, 50, { log: true }),
        seed,
      };
      return candidate("randomForest", options, randomForest(options));
    },
  },
  {
    name: "boost",
    tasks: ["binary", "multiclass", "regression"],
    features: "trees",
    first: {
      ...{ "boost trees": 200, "boost depth": 4, "boost rate": 0.1, "boost l2": 1 },
      ...{ "boost rows": 1, "boost columns": 1, "boost weight": 1 },
    },
    ask: (trial, { seed }) => {
      const options = {
        trees: trial.int("boost trees", 50, 500, { step: 50 }),
        depth: trial.int("boost depth", 2, 8),
        learningRate: trial.float("boost rate", 0.01, 0.3, { log: true }),
        l2: trial.float("boost l2", 0.1, 30, { log: true }),
        rowSample: trial.float("boost rows", 0.5, 1),
        columnSample: trial.float("boost columns", 0.4, 1),
        minChildWeight: trial.float("boost weight", 0.1, 20, { log: true }),
        seed,
      };
      return candidate("boost", options, boost(options));
    },
  },
];
