/** @file `millrace check`: rows judged by a suite; what was found is told, kept, and fails the process. */
import { join, resolve } from "node:path";
import {
  checkFolder,
  type DocsResult,
  type ExpectationSuite,
  type SuiteResult,
  toDocsResult,
  validate,
  writeDataDocs,
} from "../check/index.ts";
import type { Json } from "../flow.ts";
import { folderBytes } from "../store/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";
import { fileForm, fileOptions } from "./file-options.ts";
import { fails, findingLines, severities } from "./findings.ts";
import { namesOf } from "./options.ts";
import { type Source, sourceArgument, withSource } from "./source.ts";
import { parametersOf, suiteAt } from "./suite-file.ts";
import { atOptions, atVersion } from "./table-option.ts";
import { dir } from "./workspace-folder.ts";

export const check = command({
  name: "check",
  summary: "Judge a table or a file by a suite of expectations.",
  about: [
    "The suite is the JSON of Great Expectations; all of it is one scan. Exit code 1 when a critical",
    "expectation failed, or with --fail-on one of a lesser severity. With --keep the result stays as",
    "JSON, with --docs as a page with its history.",
  ],
  arguments: { source: sourceArgument },
  options: {
    suite: { type: "string", value: "FILE.json", help: "the suite" },
    failOn: {
      type: "string",
      choices: severities,
      default: "critical",
      value: "SEVERITY",
      help: "the least severity that fails",
    },
    resultFormat: {
      type: "string",
      choices: ["BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE"],
      default: "SUMMARY",
      value: "FORMAT",
      help: "how much the result says",
    },
    key: {
      type: "string",
      many: true,
      value: "A,B",
      help: "columns that tell rows apart: rows that fail are named by them; the table's key if not given",
    },
    parameter: {
      type: "string",
      many: true,
      value: "NAME=VALUE",
      help: "a value for the suite's parameter",
    },
    keep: {
      type: "string",
      value: "FOLDER",
      help: "keep the result in this folder, as Great Expectations lays it out",
    },
    docs: { type: "string", value: "FOLDER", help: "write the result into these data docs" },
    ...atOptions,
    ...fileOptions,
    dir,
  },
  examples: [
    "check telco.silver --suite gx/expectations/silver_suite.json",
    "check orders.csv --suite orders.json --fail-on warning --json",
    "check telco.silver --suite silver.json --keep gx --docs gx/uncommitted/data_docs/local_site",
  ],
  run: async (values, around) => {
    const { source: from, dir, failOn, keep, docs } = values;
    const suite = await suiteAt("check", values.suite);
    if (suite.expectations.length === 0) fail("cli/missing-expectations", { suite: suite.name });
    const parameters = parametersOf("check", values.parameter);
    const at = atVersion("check", values);
    const form = fileForm(values);
    const format = { resultFormat: values.resultFormat, key: namesOf(values.key), parameters };
    const result = await around.reporter.stage(
      `check ${from}`,
      () =>
        withSource({ from, dir, at, form, command: "check" }, around, (source) =>
          judged(source, suite, format),
        ),
      () => null,
    );
    const found = toDocsResult(result);
    const kept = keep === undefined ? null : await keepIn(keep, result);
    const page = docs === undefined ? null : await writePages(docs, suite, found);
    return { passed: !fails(found.report, failOn), result, kept, page };
  },
  render: ({ result, kept, page }, { width }) => [
    ...findingLines(toDocsResult(result).report, width),
    ...(kept === null ? [] : [`result: ${kept}`]),
    ...(page === null ? [] : [`page: ${page}`]),
  ],
  isBad: ({ passed }) => !passed,
});

interface Format {
  readonly resultFormat: "BOOLEAN_ONLY" | "BASIC" | "SUMMARY" | "COMPLETE";
  readonly key: readonly string[];
  readonly parameters: Readonly<Record<string, Json>>;
}

/** A suite run over a source, rows that fail named by their key. */
async function judged(
  { name, version, rows, count }: Source,
  suite: ExpectationSuite,
  { resultFormat, key, parameters }: Format,
): Promise<SuiteResult> {
  const own = Object.entries(rows.schema.columns).filter(([, column]) => column.key === true);
  const columns = Object.keys(rows.schema.columns);
  for (const column of key)
    if (!columns.includes(column))
      failTable("table/unknown-column", { at: "check, --key", column, columns });
  const index = key.length > 0 ? key : own.map(([column]) => column);
  return validate(rows, suite, {
    batchId: name,
    parameters,
    resultFormat: { result_format: resultFormat, unexpected_index_column_names: index },
    meta: { millrace: { table: name, version, rows: count } },
  });
}

/** Keeps a result and gives the path of its file. */
async function keepIn(folder: string, result: SuiteResult): Promise<string> {
  return join(resolve(folder), await checkFolder(folderBytes(folder)).keep(result));
}

/** Writes the pages of a suite and its result, and gives the path of the result's. */
async function writePages(
  folder: string,
  suite: ExpectationSuite,
  found: DocsResult,
): Promise<string> {
  const { pages } = await writeDataDocs(folderBytes(folder), { suites: [suite], results: [found] });
  return join(resolve(folder), pages[1] ?? "");
}
