/** @file The waterfall chart: how one prediction comes about, effect by effect. */
import type { Json } from "../flow.ts";
import { namesLayer, numbers, plain, rangeOf } from "./axes.ts";
import { checkSome, checkValue } from "./checks.ts";
import { type ChartOptions, type ChartSpec, chartSpec, checkChartOptions } from "./spec.ts";

/** One prediction taken apart. */
export interface ShapleyRow {
  /** What is predicted without knowing any feature. */
  readonly base: number;
  /** What each feature adds; with the base they sum to the prediction. */
  readonly effects: readonly {
    readonly name: string;
    readonly value: string | number;
    readonly effect: number;
  }[];
}

const mostEffects = 9;

/**
 * Describes how one prediction comes about: bars from the base value to the prediction, the largest effects first, those past the ninth as one.
 *
 * @param row - The base value and each feature's effect.
 * @throws `plot/missing-data`, `plot/out-of-range-value`
 * @example
 * ```ts
 * waterfallChart({ base: 0.3, effects: [{ name: "tenure", value: 2, effect: 0.4 }] })["width"] // => 420
 * ```
 */
export function waterfallChart(row: ShapleyRow, options: ChartOptions = {}): ChartSpec {
  const at = "waterfallChart";
  checkChartOptions(at, options);
  checkSome(at, "effect", row.effects.length);
  checkValue(at, { base: row.base });
  for (const { name, effect } of row.effects)
    checkValue(`${at}: feature ${JSON.stringify(name)}`, { effect });
  const sorted = row.effects.toSorted((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  const rest = sorted.slice(mostEffects);
  const shown = sorted.slice(0, mostEffects).map(({ name, value, effect }) => ({
    text: `${name} = ${typeof value === "number" ? short(value) : value}`,
    effect,
  }));
  if (rest.length > 0)
    shown.push({
      text: `${rest.length} others`,
      effect: rest.reduce((sum, { effect }) => sum + effect, 0),
    });
  let reached = row.base;
  const bars = shown.map(({ text, effect }, y) => {
    const from = reached;
    reached += effect;
    return {
      text,
      y,
      from,
      to: reached,
      effect,
      told: `${effect < 0 ? "−" : "+"}${short(Math.abs(effect))}`,
    };
  });
  const [low, high] = rangeOf(bars.flatMap(({ from, to }) => [from, to]));
  const room = (high - low || 1) * 0.14; // for the words beside the bars
  const x = numbers("from", "prediction", [low - room, high + room]);
  const y = {
    field: "top",
    type: "quantitative",
    scale: { domain: [bars.length - 0.4, -0.6], nice: false },
    axis: null,
  };
  const { title = "How the prediction comes about" } = options;
  const { subtitle = `from ${short(row.base)} to ${short(reached)}` } = options;
  const drawn = bars.map((bar) => ({ ...bar, top: bar.y - 0.32, bottom: bar.y + 0.32 }));
  const side = (style: "up" | "down"): Json => ({
    data: { values: drawn.filter(({ effect }) => effect >= 0 === (style === "up")) },
    mark: { type: "rect", style },
    encoding: { x, x2: { field: "to" }, y, y2: { field: "bottom" } },
  });
  const told = (style: "up" | "down"): Json => ({
    data: { values: drawn.filter(({ effect }) => effect >= 0 === (style === "up")) },
    mark: {
      type: "text",
      style: "value",
      align: style === "up" ? "left" : "right",
      dx: style === "up" ? 5 : -5,
      baseline: "middle",
    },
    encoding: { x: plain("to"), y: plain("y"), text: { field: "told", type: "nominal" } },
  });
  const layer = [
    side("up"),
    side("down"),
    told("up"),
    told("down"),
    namesLayer(bars.map(({ text }) => text)),
  ];
  return chartSpec({ title, subtitle, width: 420, height: 30 * bars.length + 10, layer });
}

/** A number with three digits that count. */
function short(value: number): string {
  const text = Number(value.toPrecision(3));
  return Math.abs(text) >= 1e6
    ? text.toExponential()
    : text.toLocaleString("en-US", { maximumFractionDigits: 6 });
}
