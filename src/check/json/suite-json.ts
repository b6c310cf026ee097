/** @file Suites as JSON: reads Great Expectations 0.x and 1.x, writes 1.x. */
import type { Json, Severity } from "../../flow.ts";
import { type ExprNode, parseNode, toSql } from "../../table/index.ts";
import { fail } from "../errors.ts";
import { type Expectation, expectation, withCondition } from "../make-expectation.ts";
import type { ExpectationSuite } from "../suite.ts";
import { definitionOf } from "../types/catalogue.ts";
import {
  documentOf,
  firstOf,
  itemsOf,
  type Part,
  partOf,
  recordIn,
  recordOf,
  textIn,
  textOrNull,
} from "./read-json.ts";

/** The version of Great Expectations in a suite's meta. */
const version = "1.24.1";

/**
 * Reads a suite of Great Expectations: the file that 1.x writes, and that of 0.x, whose keys have
 * other names.
 *
 * @param json - The text of the file, or the value parsed from it.
 * @throws `json/corrupt-text`, `check/corrupt-json` with the path of what is wrong, and what
 * {@link expectation} throws
 * @example
 * ```ts
 * const read = readSuite('{"expectation_suite_name":"s","expectations":[{"expectation_type":"expect_column_to_exist","kwargs":{"column":"x"}}]}');
 * read.expectations[0]?.says // => "there is a column x"
 * ```
 */
export function readSuite(json: unknown): ExpectationSuite {
  const document = documentOf("readSuite", json);
  const name = textIn(
    firstOf(partOf(document, "name"), partOf(document, "expectation_suite_name")),
  );
  const { great_expectations_version: _, ...meta } = recordIn(partOf(document, "meta"));
  const parameters = firstOf(
    partOf(document, "suite_parameters"),
    partOf(document, "evaluation_parameters"),
  );
  return {
    name,
    id: textOrNull(partOf(document, "id")),
    expectations: itemsOf(partOf(document, "expectations")).map(readExpectation),
    parameters: recordIn(parameters),
    notes: partOf(document, "notes").value ?? null,
    meta,
  };
}

/** The meta key under which is kept what Great Expectations has no place for. */
const own = "millrace";

function readExpectation(part: Part): Expectation {
  const type = textIn(firstOf(partOf(part, "type"), partOf(part, "expectation_type")));
  const { [own]: kept, ...meta } = recordIn(partOf(part, "meta"));
  const { holds, when, says, mostly } = Object(kept) as Readonly<Record<string, Json>>;
  const severity = severityOf(partOf(part, "severity"));
  const description = textOrNull(partOf(part, "description"));
  const options = {
    severity,
    id: textOrNull(partOf(part, "id")),
    description: description === says ? null : description,
    notes: partOf(part, "notes").value ?? null,
    meta,
    ...(typeof says === "string" ? { says } : {}),
  };
  const { row_condition = null, ...plain } = recordOf(partOf(part, "kwargs"));
  const kwargs = when === undefined && row_condition !== null ? { ...plain, row_condition } : plain;
  const made =
    holds === undefined
      ? expectation(type, kwargs, options)
      : expectation(
          "expect_condition_to_hold",
          { says: says ?? "", condition: holds },
          { ...options, ...(typeof mostly === "number" ? { mostly } : {}) },
        );
  return when === undefined ? made : withCondition(made, { node: parseNode(when, part.path) });
}

function severityOf(part: Part): Severity {
  const given = part.value ?? "critical";
  const found = (["critical", "warning", "info"] as const).find((one) => one === given);
  return (
    found ??
    fail("check/corrupt-json", {
      at: part.at,
      path: part.path,
      expected: '"critical", "warning" or "info"',
      got: given,
    })
  );
}

/**
 * Writes a suite as the JSON file of Great Expectations 1.x, two spaces deep, keys sorted, so that
 * a change is a readable difference. What Great Expectations has no place for, such as a typed
 * condition, is kept in `meta.millrace`; `holds` is written as `unexpected_rows_expectation`.
 *
 * @returns The text; {@link readSuite} gives the same suite again.
 * @example
 * ```ts
 * const points = schema("points", { x: int() });
 * const made = suite("s", points, [expectations(points).notNull("x")]);
 * readSuite(writeSuite(made)).expectations.length // => 1
 * ```
 */
export function writeSuite(suite: ExpectationSuite): string {
  return writeJson({
    name: suite.name,
    id: suite.id ?? null,
    expectations: suite.expectations.map(expectationJson),
    suite_parameters: suite.parameters ?? {},
    meta: { ...suite.meta, great_expectations_version: version },
    notes: suite.notes ?? null,
  });
}

/** Stable text of JSON: two spaces, keys sorted, a line break at the end. */
export function writeJson(value: Json): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => sorted(one));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}

/** One expectation as Great Expectations 1.x writes it. */
export function expectationJson(one: Expectation): { readonly [key: string]: Json } {
  const { kwargs, mostly, severity, id, description, notes } = one;
  const kept = keptJson(one);
  const meta = kept === undefined ? one.meta : { ...one.meta, [own]: kept };
  const common = {
    id,
    meta,
    severity,
    ...(description === null ? {} : { description }),
    ...(notes === null ? {} : { notes }),
  };
  if (one.type !== "expect_condition_to_hold")
    return {
      type: one.type,
      kwargs: { ...kwargs, ...(mostly === 1 ? {} : { mostly }) },
      ...common,
    };
  const about = one.when === null ? "" : ` AND (${conditionSql(one.when)})`;
  const held = conditionSql(parseNode(kwargs["condition"] ?? null, one.type));
  const query = `SELECT * FROM {batch} WHERE NOT (${held})${about}`;
  return {
    type: "unexpected_rows_expectation",
    kwargs: { unexpected_rows_query: query },
    ...common,
    description: description ?? one.says,
  };
}

/** What Great Expectations has no place for, or undefined when there is nothing. */
function keptJson({ type, kwargs, when, says, mostly }: Expectation): Json | undefined {
  const held = type === "expect_condition_to_hold";
  const kept: Record<string, Json> = {};
  if (when !== null) kept["when"] = JSON.parse(JSON.stringify(when)) as Json;
  if (held) kept["holds"] = kwargs["condition"] ?? null;
  if (held && mostly !== 1) kept["mostly"] = mostly;
  if (held || says !== definitionOf(type).is.says(kwargs)) kept["says"] = says;
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** The SQL of a condition, its braces doubled, for a query in which braces are places to fill. */
const conditionSql = (node: ExprNode): string =>
  toSql({ node }).replaceAll("{", "{{").replaceAll("}", "}}");
