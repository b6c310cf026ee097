/** @file Results in the JSON of Great Expectations 1.x: of one expectation, and of a suite. */
import { checkChoice, checkNames, checkNumber } from "../core/index.ts";
import type { Json, Severity } from "../flow.ts";
import type { AnyRows } from "../table/index.ts";
import { expectationJson } from "./json/suite-json.ts";
import { isRowPlan } from "./scan/compile.ts";
import type { Outcome, RowOutcome } from "./scan/judge.ts";
import { type Sample, sampleOf, secondLook } from "./scan/samples.ts";
import { compareValues } from "./types/values.ts";

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
  /** Leaves the values out, and keeps the counts; the index columns are then lists. */
  readonly exclude_unexpected_values?: boolean;
  /** Whether the broken rows stand in the result whole, as many as `partial_unexpected_count`. Default false. */
  readonly include_unexpected_rows?: boolean;
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
    include_unexpected_rows: false,
  };
  checkNames("result_format", format, ["result_format", ...Object.keys(defaults)]);
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
  const given =
    outcome.kind === "failed" ? {} : resolvedKwargs(outcome.compiled.kwargs, expectation.kwargs);
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
  const whole = format.include_unexpected_rows;
  const wish = { limit: complete ? null : most, index, whole };
  const wanted = outcome.broken > 0 && (complete || most > 0);
  const sample = wanted
    ? await sampleOf(rows, { ...outcome.compiled, plan }, wish)
    : { values: [], places: complete || index.length > 0 ? [] : null, rows: [], query: null };
  return {
    ...valueLists(sample.values, format),
    ...(index.length > 0 ? { unexpected_index_column_names: index } : {}),
    ...(whole ? { unexpected_rows: sample.rows.slice(0, most) } : {}),
    ...placeLists(sample, format),
  };
}

/** The broken values, and how often each stands among them. */
function valueLists(
  values: readonly Json[],
  { result_format: name, partial_unexpected_count: most, exclude_unexpected_values: bare }: Format,
): Result {
  if (bare) return {};
  const counted = name !== "BASIC" && most > 0;
  return {
    partial_unexpected_list: values.slice(0, most),
    ...(counted ? { partial_unexpected_counts: valueCounts(values, most) } : {}),
    ...(name === "COMPLETE" ? { unexpected_list: values } : {}),
  };
}

/** The most frequent of the values, those as frequent in their order; a row of values is a list. */
function valueCounts(values: readonly Json[], most: number): readonly Json[] {
  const found = new Map<string, { readonly value: Json; count: number }>();
  for (const one of values) {
    const isRecord = typeof one === "object" && one !== null && !Array.isArray(one);
    const value = isRecord ? Object.values(one) : one;
    const key = JSON.stringify(value);
    const entry = found.get(key) ?? { value, count: 0 };
    entry.count += 1;
    found.set(key, entry);
  }
  const frequent = [...found.values()].sort((a, b) => b.count - a.count).slice(0, most);
  return frequent.sort((a, b) => b.count - a.count || inOrder(a.value, b.value));
}

/** Values as Python orders them: lists by their first difference, texts by code point. */
function inOrder(a: Json, b: Json): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    const at = a.findIndex((value: Json, i) => inOrder(value, b[i] ?? null) !== 0);
    return at < 0 ? 0 : inOrder(a[at] ?? null, b[at] ?? null);
  }
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return typeof a === "object" || typeof b === "object" ? 0 : compareValues(a, b);
}

/** Where the broken rows are, and the SQL that finds them. */
function placeLists(
  { places: found, query }: Pick<Sample, "places"> & { readonly query: string | null },
  format: Format,
): Result {
  const {
    result_format: name,
    partial_unexpected_count: most,
    return_unexpected_index_query,
  } = format;
  if (name === "BASIC" || found === null) return {};
  const places = format.exclude_unexpected_values ? inColumns(found, format) : found;
  const partial = most > 0 ? { partial_unexpected_index_list: places.slice(0, most) } : {};
  if (name !== "COMPLETE") return partial;
  const shown = return_unexpected_index_query && query !== null;
  return {
    ...partial,
    unexpected_index_list: places,
    ...(shown ? { unexpected_index_query: query } : {}),
  };
}

/** Places without the values: one object of lists by index column. Places that are numbers stay. */
function inColumns(
  places: readonly Json[],
  { unexpected_index_column_names: index }: Format,
): readonly Json[] {
  if (index.length === 0 || places.length === 0) return places;
  const rows = places.map((place) => Object(place) as Readonly<Record<string, Json>>);
  return [Object.fromEntries(index.map((name) => [name, rows.map((row) => row[name] ?? null)]))];
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
