/** @file The correlation chart: how columns go together, pair by pair. */
import type { Json } from "../flow.ts";
import { checkLabels, checkLength, checkSome, checkValue } from "./checks.ts";
import { fail } from "./errors.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions } from "./spec.ts";

const mostColumns = 60;
const mostWithText = 14;

/**
 * Describes a matrix of correlations as coloured cells, with the numbers where there is room for them; a cell without a correlation (NaN) stays
 * empty.
 *
 * @param matrix - Shape [d, d], −1 to 1 or NaN.
 * @param names - The d columns' names, 1 ≤ d ≤ 60.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`, `plot/out-of-range-count`, `plot/duplicate-name`
 * @example
 * ```ts
 * correlationChart([[1, -0.4], [-0.4, 1]], ["tenure", "charges"])["width"] // => { step: 46 }
 * ```
 */
export function correlationChart(
  matrix: readonly ArrayLike<number>[],
  names: readonly string[],
  options: ChartOptions = {},
): ChartSpec {
  const at = "correlationChart";
  checkChartOptions(at, options);
  checkSome(at, "column", matrix.length);
  checkLength(at, "names", [matrix.length, names.length]);
  const d = names.length;
  if (d > mostColumns)
    fail("plot/out-of-range-count", { at, what: "columns", most: mostColumns, got: d });
  const labels = checkLabels(at, names);
  const cells = matrix.flatMap((row, i) => cellsOf(row, i, labels));
  const withText = d <= mostWithText;
  const step = withText ? 46 : d <= 30 ? 18 : 10;
  const { title = "Correlations", subtitle } = options;
  const axis = { ticks: false, domain: false, labelPadding: 6, labelLimit: 140, title: null };
  const place = (name: "a" | "b", more: { readonly [name: string]: Json }): Json => ({
    field: name,
    type: "nominal",
    sort: null,
    scale: { domain: labels },
    axis: { ...axis, ...more },
  });
  const x = place("b", d === 1 ? { labelAngle: 0 } : { labelAngle: -40, labelAlign: "right" });
  const y = place("a", {});
  const color = {
    field: "r",
    type: "quantitative",
    scale: { domain: [-1, -0.5, 0, 0.5, 1], range: "diverging", interpolate: "rgb" },
    legend: withText ? null : { title: "correlation", format: ".1f" },
  };
  const thin = step < 20 ? { strokeWidth: step < 12 ? 0 : 1 } : {};
  const words = (strong: boolean): Json => ({
    data: { values: cells.filter((cell) => cell.strong === strong) },
    mark: {
      type: "text",
      style: strong ? "cell-share-high" : "value",
      baseline: "middle",
      fontSize: 11,
    },
    encoding: { x, y, text: { field: "text", type: "nominal" } },
  });
  const layer: Json[] = [
    { data: { values: cells }, mark: { type: "rect", style: "cell", ...thin }, encoding: { x, y, color } },
    ...(withText ? [words(false), words(true)] : []),
  ]; // biome-ignore format: layers
  return chartSpec({
    title,
    subtitle,
    width: { step },
    height: { step: withText ? 36 : step },
    layer,
  });
}

/** The cells of a row that have a correlation. */
function cellsOf(row: ArrayLike<number>, i: number, labels: readonly string[]) {
  const at = "correlationChart";
  checkLength(at, `row ${i}`, [labels.length, row.length]);
  return labels.flatMap((b, j) => {
    const r = row[j] ?? Number.NaN;
    if (Number.isNaN(r)) return [];
    const rounded = Math.round(r * 1e9) / 1e9; // a sum may end a bit above 1
    checkValue(at, { [`the correlation at [${i}, ${j}]`]: rounded }, { min: -1, max: 1 });
    const text = r.toFixed(2).replace("-", "−");
    return [{ a: labels[i] ?? "", b, r, text, strong: Math.abs(r) > 0.55 }];
  });
}
