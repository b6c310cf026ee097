/** @file What can go wrong with series, their forecasts and backtests. */
import { type Catalogue, caller, count, failWith, list, quote } from "../core/index.ts";

/** "series "A"", or "the series" where there is one without a name. */
const named = (id: string): string => (id === "" ? "the series" : `series ${quote(id)}`);

/** The errors of this room: code → sentence. */
export const forecastErrors = {
  "forecast/mismatch-length": caller(
    (d: { at: string; times: number; got: number }) =>
      `${d.at}: times and values do not fit together; expected ${count(d.times, "value")}, got ${d.got}`,
  ),
  "forecast/missing-values": caller(
    (d: { at: string; id: string; rows: number }) =>
      `${d.at}: ${named(d.id)} has no value in ${count(d.rows, "row")}; expected at least one number`,
  ),
  "forecast/missing-time": caller(
    (d: { at: string; rows: number; what: string }) =>
      `${d.at}: ${count(d.rows, "row")} without ${d.what}; expected one in every row. Leave these rows out.`,
  ),
  "forecast/out-of-range-time": caller(
    (d: { at: string; row: number; got: unknown }) =>
      `${d.at}: the time of row ${d.row} is none; expected a Date, got ${quote(String(d.got))}`,
  ),
  "forecast/duplicate-time": caller(
    (d: { at: string; id: string; time: string; rows: number }) =>
      `${d.at}: ${named(d.id)} has two values at ${d.time}, and ${count(d.rows, "such row")} in all; expected one per time. Add them up or drop one; where rows belong to several series, name their id column.`,
  ),
  "forecast/unknown-frequency": caller(
    (d: { at: string; id: string; rows: number; known: readonly string[] }) =>
      `${d.at}: the ${count(d.rows, "time")} of ${named(d.id)} show no regular step; expected steps of one of ${list(d.known)}. Name the frequency, or add the rows up to one first.`,
  ),
  "forecast/mismatch-frequency": caller(
    (d: { at: string; id: string; time: string; frequency: string; start: string }) =>
      `${d.at}: ${d.time} of ${named(d.id)} is not a whole number of steps after ${d.start}; expected one value per ${d.frequency}. Cut times to the ${d.frequency}, or name another frequency.`,
  ),
  "forecast/missing-dates": caller(
    (d: { at: string; id: string; missing: number; frequency: string; times: readonly string[] }) =>
      `${d.at}: ${named(d.id)} has no value for ${count(d.missing, d.frequency)} between its first and its last: ${list(d.times)}; expected every ${d.frequency}. Say with missing what to do: "interpolate", "previous" or "zero".`,
  ),
  "forecast/out-of-range-value": caller(
    (d: { at: string; id: string; time: string; expected: string; got: number }) =>
      `${d.at}: ${named(d.id)} is ${d.got} at ${d.time}; expected ${d.expected}`,
  ),
  "forecast/missing-history": caller(
    (d: { at: string; id: string; expected: number; got: number; why: string }) =>
      `${d.at}: ${named(d.id)} is too short; expected at least ${count(d.expected, "value")} (${d.why}), got ${d.got}. Take a simpler model, such as naive(), or a longer history.`,
  ),
  "forecast/conflict-constant": caller(
    (d: { differences: number }) =>
      `arima: a constant of a series differenced ${d.differences} times is a curve that runs away; expected constant only with at most 1 difference. Leave constant out.`,
  ),
  "forecast/out-of-range-horizon": caller(
    (d: { most: number; got: number }) =>
      `boostedForecast: the model has ${count(d.most, "step")} ahead; expected a horizon of at most ${d.most}, got ${d.got}. Fit it with a larger horizon, or with the recursive strategy.`,
  ),
  "forecast/out-of-range-step": caller(
    (d: {
      id: string;
      column: string;
      after: string;
      frequency: string;
      most: number;
      got: string;
    }) =>
      `${named(d.id)} ends on ${d.after}; expected in ${quote(d.column)} the time of one of the ${d.most} next steps of a ${d.frequency}, got ${d.got}`,
  ),
  "forecast/corrupt-files": caller(
    (d: { reason: string }) =>
      `loadForecast: the model's files are damaged: ${d.reason}. Read the model again from its source.`,
  ),
  "forecast/mismatch-argument": caller(
    (d: { at: string; got: string }) =>
      `${d.at}: this is no series; expected what series() gives, or one of those that seriesOf() gives, got ${d.got}`,
  ),
  "forecast/mismatch-kind": caller(
    (d: { at: string; column: string; expected: string; got: string }) =>
      `${d.at}: column ${quote(d.column)} is of kind ${d.got}; expected ${d.expected}`,
  ),
  "forecast/missing-series": caller(
    (d: { at: string }) => `${d.at}: there is no series; expected at least one, got none`,
  ),
  "forecast/mismatch-rule": caller(
    (d: { name: string; expected: string; got: string }) =>
      `holidays: the rule of ${quote(d.name)} names no day; expected ${d.expected}, got ${d.got}`,
  ),
  "forecast/duplicate-name": caller(
    (d: { at: string; name: string }) =>
      `${d.at}: two series have the id ${quote(d.name)}; expected ids that differ`,
  ),
  "forecast/unsupported-format": caller(
    (d: { kind: string; got: number; known: number }) =>
      `this ${d.kind} model was written in format ${d.got}; expected at most ${d.known}. Read it with the Millrace that wrote it, or a newer one.`,
  ),
  "forecast/unknown-kind": caller(
    (d: { got: string; known: readonly string[] }) =>
      `forecastModelFromState: unknown kind ${quote(d.got)}; expected one of ${list(d.known)}`,
  ),
  "forecast/corrupt-state": caller(
    (d: { field: string; expected: string; got: string }) =>
      `forecastModelFromState: ${d.field} is damaged; expected ${d.expected}, got ${d.got}. Read the stored model again from its source.`,
  ),
} satisfies Catalogue;

/** Throws one of {@link forecastErrors}. */
export const fail = failWith(forecastErrors);
