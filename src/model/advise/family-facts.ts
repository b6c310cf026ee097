/** @file What is known of each family of algorithms: costs from the benches, strengths from the field. */
import type { TaskKind } from "../../flow.ts";

/** The problem, with all that was not said filled in. */
export interface Problem {
  readonly rows: number;
  readonly features: number;
  /** Outputs of a row: k classes, else 1. */
  readonly outputs: number;
  readonly interpretable: "must" | "likes" | "no";
  readonly missing: boolean;
  readonly categories: boolean;
  readonly secondsToTrain: number | undefined;
  readonly microsecondsPerRow: number | undefined;
}

/** A family: what it is for, what it costs, and how well it tells. */
export interface FamilyFacts {
  /** The function that makes the estimator, by task. */
  readonly makers: Readonly<Partial<Record<TaskKind, string>>>;
  readonly purpose: string;
  readonly isBaseline?: true;
  readonly reasons: readonly string[];
  readonly interpretability: 0 | 1 | 2 | 3;
  /** Whether it takes missing values, and codes of categories, as they are. */
  readonly missing: boolean;
  readonly categories: boolean;
  /** Below so many rows for its features it learns noise. */
  fewestRows(features: number): number;
  /** One thread, in seconds. */
  trainSeconds(problem: Problem): number;
  rowMicroseconds(problem: Problem): number;
  /** How well it tells tables as a rule, by the logarithm of rows per feature; about 0 to 3. */
  strength(size: number): number;
}

const trees = 100;
const per = (base: number) => () => base;

/** Every family, the simplest first. */
export const families: readonly FamilyFacts[] = [
  {
    makers: { binary: "majority", multiclass: "majority", regression: "average" },
    purpose: "the trivial baseline",
    isBaseline: true,
    reasons: ["what does not beat it is of no use; it always stands beside the others"],
    interpretability: 3,
    missing: true,
    categories: true,
    fewestRows: per(1),
    trainSeconds: ({ rows }) => 2e-9 * rows,
    rowMicroseconds: per(0.1),
    strength: per(0),
  },
  {
    makers: { binary: "logistic", multiclass: "logistic", regression: "ridge" },
    purpose: "a weight for each feature: fast, stable, can be read and defended",
    reasons: [
      "a weight for each feature; it misses interactions and bends that the features do not hold",
    ],
    interpretability: 3,
    missing: false,
    categories: false,
    fewestRows: (features) => 10 * features,
    trainSeconds: ({ rows, features, outputs }) => 1e-9 * rows * features ** 1.5 * outputs,
    rowMicroseconds: ({ features, outputs }) => 0.1 + 0.003 * features * outputs,
    strength: (size) => 2 - 0.15 * size,
  },
  {
    makers: { binary: "decisionTree", multiclass: "decisionTree", regression: "decisionTree" },
    purpose: "rules that can be drawn",
    reasons: ["rules that can be drawn; one tree alone tells less than many"],
    interpretability: 3,
    missing: true,
    categories: true,
    fewestRows: per(50),
    trainSeconds: ({ rows, features }) => 5e-8 * rows * features,
    rowMicroseconds: per(0.2),
    strength: per(1),
  },
  {
    makers: { binary: "gaussianBayes", multiclass: "gaussianBayes" },
    purpose: "few rows, many classes, an answer at once",
    reasons: ["learned in one pass; its probabilities are too sure, so calibrate them"],
    interpretability: 2,
    missing: false,
    categories: false,
    fewestRows: per(10),
    trainSeconds: ({ rows, features }) => 2e-9 * rows * features,
    rowMicroseconds: ({ features, outputs }) => 0.2 + 0.02 * features * outputs,
    strength: (size) => 1.2 - 0.1 * size,
  },
  {
    makers: { binary: "neighbours", multiclass: "neighbours", regression: "neighbours" },
    purpose: "few features of which nearness means likeness",
    reasons: [
      "answers by the most like rows; the model holds all rows, and answers cost more the more there are",
    ],
    interpretability: 2,
    missing: false,
    categories: false,
    fewestRows: (features) => 30 * features,
    trainSeconds: ({ rows, features }) => 5e-9 * rows * features,
    rowMicroseconds: ({ rows, features }) => 1 + 0.0005 * rows * Math.min(features, 30),
    strength: (size) => 0.8 + 0.1 * size,
  },
  {
    makers: { binary: "randomForest", multiclass: "randomForest", regression: "randomForest" },
    purpose: "good at once, without tuning",
    reasons: ["good without tuning; larger than boosting, and as a rule a little behind it"],
    interpretability: 1,
    missing: true,
    categories: true,
    fewestRows: per(100),
    trainSeconds: ({ rows, features }) =>
      3e-9 * rows * features ** 0.5 * trees * Math.log2(rows + 2),
    rowMicroseconds: per(20),
    strength: (size) => 1.6 + 0.2 * size,
  },
  {
    makers: { binary: "boost", multiclass: "boost", regression: "boost" },
    purpose: "the best of tables from some thousand rows on",
    reasons: ["as a rule the best of tables with rows enough; tune it and stop it early"],
    interpretability: 1,
    missing: true,
    categories: true,
    fewestRows: per(500),
    trainSeconds: ({ rows, features, outputs }) => 2.5e-9 * rows * features * trees * outputs,
    rowMicroseconds: ({ outputs }) => 4 * outputs,
    strength: (size) => 1.3 + 0.5 * size,
  },
];

/** How well a person can follow the answers of an estimator, 0 to 3; null of one that is not among the families. */
export function interpretabilityOf(estimator: string): number | null {
  const [family] = families.filter(({ makers }) => Object.values(makers).includes(estimator));
  return family?.interpretability ?? null;
}
