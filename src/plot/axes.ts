/** @file Axes, straight lines and thinned points that many charts share. */
import type { Json } from "../flow.ts";
import { checkSome, checkValue } from "./checks.ts";
import { label } from "./spec.ts";

/** Refuses no numbers, and such that are not finite. */
export function checkNumbers(at: string, what: string, values: ArrayLike<number>): void {
  checkSome(at, what, values.length);
  for (let i = 0; i < values.length; i++)
    checkValue(at, { [`${what} ${i}`]: values[i] ?? Number.NaN });
}

/** The least and the largest of some lists of numbers, without spreading them. */
export function rangeOf(...lists: readonly ArrayLike<number>[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const values of lists)
    for (let i = 0; i < values.length; i++) {
      low = Math.min(low, values[i] ?? low);
      high = Math.max(high, values[i] ?? high);
    }
  return [low, high];
}

/** A range with some room on both sides; of one value its surroundings. */
export function roomy([low, high]: readonly [number, number]): readonly [number, number] {
  const room = high > low ? 0.05 * (high - low) : Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

/** An axis of numbers over a range. */
export function numbers(
  field: string,
  title: string,
  domain: readonly [number, number],
): { readonly [name: string]: Json } {
  const scale = { domain, nice: false, zero: false };
  return {
    field,
    type: "quantitative",
    scale,
    axis: { title: label(title), tickCount: 6, domain: false },
  };
}

/** An axis of shares from 0 to 1. */
export function shares(field: string, title: string): { readonly [name: string]: Json } {
  const axis = { values: [0, 0.2, 0.4, 0.6, 0.8, 1], format: ".1f", title: label(title) };
  return { field, type: "quantitative", scale: { domain: [0, 1], nice: false }, axis };
}

/** The same field without an axis of its own, for further layers. */
export function plain(field: string): { readonly [name: string]: Json } {
  return { field, type: "quantitative" };
}

/** A dashed line between two points. */
export function straight(from: readonly [number, number], to: readonly [number, number]): Json {
  const values = [from, to].map(([x, y]) => ({ x, y }));
  const encoding = { x: plain("x"), y: plain("y") };
  return { data: { values }, mark: { type: "line", style: "threshold" }, encoding };
}

/** Words beside a dashed line. */
export function words(
  at: readonly [number, number],
  text: string,
  more: { readonly [name: string]: Json } = {},
): Json {
  return {
    data: { values: [{ x: at[0], y: at[1], text }] },
    mark: {
      type: "text",
      style: "threshold-label",
      align: "left",
      dx: 5,
      dy: -4,
      baseline: "bottom",
      ...more,
    },
    encoding: { x: plain("x"), y: plain("y"), text: { field: "text", type: "nominal" } },
  };
}

/** Up to so many of n places, spread evenly, the first and the last among them. */
export function thinned(n: number, most: number): readonly number[] {
  if (n <= most) return Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (n - 1)) / (most - 1)));
}

/** "2,000 of 100,000 rows", where some are left out. */
export function someOf(shown: number, of: number, what: string): string | undefined {
  if (shown >= of) return undefined;
  return `${shown.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} ${what}`;
}

/** Names at whole places of a vertical axis of numbers, left of the chart. */
export function namesLayer(names: readonly string[]): Json {
  return {
    data: { values: names.map((text, y) => ({ y, text: label(text) })) },
    mark: { type: "text", style: "name", align: "right", dx: -8, baseline: "middle", limit: 160 },
    encoding: { x: { value: 0 }, y: plain("y"), text: { field: "text", type: "nominal" } },
  };
}

/** How words stand along a rising line from corner to corner, below it. */
export const below = { align: "center", baseline: "middle", dx: 0, dy: 12 } as const;
