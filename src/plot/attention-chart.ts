/** @file The attention chart: which tokens a model looks at, token by token. */
import type { Json } from "../flow.ts";
import { checkLength, checkSome, checkValue } from "./checks.ts";
import { fail } from "./errors.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions, label } from "./spec.ts";

const mostTokens = 128;

/**
 * Describes weights of attention as coloured cells: a row for each token that looks, a column for each that is looked at. The same token may be
 * there several times; what is never seen stays empty.
 *
 * @param weights - A row for each token, [t, t], each weight 0 to 1.
 * @param tokens - Their names, 1 ≤ t ≤ 128.
 * @throws `plot/missing-data`, `plot/mismatch-lengths`, `plot/out-of-range-value`, `plot/out-of-range-count`
 * @example
 * ```ts
 * attentionChart([[1, 0], [0.3, 0.7]], ["the", "mill"])["width"] // => { step: 26 }
 * ```
 */
export function attentionChart(
  weights: readonly ArrayLike<number>[],
  tokens: readonly string[],
  options: ChartOptions = {},
): ChartSpec {
  const at = "attentionChart";
  checkChartOptions(at, options);
  checkSome(at, "token", weights.length);
  checkLength(at, "tokens", [weights.length, tokens.length]);
  const t = tokens.length;
  if (t > mostTokens)
    fail("plot/out-of-range-count", { at, what: "tokens", most: mostTokens, got: t });
  const cells = weights.flatMap((row, i) => cellsOf(row, i, t));
  const names = tokens.map((token) => label(token).slice(0, 20));
  const step = t <= 24 ? 26 : t <= 64 ? 14 : 8;
  const { title = "Attention", subtitle } = options;
  const places = Array.from({ length: t }, (_, i) => i);
  const named = `${JSON.stringify(names)}[datum.value]`;
  const axis = (name: string, more: { readonly [key: string]: Json }): Json => ({
    ticks: false,
    domain: false,
    labelPadding: 6,
    labelLimit: 140,
    labelExpr: named,
    title: name,
    ...(step < 12 ? { labelFontSize: 8 } : {}),
    ...more,
  });
  const place = (field: string, of: Json): Json => ({
    field,
    type: "ordinal",
    sort: null,
    scale: { domain: places },
    axis: of,
  });
  const x = place("to", axis("looked at", { labelAngle: -60, labelAlign: "right" }));
  const y = place("from", axis("token", {}));
  const color = {
    field: "weight",
    type: "quantitative",
    scale: { domain: [0, 0.5, 1] },
    legend: { title: "weight", format: ".1f" },
  };
  const mark = { type: "rect", style: "cell", strokeWidth: step < 20 ? 0.5 : 1 };
  return chartSpec({
    ...{ title, subtitle, width: { step }, height: { step } },
    layer: [{ data: { values: cells }, mark, encoding: { x, y, color } }],
  });
}

/** The cells of a row, those of later tokens left out where nothing is seen. */
function cellsOf(row: ArrayLike<number>, from: number, t: number): readonly Json[] {
  const at = "attentionChart";
  checkLength(at, `row ${from}`, [t, row.length]);
  return Array.from({ length: t }, (_, to) => {
    const weight = row[to] ?? 0;
    checkValue(at, { [`the weight at [${from}, ${to}]`]: weight }, { min: 0, max: 1 + 1e-5 });
    return { from, to, weight: Math.min(1, Number(weight.toFixed(4))) };
  }).filter(({ to, weight }) => to <= from || weight > 0);
}
