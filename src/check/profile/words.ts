/** @file Numbers, shares, moments and foreign texts as reports write them. */
import { shown } from "../../core/index.ts";
import type { ColumnKind } from "../../flow.ts";

/** Four significant digits; whole numbers with their thousands apart. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return value.toLocaleString("en-US");
  if (size < 1e-4 || size >= 1e15) return value.toExponential(2);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(4)));
}

/** A share as a percentage that is 0 % or 100 % only when it is exactly that. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const tenths = Math.round(share * 1000) / 10;
  if (tenths === 0 && share > 0) return "< 0.1 %";
  if (tenths === 100 && share < 1) return "> 99.9 %";
  return `${tenths} %`;
}

/** A value of a column of numbers or times: a time is written in UTC, to the second. */
export function valueText(kind: ColumnKind, value: number): string {
  return kind === "timestamp" ? momentText(value) : shortNumber(value);
}

/** A moment in UTC to the minute, or the number where no calendar has it. */
export function momentText(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return shortNumber(ms);
  return date
    .toISOString()
    .replace("T", " ")
    .replace(/:\d\d\.\d+Z$/, "")
    .replace(/ 00:00$/, "");
}

/**
 * A text of somebody else's as one harmless line: control characters as pictures (␊) or numbers,
 * halves of surrogate pairs as �, and what is past the limit as an ellipsis.
 *
 * @param limit - Characters to show, ≥ 1. Default 80.
 */
export function visible(text: string, limit = 80): string {
  const start = text.slice(0, limit * 2).toWellFormed();
  const signs = [...start];
  const cut = signs.length > limit || start.length < text.length;
  return shown(cut ? `${signs.slice(0, limit - 1).join("")}…` : start);
}
