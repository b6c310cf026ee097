/** @file A result in Great Expectations' JSON as data docs and people read it: findings in sentences. */
import { isMillraceError } from "../../core/index.ts";
import type { Finding, Json, Severity } from "../../flow.ts";
import { readSuite } from "../json/suite-json.ts";
import type { ExpectationResult, SuiteResult } from "../result.ts";
import type { DocsResult } from "./docs-data.ts";

/** Rows that break an expectation are named, so many. */
const named = 5;

/**
 * Reads a result, ours or one that Great Expectations stored, as a report: each expectation in a
 * sentence, how many rows break it, and some of them: by the columns that tell rows apart where
 * the result has them, else by their values. Of an expectation about the whole table every row
 * breaks it or none, and what was observed stands beside. An expectation that could not be judged failed.
 *
 * @param result - As {@link validate} gives it, or as it was stored.
 * @returns What `writeDataDocs` takes; its time is that of the validation.
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const points = schema("points", { x: int() });
 * const table = lake.table("demo.points", points);
 * await table.append([{ x: 1 }, { x: -1 }]);
 * const positive = suite("positive", points, [expectations(points).between("x", { min: 0 })]);
 * const { report } = toDocsResult(await validate(await table.read(), positive));
 * report.findings.map(({ expectation, failedRows, rows, sample }) => [expectation, failedRows, rows, sample])
 * // => [["x is ≥ 0", 1, 2, [-1]]]
 * ```
 */
export function toDocsResult(result: SuiteResult): DocsResult {
  const { meta, results, suite_name: suite } = result;
  const { table, version, rows } = recordOf(meta["millrace"]);
  const count = numberOf(rows) ?? Math.max(0, ...results.map(rowsOf));
  const findings = results.map((one) => findingOf(one, count));
  const time = meta["validation_time"] ?? recordOf(meta["run_id"])["run_time"];
  return {
    report: {
      suite,
      table: textOf(table) ?? tableOf(result),
      rows: count,
      passed: findings.every(({ passed, severity }) => passed || severity !== "critical"),
      findings,
    },
    atMs: typeof time === "string" ? Date.parse(time) : 0,
    ...(typeof version === "number" ? { version } : {}),
  };
}

function findingOf(one: ExpectationResult, count: number): Finding {
  const { success: passed, result, exception_info } = one;
  const { says, column, severity } = aboutOf(one.expectation_config);
  const common = { column, severity, passed };
  if (exception_info.raised_exception) {
    const why = exception_info.exception_message ?? "no reason was given";
    return { ...common, ...none, expectation: `${says} (it could not be judged: ${why})` };
  }
  const elements = numberOf(result["element_count"]);
  const broken = numberOf(result["unexpected_count"]);
  if (elements === undefined || broken === undefined) {
    const seen = result["observed_value"] ?? null;
    const all = Math.max(count, 1);
    const rows = { failedRows: passed ? 0 : all, rows: all, sample: [] };
    return { ...common, expectation: says, ...rows, ...(seen === null ? {} : { observed: seen }) };
  }
  const looked = elements - (numberOf(result["missing_count"]) ?? 0);
  return {
    ...common,
    expectation: says,
    failedRows: broken,
    rows: looked,
    sample: sampleOf(result),
  };
}

const none = { failedRows: 0, rows: 0, sample: [] } as const;

/** What an expectation says, and of what; of a type that is not ours, its name. */
function aboutOf(config: ExpectationResult["expectation_config"]): {
  readonly says: string;
  readonly column: string | null;
  readonly severity: Severity;
} {
  try {
    const [read] = readSuite({ name: "read", expectations: [config] }).expectations;
    if (read !== undefined) return read;
  } catch (error) {
    if (!isMillraceError(error)) throw error;
  }
  const { column } = recordOf(config["kwargs"]);
  const given = config["severity"];
  const severity = given === "warning" || given === "info" ? given : "critical";
  const about = textOf(column) ?? null;
  return { says: `${about ?? "the table"}: ${String(config["type"])}`, column: about, severity };
}

/** The first broken rows: their index columns, or the values. */
function sampleOf(result: ExpectationResult["result"]): readonly Json[] {
  const places = listOf(result["partial_unexpected_index_list"]);
  const index = listOf(result["unexpected_index_column_names"]).map(String);
  const keys = places.map((place) => index.map((name) => recordOf(place)[name] ?? null));
  const rows = index.length === 0 ? listOf(result["partial_unexpected_list"]) : keys.map(joined);
  return rows.slice(0, named);
}

/** One key as it is, several as one text, in which a missing part is ∅. */
const joined = (key: readonly Json[]): Json =>
  key.length === 1 ? (key[0] ?? null) : key.map((part) => part ?? "∅").join(" ");

/** Rows of the table, where a result says them. */
const rowsOf = ({ result }: ExpectationResult): number => numberOf(result["element_count"]) ?? 0;

/** What was judged: the asset of the batch, or the batch. */
function tableOf({ meta, results, suite_name }: SuiteResult): string {
  const { data_asset_name } = recordOf(meta["active_batch_definition"]);
  const { batch_id } = recordOf(results[0]?.expectation_config["kwargs"]);
  return textOf(data_asset_name) ?? textOf(meta["batch_id"]) ?? textOf(batch_id) ?? suite_name;
}

const numberOf = (value: Json | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;
const textOf = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const recordOf = (value: Json | undefined): { readonly [key: string]: Json } =>
  Object(value) as { readonly [key: string]: Json };
