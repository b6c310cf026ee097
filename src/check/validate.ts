/** @file A suite run as Great Expectations runs it: the same verdicts, the same JSON, one scan. */
import { type Clock, systemClock } from "../core/index.ts";
import type { Json } from "../flow.ts";
import type { AnyRows } from "../table/index.ts";
import {
  type ExpectationResult,
  fullFormat,
  type ResultFormat,
  type ResultFormatName,
  resultOf,
  type SuiteResult,
  statisticsOf,
} from "./result.ts";
import { judge } from "./scan/judge.ts";
import { type CheckOptions, type ExpectationSuite, surroundings } from "./suite.ts";

/** How a suite is run. */
export interface ValidateOptions extends CheckOptions {
  /** How much the result says. Default `SUMMARY`. */
  readonly resultFormat?: ResultFormatName | ResultFormat;
  /** What the rows are called in the result. Default: the schema's name. */
  readonly batchId?: string;
  readonly clock?: Clock;
  /** What the run is called. */
  readonly runName?: string | null;
  /** More about the run, for the result's meta. */
  readonly meta?: Readonly<Record<string, Json>>;
}

/** The version of Great Expectations whose JSON is written. */
export const greatExpectationsVersion = "1.24.1";

/**
 * Runs a suite over rows and gives Great Expectations' JSON. The whole suite is one scan; what
 * fails is looked at once more for its values. What is wrong with one expectation, such as a column
 * that is not there, fails that expectation with `exception_info`, and no other.
 *
 * @param rows - Any frame.
 * @param suite - Made by {@link suite}, or read by {@link readSuite}.
 * @param options - See {@link ValidateOptions}.
 * @returns The result; `success` is whether every expectation succeeded, of whatever severity.
 * @throws `option/out-of-range`, `option/unknown-name` for a result format that is none
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = schema("points", { x: int() });
 * const table = lake.table("demo.points", points);
 * await table.append([{ x: 1 }, { x: -1 }]);
 * const positive = suite("positive", points, [expectations(points).between("x", { min: 0 })]);
 * const result = await validate(await table.read(), positive, { resultFormat: "BASIC" });
 * result.results[0]?.result["partial_unexpected_list"] // => [-1]
 * ```
 * @see great_expectations 1.24.1, `Validator.validate`
 */
export async function validate(
  rows: AnyRows,
  suite: ExpectationSuite,
  options: ValidateOptions = {},
): Promise<SuiteResult> {
  const { resultFormat = "SUMMARY", clock = systemClock, runName = null, meta = {} } = options;
  const format = fullFormat(resultFormat);
  const batchId = options.batchId ?? rows.schema.name;
  const around = surroundings(rows.schema.columns, suite, options);
  const { outcomes } = await judge(rows, suite.expectations, around);
  const results: ExpectationResult[] = [];
  for (const outcome of outcomes) results.push(await resultOf(rows, outcome, { format, batchId }));
  const time = new Date(clock()).toISOString().replace("Z", "+00:00");
  return {
    success: results.every(({ success }) => success),
    results,
    suite_name: suite.name,
    suite_parameters: around.parameters,
    statistics: statisticsOf(results),
    meta: {
      great_expectations_version: greatExpectationsVersion,
      expectation_suite_name: suite.name,
      run_id: { run_name: runName, run_time: time },
      validation_time: time,
      ...meta,
    },
    id: suite.id ?? null,
  };
}
