/** @file Curves by name over two axes: what ROC-like charts share. */
import type { Json } from "../flow.ts";
import { checkLabels, checkLength, checkSome, checkValue } from "./checks.ts";
import { fail } from "./errors.ts";

/** A curve by name; both lists have shape [p]. */
export interface NamedCurve {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

const mostCurves = 8;
const mostPoints = 1000;

/** Refuses no curves, more than eight, equal names and points that are not finite; gives the names as shown. */
export function checkCurves(at: string, curves: readonly NamedCurve[]): readonly string[] {
  checkSome(at, "curve", curves.length);
  if (curves.length > mostCurves)
    fail("plot/out-of-range-count", { at, what: "curves", most: mostCurves, got: curves.length });
  for (const { name, x, y } of curves) {
    const where = `${at}: curve ${JSON.stringify(name)}`;
    checkSome(where, "point", x.length);
    checkLength(where, "y", [x.length, y.length]);
    for (let i = 0; i < x.length; i++) {
      checkValue(where, { [`x[${i}]`]: x[i] ?? Number.NaN });
      checkValue(where, { [`y[${i}]`]: y[i] ?? Number.NaN });
    }
  }
  return checkLabels(
    at,
    curves.map(({ name }) => name),
  );
}

/** The points of a curve that can be told apart at 1/1000 of each range, at most about a thousand. */
export function pointsOf(
  { x, y }: NamedCurve,
  key: string,
  [width, height]: readonly [number, number],
): Json[] {
  const rows: Json[] = [];
  const last = x.length - 1;
  let [keptX, keptY] = [Infinity, Infinity];
  for (let i = 0; i <= last; i++) {
    const [a, b] = [x[i] ?? 0, y[i] ?? 0];
    const near =
      Math.abs(a - keptX) * mostPoints < width && Math.abs(b - keptY) * mostPoints < height;
    if (near && i !== last) continue;
    rows.push({ curve: key, x: a, y: b, order: i });
    [keptX, keptY] = [a, b];
  }
  return rows;
}

/** Lines coloured by curve, with their legend. */
export function linesOf(
  rows: readonly Json[],
  keys: readonly string[],
  {
    x,
    y,
    legend,
    mark = {},
  }: {
    readonly x: Json;
    readonly y: Json;
    readonly legend: Json;
    readonly mark?: { readonly [name: string]: Json };
  },
): Json {
  const color = { field: "curve", type: "nominal", sort: null, scale: { domain: keys }, legend };
  const order = { field: "order", type: "quantitative" };
  return {
    data: { values: rows },
    mark: { type: "line", ...mark },
    encoding: { x, y, color, order },
  };
}

/** A legend of lines, inside the chart where there are few. */
export function legendOf(title: string | null, curves: number, corner: string): Json {
  const place = curves <= 4 ? { orient: corner, labelLimit: 190 } : { labelLimit: 260 };
  return { title, symbolType: "stroke", ...place };
}
