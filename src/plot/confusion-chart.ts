/** @file The confusion chart: what each class was taken for, as counts and shares of its row. */
import type { Json } from "../flow.ts";
import { checkLabels, checkLength, checkSome, checkValue } from "./checks.ts";
import { fail } from "./errors.ts";
import {
  type ChartOptions,
  type ChartSpec,
  chartSpec,
  checkChartOptions,
  percent,
} from "./spec.ts";

/** More classes are too many to be seen. */
export const mostClasses = 100;
/** Cells of more classes are too small for text. */
const mostWithText = 16;

/**
 * Describes a confusion matrix: each cell has its count and its share of the row, and is coloured
 * by the share. Above 16 classes the cells have colour only.
 *
 * @param matrix - Shape [k, k]: row i, column j counts the rows of class i predicted as class j.
 * @param labels - The k classes' names, 1 ≤ k ≤ 100.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`,
 * `plot/out-of-range-count`, `plot/duplicate-name`
 * @example
 * ```ts
 * confusionChart([[90, 10], [5, 15]], ["stays", "leaves"])["width"] // => { step: 116 }
 * ```
 */
export function confusionChart(
  matrix: readonly (readonly number[])[],
  labels: readonly string[],
  options: ChartOptions = {},
): ChartSpec {
  checkChartOptions("confusionChart", options);
  const names = checkLabels("confusionChart", labels);
  const total = checkMatrix(matrix, names.length);
  const cells = matrix.flatMap((row, i) => cellsOf(row, names[i] ?? "", names));
  const { title = "Confusion matrix", subtitle = `${total.toLocaleString("en-US")} rows` } =
    options;
  const size = cellSize(names.length);
  const withText = names.length <= mostWithText;
  const layer = [
    rectangles(cells, names, { ...size, withText }),
    ...(withText ? texts(cells, size) : []),
  ];
  return chartSpec({
    title,
    subtitle,
    width: { step: size.width },
    height: { step: size.height },
    layer,
  });
}

function checkMatrix(matrix: readonly (readonly number[])[], k: number): number {
  const at = "confusionChart";
  checkSome(at, "class", matrix.length);
  checkLength(at, "labels", [matrix.length, k]);
  if (k > mostClasses)
    fail("plot/out-of-range-count", { at, what: "classes", most: mostClasses, got: k });
  let total = 0;
  for (const [i, row] of matrix.entries()) {
    checkLength(at, `row ${i}`, [k, row.length]);
    for (const [j, count] of row.entries()) {
      checkValue(at, { [`the count at [${i}, ${j}]`]: count }, { min: 0 });
      total += count;
    }
  }
  checkSome(at, "counted row", total);
  return total;
}

function cellsOf(row: readonly number[], truth: string, names: readonly string[]): Json[] {
  const sum = row.reduce((a, b) => a + b, 0);
  return row.map((count, j) => {
    const share = sum === 0 ? 0 : count / sum;
    const text = {
      count: count.toLocaleString("en-US"),
      percent: sum === 0 ? "–" : percent(share),
    };
    return { truth, predicted: names[j] ?? "", share, ...text };
  });
}

interface CellSize {
  readonly width: number;
  readonly height: number;
}

function cellSize(k: number): CellSize {
  if (k <= 2) return { width: 116, height: 84 };
  if (k <= 5) return { width: 88, height: 60 };
  if (k <= mostWithText) return { width: 60, height: 42 };
  return k <= 40 ? { width: 16, height: 16 } : { width: 8, height: 8 };
}

function rectangles(
  cells: readonly Json[],
  names: readonly string[],
  size: CellSize & { readonly withText: boolean },
): Json {
  const axis = { ticks: false, domain: false, labelPadding: 6, labelLimit: 140 };
  const plain = size.width < 12 ? { ...axis, labelOverlap: "greedy" } : axis;
  const below = belowAxis(names, size.width);
  const scale = { domain: names };
  const sort = null;
  const legend = size.withText ? null : { title: "share of true class", format: ".0%" };
  return {
    data: { values: cells },
    mark: {
      type: "rect",
      style: "cell",
      ...(size.width < 20 ? { strokeWidth: size.width < 12 ? 0 : 1 } : {}),
    },
    encoding: {
      x: {
        ...field("predicted"),
        sort,
        scale,
        axis: { ...plain, ...below, title: "predicted class" },
      },
      y: { ...field("truth"), sort, scale, axis: { ...plain, title: "true class" } },
      color: { field: "share", type: "quantitative", scale: { domain: [0, 0.5, 1] }, legend },
    },
  };
}

/** Names that do not fit under their cells are slanted; under the smallest cells they stand. */
function belowAxis(names: readonly string[], width: number): Record<string, Json> {
  const longest = Math.max(...names.map((name) => name.length));
  if (longest * 6.5 <= width) return { labelAngle: 0 };
  if (width < 20) return { labelAngle: -90, labelAlign: "right", labelBaseline: "middle" };
  return { labelAngle: -40, labelAlign: "right" };
}

const field = (name: string): { field: string; type: "nominal" } => ({
  field: name,
  type: "nominal",
});

/** Four layers, since text on a dark cell has another colour: count and share, on low and high. */
function texts(cells: readonly Json[], { height }: CellSize): Json[] {
  const dy = height >= 60 ? 9 : 7;
  const fontSize = height >= 60 ? {} : { fontSize: 11 };
  const layer = (name: "count" | "percent", side: "low" | "high"): Json => ({
    data: { values: cells },
    transform: [{ filter: side === "low" ? "datum.share <= 0.5" : "datum.share > 0.5" }],
    mark: {
      type: "text",
      style: `cell-${name === "count" ? "count" : "share"}-${side}`,
      baseline: "middle",
      dy: name === "count" ? -dy : dy,
      ...fontSize,
    },
    encoding: {
      x: { ...field("predicted"), sort: null },
      y: { ...field("truth"), sort: null },
      text: { field: name, type: "nominal" },
    },
  });
  return [
    layer("count", "low"),
    layer("count", "high"),
    layer("percent", "low"),
    layer("percent", "high"),
  ];
}
