/** @file A chart as plain data, and the parts that every chart shares. */
import { checkNames } from "../core/index.ts";
import type { Json } from "../flow.ts";

/** A Vega-Lite spec: plain JSON that carries its data and names no colour, so any theme fits. */
export interface ChartSpec {
  readonly $schema: string;
  readonly [property: string]: Json;
}

/** What every chart lets its maker say. */
export interface ChartOptions {
  /** The line above the chart; each chart has a default. */
  readonly title?: string;
  /** The smaller line below the title. */
  readonly subtitle?: string;
}

/** The parts of a spec that differ between charts. */
export interface ChartParts {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly width: Json;
  readonly height: Json;
  readonly layer: readonly Json[];
}

/** Refuses options that the chart does not have. Throws `option/unknown-name`. */
export function checkChartOptions(at: string, options: object, more: readonly string[] = []): void {
  checkNames(at, options, ["title", "subtitle", ...more]);
}

/** Puts the parts together as a Vega-Lite spec. */
export function chartSpec({ title, subtitle, width, height, layer }: ChartParts): ChartSpec {
  const below = subtitle === undefined || subtitle === "" ? {} : { subtitle: label(subtitle) };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: label(title),
    title: { text: label(title), ...below },
    width,
    height,
    layer,
  };
}

/** A name as a chart may show it: one line of well-formed Unicode without control characters. */
export function label(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\uFFFE\uFFFF]+/gu, " ")
    .trim();
}

/** A share as people read it: "18.3 %". */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** An axis title: the quantity, and its unit in brackets. */
export function titled(quantity: string, unit: string | undefined): string {
  return label(unit === undefined || unit === "" ? quantity : `${quantity} (${unit})`);
}

/** A vertical axis of names, drawn in the given order and cut at `widthPx`. */
export function namesAxis(names: readonly string[], widthPx = 240): Json {
  const axis = { title: null, labelLimit: widthPx, ticks: false, domain: false, labelPadding: 8 };
  return { field: "name", type: "nominal", sort: null, scale: { domain: names }, axis };
}
