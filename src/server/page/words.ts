/** @file Numbers and times as the page writes them. */
import { type Html, html } from "./html.ts";

/** Four significant digits, whole numbers with their thousands apart. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  const size = Math.abs(value);
  return size >= 0.001 && size < 1e6
    ? String(Number(value.toPrecision(4)))
    : value.toExponential(2);
}

/** A metric: four decimals, so that values stand under each other; large and tiny ones as numbers. */
export function metricText(value: number): string {
  const size = Math.abs(value);
  return size < 100 && (size >= 0.0001 || size === 0) ? value.toFixed(4) : number(value);
}

/** Milliseconds with a unit. */
export function duration(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 120_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.round(milliseconds / 60_000)} min`;
}

/** A moment in UTC, to the minute. */
export function moment(ms: number): Html {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return html`–`;
  const iso = date.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")}</time>`;
}

/** A name that somebody chose: its writing direction stays in it, and its lines end after a _. */
export function name(text: string): Html {
  const words = text.split(/(?<=_)/).map((word) => html`${word}<wbr>`);
  return html`<bdi>${words}</bdi>`;
}

/** A word in a pill; its tone is shown by colour, its meaning by the word. */
export function badge(tone: "good" | "warn" | "bad" | "plain", word: string): Html {
  return html`<span class="badge ${tone}">${word}</span>`;
}
