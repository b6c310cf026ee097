/** @file Grid search: every combination of some values, each once. */
import { formatJson } from "../../core/index.ts";
import { describeSpec } from "../check-spec.ts";
import { fail } from "../errors.ts";
import { codeOf, type ParamSpec, type ParamValue, valueAt, valuesOf } from "../space.ts";
import type { SearchView } from "../view.ts";
import { drawEvenly } from "./random-sampler.ts";
import type { Sampler } from "./sampler.ts";

/** The most combinations of a grid. */
const mostPoints = 1_000_000;

/**
 * Grid search: trial i takes combination i, the last param changing fastest, and the search ends when
 * each has had its turn. Params that the grid does not name are drawn evenly.
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
  const axesOf = (view: SearchView): ReadonlyMap<string, readonly ParamValue[]> =>
    given ?? declaredAxes(view);
  return {
    name: "grid",
    options: { values: values ?? null },
    size: (view) => pointsOf([...axesOf(view).values()].map((list) => list.length)),
    draw: (view, trial) => {
      const codes: Record<string, number> = {};
      let left = trial;
      for (const [name, list] of [...axesOf(view)].reverse()) {
        const value = list[left % list.length];
        left = Math.floor(left / list.length);
        const spec = view.specs.get(name);
        if (spec !== undefined) codes[name] = gridCode(name, spec, value);
      }
      return { codes };
    },
    drawOne: (view, asked) => {
      // The first trial of a space that is not declared: the param was not known when it began.
      const axes = [...axesOf(view)].reverse();
      let left = asked.trial;
      for (const [name, list] of axes) {
        if (name === asked.name) return gridCode(name, asked.spec, list[left % list.length]);
        left = Math.floor(left / list.length);
      }
      return drawEvenly(view, asked);
    },
  };
}

function gridCode(param: string, spec: ParamSpec, value: ParamValue | undefined): number {
  const [expected, got] = [describeSpec(spec), formatJson(value ?? null)];
  return codeOf(spec, value) ?? fail("tune/out-of-range-param", { param, expected, got });
}

function declaredAxes(view: SearchView): ReadonlyMap<string, readonly ParamValue[]> {
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
