/** @file The peer numbers of classic.json, and the data they were made from. */
import { readFile } from "node:fs/promises";
import type { Dataset, Matrix, Task } from "../../src/flow.ts";
import { fractions } from "./classification.ts";

/** How a data set is made; `sample` in classic.py makes the same. */
export interface ClassicCase {
  readonly rows: number;
  readonly features: number;
  readonly salt: number;
  readonly task: Task["kind"];
  /** Whether features are counts. */
  readonly counts: boolean;
  /** Whether rows are weighted. */
  readonly weighed: boolean;
  /** What the peer told of the rows that were asked. */
  readonly told: readonly number[];
}

/** What scikit-learn gave. */
export interface ClassicPeers {
  readonly neighbours: readonly (ClassicCase & { readonly options: object })[];
  readonly bayes: readonly (ClassicCase & { readonly name: string; readonly options: object })[];
  /** The base learned from the first half of the rows, the curve from the second. */
  readonly calibrated: readonly (ClassicCase & {
    readonly method: "sigmoid" | "isotonic" | "temperature";
  })[];
  /** Rising lines through points, and their values at other places. */
  readonly lines: readonly Readonly<Record<"x" | "y" | "w" | "at" | "told", readonly number[]>>[];
  readonly stacks: readonly (ClassicCase & { readonly passThrough: boolean })[];
  readonly votes: readonly ClassicCase[];
  /** Logistic regression, one against the rest. */
  readonly rest: ClassicCase;
  /** Local outlier factors of the rows that were learned from, and of those that were asked. */
  readonly outliers: readonly (ClassicCase & {
    readonly options: object;
    readonly factors: readonly number[];
  })[];
  readonly svms: readonly (Omit<ClassicCase, "told"> & {
    readonly options: object;
    readonly weights: readonly number[];
    readonly bias: number;
  })[];
  /** Five folds in the order of the rows. */
  readonly crossed: Omit<ClassicCase, "told"> & {
    readonly scores: Readonly<Record<"accuracy" | "auc" | "logLoss" | "f1", readonly number[]>>;
  };
}

/** Reads the peer's numbers. */
export async function readClassicPeers(): Promise<ClassicPeers> {
  const text = await readFile(new URL("./classic.json", import.meta.url), "utf8");
  return JSON.parse(text) as ClassicPeers;
}

const asked = 20;

/** Rows to learn from, and rows to ask. */
export function classicData(of: Omit<ClassicCase, "told">): {
  readonly data: Dataset;
  readonly asked: Matrix;
} {
  const { rows, features: d, salt, counts, weighed } = of;
  const u = fractions((rows + asked) * (d + 2), salt);
  const x = new Float64Array((rows + asked) * d);
  const [y, weights] = [new Float64Array(rows + asked), new Float64Array(rows + asked)];
  for (let i = 0; i < rows + asked; i++) {
    const row = u.subarray(i * (d + 2), (i + 1) * (d + 2));
    const values = row.subarray(0, d).map((v) => 2 * v - 1);
    const [a = 0, b = 0, c = 0] = values;
    y[i] = labelOf(of.task, a - b + c * c + 1.5 * (row[d] ?? 0) - 1);
    weights[i] = 0.5 + (row[d + 1] ?? 0);
    x.set(counts ? values.map((v) => Math.floor(2.5 * (v + 1))) : values, i * d);
  }
  const names = Array.from({ length: d }, (_, j) => `f${j}`);
  const plain = {
    x: { rows, cols: d, data: x.slice(0, rows * d) },
    ...{ y: y.slice(0, rows), names, source: "sha256:00" as const, task: taskOf(of.task) },
  } as const;
  return {
    data: weighed ? { ...plain, weights: weights.slice(0, rows) } : plain,
    asked: { rows: asked, cols: d, data: x.slice(rows * d) },
  };
}

function labelOf(task: Task["kind"], z: number): number {
  if (task === "regression") return z;
  return task === "binary" ? Number(z > 0) : Number(z > -0.4) + Number(z > 0.5);
}

const taskOf = (kind: Task["kind"]): Task =>
  kind === "multiclass" ? { kind, classes: ["low", "middle", "high"] } : { kind };
