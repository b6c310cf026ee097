/** @file Grid search: every combination of some values, each once. */
import { formatJson } from "../../core/index.ts";
import { describeSpec } from "../check-spec.ts";
import { fail } from "../errors.ts";
import { codeOf, type ParamSpec, type ParamValue, valueAt, valuesOf } from "../space.ts";
import type { TrialRow } from "../trial-row.ts";
import type { SearchView } from "../view.ts";
import { drawEvenly } from "./random-sampler.ts";
import type { Sampler } from "./sampler.ts";

/** The most combinations of a grid. */
const mostPoints = 1_000_000;

/**
 * Grid search: each trial takes the next combination, the last param changing fastest, and the search
 * ends when each has had its turn. What was enqueued before counts as the turn of its combination. Params that the grid does not name are drawn evenly.
 *
 * @param values - For each param the values to try. Absent: those of the study's declared space, of
 * which each param must have a list of values.
 * @throws `tune/missing-space`, `tune/out-of-range-param` when the search begins;
 * `tune/out-of-range-value` for no values, or more than 1,000,000 combinations
 * @example
 * ```ts
 * grid({ depth: [2, 4, 8], kind: ["gini", "entropy"] }).name // => "grid"
 * ```
 * @see Peer: scikit-learn `ParameterGrid`, Optuna `GridSampler`.
 */
export function grid(values?: Readonly<Record<string, readonly ParamValue[]>>): Sampler {
  const given = values === undefined ? null : new Map(Object.entries(values));
  if (given !== null) pointsOf([...given.values()].map((list) => list.length));
  const axesOf = (view: SearchView): Axes => given ?? declaredAxes(view);
  return {
    name: "grid",
    options: { values: values ?? null },
    size: (view) => {
      const axes = axesOf(view);
      return pointsOf([...axes.values()].map((list) => list.length)) + turnsOf(view, axes).spare;
    },
    draw: (view, trial) => {
      const axes = axesOf(view);
      const codes: Record<string, number> = {};
      for (const [name, value] of combination(axes, indexOf(view, axes, trial))) {
        const spec = view.specs.get(name);
        if (spec !== undefined) codes[name] = gridCode(name, spec, value);
      }
      return { codes };
    },
    drawOne: (view, asked) => {
      // The first trial of a space that is not declared: the param was not known when it began.
      const { name, spec, trial } = asked;
      const axes = axesOf(view);
      if (!axes.has(name)) return drawEvenly(view, asked);
      return gridCode(name, spec, combination(axes, indexOf(view, axes, trial)).get(name));
    },
  };
}

type Axes = ReadonlyMap<string, readonly ParamValue[]>;

/** The combination of a number, the last param changing fastest; it begins anew after the last one. */
function combination(axes: Axes, index: number): ReadonlyMap<string, ParamValue | undefined> {
  const values = new Map<string, ParamValue | undefined>();
  let left = index;
  for (const [name, list] of [...axes].reverse()) {
    values.set(name, list[left % list.length]);
    left = Math.floor(left / list.length);
  }
  return values;
}

const isEnqueued = (row: TrialRow): boolean => Object.keys(row.fixed).length > 0;

/** The number of the combination that a trial takes; of one that was enqueued, its own number fills in what is left out. */
function indexOf(view: SearchView, axes: Axes, trial: number): number {
  const row = view.rows[trial];
  if (row !== undefined && isEnqueued(row)) return trial;
  return turnsOf(view, axes, trial).next;
}

/**
 * Which combination is next after the first trials, and how many of these took none of their own: what was
 * enqueued is not of the grid, or was tried before. It depends on these trials only, so that a search
 * goes on as it began.
 */
function turnsOf(
  view: SearchView,
  axes: Axes,
  end = view.rows.length,
): { readonly next: number; readonly spare: number } {
  const before = view.rows.slice(0, end);
  if (!before.some(isEnqueued)) return { next: end, spare: 0 };
  const taken = new Set<number>();
  let [next, spare] = [0, 0];
  for (const row of before) {
    while (taken.has(next)) next++;
    const index = isEnqueued(row) ? enqueuedIndex(axes, row) : next;
    if (index === undefined || taken.has(index)) spare += 1;
    else taken.add(index);
  }
  while (taken.has(next)) next++;
  return { next, spare };
}

/** The number of the combination that an enqueued trial takes; undefined where it is not of the grid. */
function enqueuedIndex(axes: Axes, { fixed, number }: TrialRow): number | undefined {
  const filled = combination(axes, number);
  let index = 0;
  for (const [name, list] of axes) {
    const values: readonly unknown[] = list;
    const place = values.indexOf(name in fixed ? fixed[name] : filled.get(name));
    if (place < 0) return undefined;
    index = index * list.length + place;
  }
  return index;
}

function gridCode(param: string, spec: ParamSpec, value: ParamValue | undefined): number {
  const [expected, got] = [describeSpec(spec), formatJson(value ?? null)];
  return codeOf(spec, value) ?? fail("tune/out-of-range-param", { param, expected, got });
}

function declaredAxes(view: SearchView): Axes {
  const { declared } = view;
  if (declared === null) return fail("tune/missing-space", { at: "grid", param: null });
  const axes = Object.entries(declared).map(([name, spec]) => {
    const length = valuesOf(spec);
    if (length === Infinity) fail("tune/missing-space", { at: "grid", param: name });
    const codes = Array.from({ length }, (_, i) => stepCode(spec, i));
    return [name, codes.map((code) => valueAt(spec, code))] as const;
  });
  return new Map(axes);
}

const stepCode = (spec: ParamSpec, i: number): number => {
  if (spec.kind === "category") return i;
  return Number((spec.low + i * (spec.step ?? 0)).toPrecision(15));
};

function pointsOf(lengths: readonly number[]): number {
  const points = lengths.reduce((product, length) => product * length, 1);
  const isFine = lengths.length > 0 && points > 0 && points <= mostPoints;
  if (!isFine)
    fail("tune/out-of-range-value", {
      ...{ at: "grid", expected: "1 to 1,000,000 combinations" },
      got: lengths.length === 0 ? "no params" : `${points}`,
    });
  return points;
}
