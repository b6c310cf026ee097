/** @file The peer numbers of linear.json, and the data they were made from. */
import { readFile } from "node:fs/promises";
import type { Dataset, Matrix, Task } from "../../src/flow.ts";
import { matrix } from "../../src/tensor/index.ts";
import { fractions } from "./classification.ts";

/** How a data set is made; `dataset` in linear.py makes the same. */
export interface LinearCase {
  readonly rows: number;
  readonly features: number;
  readonly salt: number;
}

type Numbers = readonly number[];
interface Line {
  readonly weights: Numbers;
  readonly bias: number;
}

/** What the peers gave. */
export interface LinearPeers {
  readonly leastSquares: readonly (LinearCase & {
    readonly weighted: boolean;
    /** The bias first, as statsmodels has it. */
    readonly estimate: Numbers;
    readonly standardError: Numbers;
    readonly t: Numbers;
    readonly p: Numbers;
    readonly low: Numbers;
    readonly high: Numbers;
    readonly r2: number;
    readonly sigma: number;
    readonly f: number;
    readonly fp: number;
    /** Value and confidence interval of 90 % of the first five rows; prediction interval. */
    readonly mean: readonly [Numbers, Numbers, Numbers];
    readonly row: readonly [Numbers, Numbers];
  })[];
  readonly deficient: readonly (LinearCase & Line & { readonly rank: number })[];
  readonly ridge: readonly (LinearCase &
    Line & { readonly alpha: number; readonly weighted: boolean })[];
  readonly gcv: readonly (LinearCase & { readonly alphas: Numbers; readonly scores: Numbers })[];
  readonly elastic: readonly (LinearCase &
    Line & { readonly alpha: number; readonly l1Ratio: number; readonly weighted: boolean })[];
  readonly path: readonly (LinearCase & {
    readonly alphas: Numbers;
    readonly weights: readonly Numbers[];
  })[];
  readonly elasticCv: readonly (LinearCase &
    Line & {
      readonly l1Ratio: number;
      readonly alpha: number;
      readonly alphas: Numbers;
      readonly errors: Numbers;
    })[];
  readonly logistic: readonly (LinearCase & {
    readonly task: "binary" | "multiclass";
    readonly l1: number;
    readonly l2: number;
    readonly balanced: boolean;
    readonly weighted: boolean;
    readonly weights: readonly Numbers[];
    readonly bias: Numbers;
    readonly probability: readonly Numbers[];
  })[];
  readonly generalised: readonly (LinearCase &
    Line & {
      readonly family: "poisson" | "gamma" | "tweedie";
      readonly power: number | null;
      readonly alpha: number;
      readonly d2: number;
    })[];
  readonly diagnostics: readonly (LinearCase & {
    readonly vif: Numbers;
    readonly jarqueBera: Numbers;
    readonly shapiro: Numbers;
    readonly breuschPagan: Numbers;
    readonly durbinWatson: number;
    readonly leverage: Numbers;
    readonly cooks: Numbers;
    readonly internal: Numbers;
    readonly external: Numbers;
  })[];
}

/** Reads the peers' numbers. */
export async function readLinearPeers(): Promise<LinearPeers> {
  const text = await readFile(new URL("./linear.json", import.meta.url), "utf8");
  return JSON.parse(text) as LinearPeers;
}

/** Labels of four kinds for the same features; weights 0.5 to 1.5. */
export interface LinearData {
  readonly regression: Dataset;
  readonly binary: Dataset;
  readonly multiclass: Dataset;
  readonly counts: Dataset;
  /** Above 0. */
  readonly positive: Dataset;
  readonly weights: Float64Array;
}

/** Uniform features in (−1, 1) of which the second leans on the first, and labels made of them. */
export function linearData({ rows, features: d, salt }: LinearCase): LinearData {
  const u = fractions(rows * (d + 3), salt);
  const lines = Array.from({ length: rows }, (_, i) => {
    const drawn = Array.from(u.subarray(i * (d + 3), (i + 1) * (d + 3)));
    const x = drawn.slice(0, d).map((v) => 2 * v - 1);
    const [first = 0, second = 0, third = 0] = x;
    const [one = 0, two = 0, weight = 0] = drawn.slice(d);
    const leaning = (second + first) / 2;
    x[1] = leaning;
    return { x, one, weight, y: 3 + 2 * first - leaning + third * first + (one + two - 1) };
  });
  const x = matrix(lines.map((line) => line.x));
  const labelled = (
    of: (line: { readonly y: number; readonly one: number }) => number,
    task: Task,
  ) => ({ ...plain(x), y: Float64Array.from(lines, of), task }) as const;
  const regression = { kind: "regression" } as const;
  return {
    regression: labelled(({ y }) => y, regression),
    binary: labelled(({ y }) => (y > 3 ? 1 : 0), { kind: "binary" }),
    multiclass: labelled(({ y }) => Math.max(0, Math.min(2, Math.floor(y - 1.5))), {
      kind: "multiclass",
      classes: ["low", "middle", "high"],
    }),
    counts: labelled(({ y, one }) => Math.floor(Math.exp(y / 3) * 2 * one), regression),
    positive: labelled(({ y }) => Math.exp(y / 3), regression),
    weights: Float64Array.from(lines, ({ weight }) => 0.5 + weight),
  };
}

function plain(x: Matrix): Omit<Dataset, "y"> {
  const names = Array.from({ length: x.cols }, (_, j) => `f${j}`);
  return { x, names, source: "sha256:00" };
}

/** The dataset with weights where a case has them. */
export function weighed(data: Dataset, weights: Float64Array, weighted: boolean): Dataset {
  return weighted ? { ...data, weights } : data;
}
