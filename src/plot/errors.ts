/** @file What can go wrong while a chart is described or drawn. */
import { caller, failWith, list, quote } from "../core/index.ts";

/** The errors of charts: data that cannot be drawn, and specs that are not charts. */
export const plotErrors = {
  "plot/missing-data": caller(
    (d: { at: string; what: string }) =>
      `${d.at}: there is nothing to draw; expected at least one ${d.what}, got none`,
  ),
  "plot/missing-params": caller(
    (d: { at: string; common: readonly string[]; known: readonly string[] }) =>
      `${d.at}: all trials share ${d.common.length === 0 ? "no param" : `only the param ${list(d.common)}`}, and two are needed. Name the axes with params (--params on the command line), of ${list(d.known)}; trials that lack one are left out.`,
  ),
  "plot/out-of-range-value": caller(
    (d: { at: string; what: string; expected: string; got: unknown }) =>
      `${d.at}: ${d.what} must be ${d.expected}; got ${typeof d.got === "number" ? d.got : quote(d.got)}`,
  ),
  "plot/out-of-range-count": caller(
    (d: { at: string; what: string; most: number; got: number }) =>
      `${d.at}: too many ${d.what} for one chart; expected at most ${d.most}, got ${d.got}. Draw fewer, or several charts.`,
  ),
  "plot/mismatch-lengths": caller(
    (d: { at: string; what: string; expected: number; got: number }) =>
      `${d.at}: ${d.what} has another length; expected ${d.expected}, got ${d.got}`,
  ),
  "plot/duplicate-name": caller(
    (d: { at: string; name: string }) =>
      `${d.at}: the name ${quote(d.name)} is there twice; expected names that differ. Rename one of them.`,
  ),
  "plot/unsupported-spec": caller(
    (d: { at: string; reasons: readonly string[] }) =>
      `${d.at}: this spec cannot be drawn; expected a Vega-Lite spec that carries its data, got ${list(d.reasons)}. Make specs with the chart functions.`,
  ),
};

/** Throws an error of charts. */
export const fail = failWith(plotErrors);
