/** @file The params of a joint space that are numbers, as points of the unit cube. */
import { codeAt, type ParamSpec, placeOf, valuesOf } from "../space.ts";
import type { TrialRow } from "../trial-row.ts";
import { jointSpace, type SearchView } from "../view.ts";

/** Params that are numbers and have more than one value, as the axes of a cube. */
export interface NumericSpace {
  readonly axes: readonly (readonly [string, ParamSpec])[];
  /** Tells spaces apart. */
  readonly key: string;
  pointOf(row: TrialRow): Float64Array;
  codesOf(point: Float64Array): Readonly<Record<string, number>>;
}

/** The numbers of the joint space of a study. */
export function numericSpace(view: SearchView): NumericSpace {
  const axes = jointSpace(view).filter(
    ([, spec]) => spec.kind !== "category" && valuesOf(spec) > 1,
  );
  return {
    axes,
    key: JSON.stringify(axes.map(([name]) => name)),
    pointOf: ({ codes }) =>
      Float64Array.from(axes, ([name, spec]) => placeOf(spec, codes[name] ?? 0)),
    codesOf: (point) =>
      Object.fromEntries(axes.map(([name, spec], j) => [name, codeAt(spec, point[j] ?? 0)])),
  };
}
