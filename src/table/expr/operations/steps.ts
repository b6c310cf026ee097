/** @file Numbers looked up among increasing edges: steps and lines between them. */
import { isRecord } from "../../../core/index.ts";
import { quoteText } from "../../sql-text.ts";
import { isIncreasing, isNumbers } from "./check-params.ts";
import { bucketAt, bucketIn, type GridOfEdges, gridOf } from "./edge-search.ts";
import { numberSql, type Operation, type OperationFamily, one } from "./operation.ts";

/** k edges, and k + 1 values: before the first edge, from each edge on to the next, from the last on. */
export interface Steps {
  readonly edges: readonly number[];
  readonly values: readonly number[];
}

/** k ≥ 2 points of a line made of pieces, x increasing; flat before the first and after the last. */
export interface Line {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/** The value of the step at x. */
export const stepAt = ({ edges, values }: Steps, x: number): number =>
  values[bucketAt(edges, x)] ?? Number.NaN;

/** The value of the line at x. */
export const lineAt = (line: Line, x: number): number => heightAt(line, bucketAt(line.xs, x), x);

/** The height at x, where xs[i − 1] ≤ x < xs[i]. */
function heightAt({ xs, ys }: Line, i: number, x: number): number {
  if (i === 0) return ys[0] ?? Number.NaN;
  const [x0 = 0, x1, y0 = 0, y1 = 0] = [xs[i - 1], xs[i], ys[i - 1], ys[i]];
  return x1 === undefined ? y0 : y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}

/** From so many edges on, the engine's own CASE is slower than a search. */
const searchFrom = 16;

/** `step`: a number or a moment as the value of its step. */
export const step: OperationFamily = {
  of: (params) => {
    if (!isSteps(params)) return null;
    const { edges, values } = params;
    let made: GridOfEdges | undefined;
    const column: Operation["column"] = (x, out, n) => {
      made ??= gridOf(edges);
      const grid = made;
      for (let i = 0; i < n; i++) {
        const number = x[i] ?? 0;
        out[i] = Number.isNaN(number) ? number : (values[bucketIn(grid, number)] ?? Number.NaN);
      }
    };
    return searched((x) => stepAt(params, x), {
      column,
      short: params.edges.length < searchFrom,
      sql: (a) => `(CASE ${casesOf(params, a)} END)`,
      call: (a) => `millrace_step(${a}, ${quoteText(JSON.stringify(params))})`,
    });
  },
};

/** `line`: a number as the height of a line made of pieces. */
export const line: OperationFamily = {
  of: (params) => {
    if (!isLine(params)) return null;
    const call = (a: string): string => `millrace_line(${a}, ${quoteText(JSON.stringify(params))})`;
    let made: GridOfEdges | undefined;
    const column: Operation["column"] = (x, out, n) => {
      made ??= gridOf(params.xs);
      const grid = made;
      for (let i = 0; i < n; i++) {
        const number = x[i] ?? 0;
        out[i] = Number.isNaN(number) ? number : heightAt(params, bucketIn(grid, number), number);
      }
    };
    return searched((x) => lineAt(params, x), { column, short: false, sql: call, call });
  },
};

interface Searched extends Pick<Operation, "column"> {
  readonly short: boolean;
  readonly sql: (a: string) => string;
  readonly call: (a: string) => string;
}

function searched(at: (x: number) => number, { column, short, sql, call }: Searched): Operation {
  return {
    kind: (args) => (one(args, "number", "timestamp") ? "number" : null),
    sql: (a = "") => (short ? sql(a) : call(a)),
    row: (a = null) => (typeof a === "number" ? at(a) : null),
    ...(column && { column }),
  };
}

function casesOf({ edges, values }: Steps, a: string): string {
  const below = edges.map((edge, i) => {
    const value = numberSql(values[i] ?? Number.NaN);
    return `WHEN ${a} < ${numberSql(edge)} THEN ${value}`;
  });
  return [...below, `WHEN ${a} IS NOT NULL THEN ${numberSql(values.at(-1) ?? Number.NaN)}`].join(
    " ",
  );
}

/** Whether these are the parameters of `step`. */
export function isSteps(params: unknown): params is Steps {
  if (!isRecord(params)) return false;
  const { edges, values } = params;
  return isIncreasing(edges) && isNumbers(values) && values.length === edges.length + 1;
}

/** Whether these are the parameters of `line`. */
export function isLine(params: unknown): params is Line {
  if (!isRecord(params)) return false;
  const { xs, ys } = params;
  if (!isIncreasing(xs) || xs.length < 2 || !isNumbers(ys) || ys.length !== xs.length) return false;
  return [xs, ys].every((all) => Number.isFinite(Math.max(...all) - Math.min(...all)));
}
