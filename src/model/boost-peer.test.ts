/**
 * @file Boosted trees against those of XGBoost and LightGBM on a grid, where every library has the same bins: they learn the
 * same trees. Predictions are equal within 0.2 %: gradients are rounded to integers, and the peers' are 32-bit numbers.
 */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { fractions } from "../../tests/peer/classification.ts";
import type { Dataset, Task } from "../flow.ts";
import { boost } from "./boost.ts";
import type { BoostOptions } from "./boost-options.ts";

interface Case {
  readonly peer: string;
  readonly label: "number" | "count" | "class" | "truth";
  readonly salt: number;
  readonly weighted: boolean;
  readonly ours: BoostOptions;
  readonly tolerance: number;
  readonly told: readonly number[];
}

const text = await readFile(new URL("../../tests/peer/boost.json", import.meta.url), "utf8");
const { cases } = JSON.parse(text) as { readonly cases: readonly Case[] };
const rows = 600;

const tasks: Readonly<Record<Case["label"], Task>> = {
  number: { kind: "regression" },
  count: { kind: "regression" },
  class: { kind: "multiclass", classes: ["0", "1", "2"] },
  truth: { kind: "binary" },
};

/** What `grid` in tests/peer/boost.py makes. */
function grid({ salt, label, weighted }: Case): Dataset {
  const u = fractions(8 * rows, salt);
  const at = (row: number): number[] => Array.from(u.subarray(8 * row, 8 * row + 8));
  const all = Array.from({ length: rows }, (_, row) => at(row));
  const x = all.map((row) => row.slice(0, 5).map((v) => Math.floor(12 * v)));
  const labels = { number: numberOf, count: countOf, class: classOf, truth: truthOf };
  const y = Float64Array.from(x, (row, i) => labels[label](row, all[i] ?? []));
  const weights = Float64Array.from(all, ([, , , , , , , w = 0]) => 1 + Math.floor(3 * w));
  return {
    ...{ x: { rows, cols: 5, data: Float64Array.from(x.flat()) }, y, task: tasks[label] },
    ...{ names: ["f0", "f1", "f2", "f3", "f4"], source: "sha256:00" },
    ...(weighted ? { weights } : {}),
  };
}

type Row = readonly number[];
const numberOf = ([a = 0, b = 0, c = 0, d = 0]: Row, [, , , , , noise = 0]: Row): number =>
  a - (c > 5 ? b : 4) + 0.25 * d + 6 * noise;
const countOf = ([a = 0, b = 0]: Row, [, , , , , noise = 0]: Row): number =>
  Math.floor(Math.max(0, (a + b) / 4 + 3 * noise - 1));
const classOf = ([a = 0, , , d = 0]: Row, [, , , , , , noise = 0]: Row): number =>
  Math.floor(Math.min(2, Math.max(0, (a + d) / 8 + 1.2 * noise - 0.5)));
const truthOf = ([a = 0, b = 0]: Row, [, , , , , , noise = 0]: Row): number =>
  Number(a / 12 + (b > 6 ? 0.3 : 0) + 0.8 * noise > 1);

describe("boost beside its peers", () => {
  for (const [i, one] of cases.entries())
    test(`learns the trees of ${one.peer}: ${one.label} ${JSON.stringify(one.ours)} (${i})`, async () => {
      const data = grid(one);
      const common = { trees: 8, depth: 3, learningRate: 0.3, base: 0, minChildWeight: 1 };
      const predictor = await boost({ ...common, ...one.ours }).learn(data);
      const told = predictor.predict(data.x).subarray(0, one.told.length);
      expect(told).toBeClose(one.told, { rtol: one.tolerance, atol: one.tolerance });
    });
});
