/** @file Results in the JSON of Great Expectations 1.x: of one expectation, and of a suite. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import type { Json, Severity } from "../flow.ts";
import type { AnyRows } from "../table/index.ts";
import { expectationJson } from "./json/suite-json.ts";
import { isRowPlan } from "./scan/compile.ts";
import type { Outcome, RowOutcome } from "./scan/judge.ts";
import { type Sample, sampleOf, secondLook } from "./scan/samples.ts";

/** How much a result says. */
export type ResultFormatName = "BOOLEAN_ONLY" | "BASIC" | "SUMMARY" | "COMPLETE";

/** How much a result says, in detail; the names are Great Expectations'. */
export interface ResultFormat {
  readonly result_format: ResultFormatName;
  /** At most so many values and counts are in a partial list. Default 20. */
  readonly partial_unexpected_count?: number;
  /** Columns that tell the rows apart; without them, `COMPLETE` gives the row's place, from 0. */
  readonly unexpected_index_column_names?: readonly string[];
  /** Whether the SQL that finds the rows is in a complete result. Default true. */
  readonly return_unexpected_index_query?: boolean;
  /** Leaves the values out, and keeps the counts. */
  readonly exclude_unexpected_values?: boolean;
}

/** What could not be judged, and why. */
export interface ExceptionInfo {
  readonly raised_exception: boolean;
  readonly exception_message: string | null;
  readonly exception_traceback: string | null;
}

/** One expectation judged, in Great Expectations' JSON. */
export interface ExpectationResult {
  readonly success: boolean;
  readonly expectation_config: { readonly [key: string]: Json };
  readonly result: { readonly [key: string]: Json };
  readonly meta: { readonly [key: string]: Json };
  readonly exception_info: ExceptionInfo;
}

/** A suite judged, in Great Expectations' JSON. */
export interface SuiteResult {
  readonly success: boolean;
  readonly results: readonly ExpectationResult[];
  readonly suite_name: string;
  readonly suite_parameters: { readonly [key: string]: Json };
  readonly statistics: {
    readonly evaluated_expectations: number;
    readonly successful_expectations: number;
    readonly unsuccessful_expectations: number;
    readonly success_percent: number | null;
  };
  readonly meta: { readonly [key: string]: Json };
  readonly id: string | null;
}

type Format = Required<ResultFormat>;

/** A format with all its parts. Throws `option/out-of-range`, `option/unknown-name`. */
export function fullFormat(given: ResultFormatName | ResultFormat): Format {
  const format = typeof given === "string" ? { result_format: given } : given;
  const defaults = {
    partial_unexpected_count: 20,
    unexpected_index_column_names: [],
    return_unexpected_index_query: true,
    exclude_unexpected_values: false,
  };
  checkNames("result_format", format, ["result_format", "include_unexpected_rows", ...Object.keys(defaults)]); // biome-ignore format: one call
  const names = ["BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE"] as const;
  checkChoice("result_format", { result_format: format.result_format }, names);
  const { partial_unexpected_count = 20 } = format;
  checkNumber("result_format", { partial_unexpected_count }, { min: 0, integer: true });
  return { ...defaults, ...format };
}

/** The JSON of one outcome; a failure about rows is looked at once more for its samples. */
export async function resultOf(
  rows: AnyRows,
  outcome: Outcome,
  { format, batchId }: { readonly format: Format; readonly batchId: string },
): Promise<ExpectationResult> {
  const expectation =
    outcome.kind === "failed" ? outcome.expectation : outcome.compiled.expectation;
  const written = expectationJson(expectation);
  const given = outcome.kind === "failed" ? {} : resolvedKwargs(outcome.compiled.kwargs, expectation.kwargs); // biome-ignore format: one line
  const kwargs = { ...(Object(written["kwargs"]) as object), ...given, batch_id: batchId };
  const config = { ...written, kwargs };
  const common = { expectation_config: config, meta: {} };
  if (outcome.kind === "failed")
    return {
      ...common,
      success: false,
      result: {},
      exception_info: {
        raised_exception: true,
        exception_message: outcome.error.message,
        exception_traceback: `error[${outcome.error.code}]`,
      },
    };
  const measured =
    outcome.kind === "rows"
      ? { success: outcome.success, result: await rowResult(rows, outcome, format) }
      : await measureResult(rows, outcome, format);
  const result = format.result_format === "BOOLEAN_ONLY" ? {} : measured.result;
  return { ...common, success: measured.success, result, exception_info: noException };
}

const noException: ExceptionInfo = {
  raised_exception: false,
  exception_message: null,
  exception_traceback: null,
};

