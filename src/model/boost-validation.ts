/** @file Which rows of a dataset are learned from, and which judge. */
import { random } from "../core/index.ts";
import type { Dataset, Matrix } from "../flow.ts";
import type { BoostOptions } from "./boost-options.ts";
import { fail } from "./errors.ts";
import { taskOf } from "./estimator.ts";

/** Rows to learn from, then rows that judge, from `trainRows` on. */
export interface Held {
  readonly x: Matrix;
  readonly y: Float64Array;
  readonly weights: Float64Array | undefined;
  readonly groups: Float64Array | undefined;
  readonly trainRows: number;
}

/** The rows in that order. A share is drawn by the seed: of each class, or of the groups. Throws `model/missing-rows`, `model/mismatch-width`. */
export function heldRows(data: Dataset, { validation, seed = 0 }: BoostOptions): Held {
  const { x, y, weights, groups } = data;
  if (validation === undefined) return { x, y, weights, groups, trainRows: x.rows };
  if (typeof validation === "object") return joined(data, validation);
  const judges = drawn(data, validation, seed);
  const order = [...y.keys()].sort((a, b) => Number(judges.has(a)) - Number(judges.has(b)) || a - b); // biome-ignore format: one line
  const trainRows = y.length - judges.size;
  if (trainRows === 0 || judges.size === 0) fail("model/missing-rows", { at: "boost, validation" });
  const picked = (column: Float64Array): Float64Array => Float64Array.from(order, (i) => column[i] ?? 0); // biome-ignore format: one line
  const numbers = new Float64Array(x.data.length);
  for (const [to, from] of order.entries())
    numbers.set(x.data.subarray(from * x.cols, (from + 1) * x.cols), to * x.cols);
  return {
    ...{ x: { ...x, data: numbers }, y: picked(y), trainRows },
    weights: weights && picked(weights),
    groups: groups && picked(groups),
  };
}

/** The rows that judge: a share of each class, of all rows of numbers, or of the groups. */
function drawn(data: Dataset, share: number, seed: number): ReadonlySet<number> {
  const { y, groups } = data;
  const draws = random(seed).stream("boost/validation");
  const kinds = groups ?? (taskOf(data).kind === "regression" ? y.map(() => 0) : y);
  const members = new Map<number, number[]>();
  for (const [row, kind] of kinds.entries()) {
    const own = members.get(kind);
    if (own === undefined) members.set(kind, [row]);
    else own.push(row);
  }
  const lists = [...members].sort(([a], [b]) => a - b).map(([, rows]) => rows);
  const some = <T>(all: readonly T[]): readonly T[] => {
    const count = Math.min(all.length - 1, Math.max(1, Math.round(share * all.length)));
    return [...draws.shuffled(all.length).subarray(0, Math.max(0, count))].flatMap((i) => all[i] ?? []); // biome-ignore format: one line
  };
  return new Set(groups === undefined ? lists.flatMap(some) : some(lists).flat());
}

function joined(data: Dataset, judge: Dataset): Held {
  const { x } = data;
  if (judge.x.cols !== x.cols) fail("model/mismatch-width", { at: "boost, validation", expected: x.cols, got: judge.x.cols }); // biome-ignore format: one line
  if (judge.x.rows === 0) fail("model/missing-rows", { at: "boost, validation" });
  const rows = x.rows + judge.x.rows;
  const both = (a: Float64Array, b: Float64Array): Float64Array => {
    const all = new Float64Array(a.length + b.length);
    all.set(a);
    all.set(b, a.length);
    return all;
  };
  const ones = (count: number): Float64Array => new Float64Array(count).fill(1);
  const weighted = data.weights !== undefined || judge.weights !== undefined;
  const queries = judge.groups ?? new Float64Array(judge.x.rows);
  return {
    x: { rows, cols: x.cols, data: both(x.data, judge.x.data) },
    y: both(data.y, judge.y),
    trainRows: x.rows,
    weights: weighted
      ? both(data.weights ?? ones(x.rows), judge.weights ?? ones(judge.x.rows))
      : undefined,
    groups: data.groups && both(data.groups, queries),
  };
}
