/** @file Which rows of a dataset are learned from, and which judge. */
import { list, random } from "../core/index.ts";
import type { Dataset, Matrix } from "../flow.ts";
import type { BoostOptions } from "./boost-options.ts";
import { datasetRows } from "./dataset-rows.ts";
import { fail } from "./errors.ts";
import { checkedData, checkWidth, taskOf } from "./estimator.ts";

/** Rows to learn from, then rows that judge, from `trainRows` on. */
export interface Held {
  readonly x: Matrix;
  readonly y: Float64Array;
  readonly weights: Float64Array | undefined;
  readonly groups: Float64Array | undefined;
  readonly trainRows: number;
}

/** The rows in that order. A share is drawn by the seed: of each class, or of the groups. Throws `model/missing-rows`, `model/mismatch-width`, `model/mismatch-validation`, and of a dataset that judges as `learn`. */
export function heldRows(data: Dataset, { validation, seed = 0 }: BoostOptions): Held {
  const { x, y, weights, groups } = data;
  if (validation === undefined) return { x, y, weights, groups, trainRows: x.rows };
  if (typeof validation === "object") return joined(data, validation);
  const judges = drawn(data, validation, seed);
  const order = [...y.keys()].sort(
    (a, b) => Number(judges.has(a)) - Number(judges.has(b)) || a - b,
  );
  const trainRows = y.length - judges.size;
  if (trainRows === 0 || judges.size === 0) fail("model/missing-rows", { at: "boost, validation" });
  const rows = datasetRows(data, order);
  return { x: rows.x, y: rows.y, weights: rows.weights, groups: rows.groups, trainRows };
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
    return [...draws.shuffled(all.length).subarray(0, Math.max(0, count))].flatMap(
      (i) => all[i] ?? [],
    );
  };
  return new Set(groups === undefined ? lists.flatMap(some) : some(lists).flat());
}

/** The rows that judge as the training rows are: the same features and task, classes by the numbers of the training rows. */
function fitting(data: Dataset, judge: Dataset): Dataset {
  const at = "boost, validation";
  checkWidth(at, judge.x, data.x.cols);
  const [task, own] = [taskOf(data), taskOf(judge)];
  const sorted = ({ categorical = [] }: Dataset): readonly string[] => categorical.toSorted();
  const pairs = [
    ["task", [task.kind], [own.kind]],
    ["features, or the same in another order,", data.names, judge.names],
    ["categorical features", sorted(data), sorted(judge)],
  ] as const;
  const shown = (all: readonly string[]): string => (all.length === 0 ? "none" : list(all));
  for (const [what, expected, got] of pairs)
    if (expected.length !== got.length || expected.some((one, i) => one !== got[i]))
      fail("model/mismatch-validation", { at, what, expected: shown(expected), got: shown(got) });
  const parts = { name: at, tasks: [task.kind], missing: true, oneClass: true, weights: true };
  const rows = checkedData(parts, judge);
  if (task.kind !== "multiclass" || own.kind !== "multiclass") return rows;
  const places = own.classes.map((name) => task.classes.indexOf(name));
  if (places.includes(-1))
    fail("model/mismatch-validation", {
      at,
      what: "classes",
      expected: shown(task.classes),
      got: shown(own.classes),
    });
  return { ...rows, y: rows.y.map((label) => places[label] ?? Number.NaN) };
}

function joined(data: Dataset, given: Dataset): Held {
  const { x } = data;
  const judge = fitting(data, given);
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