/** The arguments that were given, with the values of parameters. */
function resolvedKwargs(
  kwargs: { readonly [key: string]: Json },
  given: { readonly [key: string]: Json },
): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(kwargs).filter(([key]) => key in given));
}

async function measureResult(
  rows: AnyRows,
  outcome: Outcome & { readonly kind: "measure" },
  format: Format,
) {
  const { plan } = outcome.compiled;
  const look = isRowPlan(plan) || outcome.success ? undefined : plan.look;
  if (look === undefined) return outcome;
  return look(outcome, secondLook(rows, format.result_format === "COMPLETE"));
}

type Result = { readonly [key: string]: Json };

async function rowResult(rows: AnyRows, outcome: RowOutcome, format: Format): Promise<Result> {
  const { plan } = outcome.compiled;
  if (format.result_format === "BOOLEAN_ONLY" || !isRowPlan(plan)) return {};
  const { rows: elements, looked, broken } = outcome;
  const ofAll = elements === 0 ? null : (broken / elements) * 100;
  const ofLooked = looked === 0 ? null : (broken / looked) * 100;
  const percent = plan.countsMissing ? ofLooked : ofAll;
  const missing = elements - looked;
  return {
    element_count: elements,
    unexpected_count: broken,
    unexpected_percent: elements === 0 ? null : percent,
    ...(plan.countsMissing
      ? {
          missing_count: missing,
          missing_percent: elements === 0 ? null : (missing / elements) * 100,
          unexpected_percent_total: ofAll,
          unexpected_percent_nonmissing: ofLooked,
        }
      : {}),
    ...(await sampleResult(rows, outcome, format)),
  };
}

/** The lists of a result: some values, their counts, their places, or all of them. */
async function sampleResult(rows: AnyRows, outcome: RowOutcome, format: Format): Promise<Result> {
  const { plan } = outcome.compiled;
  if (!isRowPlan(plan)) return {};
  const { result_format: name, partial_unexpected_count: most } = format;
  const index = format.unexpected_index_column_names;
  const complete = name === "COMPLETE";
  const wish = { limit: complete ? null : most, counts: name !== "BASIC" && most > 0, most, index };
  const wanted = outcome.broken > 0 && (complete || most > 0);
  const sample = wanted
    ? await sampleOf(rows, { ...outcome.compiled, plan }, wish)
    : { values: [], places: complete || index.length > 0 ? [] : null, counts: [], query: null };
  return {
    ...valueLists(sample, format),
    ...(index.length > 0 ? { unexpected_index_column_names: index } : {}),
    ...placeLists(sample, format),
  };
}

/** The broken values, and how often each stands there. */
function valueLists(
  { values, counts }: Pick<Sample, "values" | "counts">,
  { result_format: name, partial_unexpected_count: most, exclude_unexpected_values: bare }: Format,
): Result {
  if (bare) return {};
  const listed = counts.map(({ value, count }) => ({ value, count }));
  return {
    partial_unexpected_list: values.slice(0, most),
    ...(name === "BASIC" ? {} : { partial_unexpected_counts: listed }),
    ...(name === "COMPLETE" ? { unexpected_list: values } : {}),
  };
}

/** Where the broken rows are, and the SQL that finds them. */
function placeLists(
  { places, query }: Pick<Sample, "places"> & { readonly query: string | null },
  { result_format: name, partial_unexpected_count: most, return_unexpected_index_query }: Format,
): Result {
  if (name === "BASIC" || places === null) return {};
  const partial = { partial_unexpected_index_list: places.slice(0, most) };
  if (name !== "COMPLETE") return partial;
  const shown = return_unexpected_index_query && query !== null;
  return {
    ...partial,
    unexpected_index_list: places,
    ...(shown ? { unexpected_index_query: query } : {}),
  };
}

/** Counts of the results of a suite. */
export function statisticsOf(results: readonly ExpectationResult[]): SuiteResult["statistics"] {
  const successful = results.filter(({ success }) => success).length;
  return {
    evaluated_expectations: results.length,
    successful_expectations: successful,
    unsuccessful_expectations: results.length - successful,
    success_percent: results.length === 0 ? null : (successful / results.length) * 100,
  };
}

/** The gravest severity among the failures of a suite, or null when nothing failed. */
export function highestFailure({ results }: Pick<SuiteResult, "results">): Severity | null {
  const failed = results
    .filter(({ success }) => !success)
    .map(({ expectation_config }) => expectation_config["severity"] ?? "critical");
  const order = ["critical", "warning", "info"] as const;
  return order.find((severity) => failed.includes(severity)) ?? null;
}
