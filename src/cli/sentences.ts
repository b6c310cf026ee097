/**
 * @file What a terminal says of errors whose own sentences tell a program what to do: the same facts,
 * and the commands and flags that mend them. An error that is not here is said as it is.
 */
import type { checkErrors, docsErrors } from "../check/index.ts";
import {
  count,
  type DetailsOf,
  didYouMean,
  type jsonErrors,
  list,
  type optionErrors,
  quote,
} from "../core/index.ts";
import type { catalogErrors, ingestErrors, queryErrors, tableErrors } from "../table/index.ts";
import type { workspaceErrors } from "../workspace/index.ts";
import { statementText } from "./statement-text.ts";

type Catalogues = typeof optionErrors &
  typeof jsonErrors &
  typeof tableErrors &
  typeof catalogErrors &
  typeof ingestErrors &
  typeof queryErrors &
  typeof checkErrors &
  typeof docsErrors &
  typeof workspaceErrors;

/** A sentence for the terminal, made of the details and of how the program is called. */
type Sentences = {
  readonly [K in keyof Catalogues]?: (details: DetailsOf<Catalogues, K>, program: string) => string;
};

const asFlags: Readonly<Record<string, string>> = {
  "length of delimiter": "the length of --delimiter",
  "length of quote": "the length of --quote",
  rowBytes: "--max-row-mb in bytes",
  fileBytes: "--max-file-mb in bytes",
  inflatedBytes: "--max-inflated-mb in bytes",
  "limits.rowBytes": "--max-row-mb",
  "limits.fileBytes": "--max-file-mb",
  "limits.inflatedBytes": "--max-inflated-mb",
};
const flag = (option: string): string => asFlags[option] ?? option;

/** The word of a command for what readers of files call themselves. */
const whose = (at: string): string => (/^[a-z]+[A-Z]/.test(at) ? "" : `${at}: `);
const typed = (delimiter: string): string => (delimiter === "\t" ? "\\t" : delimiter);

export const sentences: Sentences = {
  "option/out-of-range": (d) =>
    `${d.at}: ${flag(d.option)} must be ${d.expected}; got ${quote(d.got)}`,
  "json/corrupt-text": (d) => `${whose(d.at)}this is not JSON (${d.reason})`,
  "workspace/missing-workspace": (d, program) =>
    `there is no workspace in ${quote(d.folder)}; name another with --dir, or make one: ${program} ingest FILE SCHEMA.TABLE, ${program} features apply FILE, ${program} train IMAGES --register NAME, or ${program} demo`,
  "table/failed-memory": (d) =>
    `the engine has no memory left for this (${d.reason}), and the part that must stay in memory cannot go to ${quote(d.folder)}; raise MILLRACE_MEMORY, or do less at the same time. Nothing was committed`,
  "table/unsupported-expectation": (d, program) =>
    `${d.name}: the attached expectation ${quote(d.expectation)} cannot be used: ${d.reason}. Attach a suite without it: ${program} attach ${d.name} --suite FILE.json; nothing was written`,
  "table/out-of-range-retention": (d) =>
    `${d.name}: a retention of ${count(d.hours, "hour")} is under the ${d.least} that the table keeps removed files, so readers and writers of other processes could lose their files; pass --force when there are none`,
  "table/duplicate-securable": (d) =>
    `there is a ${d.kind} ${quote(d.name)} already; choose another name${d.kind === "table" ? ", since one name cannot stand for both" : ", or pass --if-missing"}`,
  "table/missing-grant": (d, program) =>
    `${quote(d.to)} has no grant of ${d.privilege} on ${d.on}, so there is nothing to revoke${d.elsewhere.length === 0 ? `. List what there is: ${program} grants` : `; it was granted on ${list(d.elsewhere)}: revoke it there`}`,
  "table/conflict-contents": (d) =>
    `the ${d.kind} ${quote(d.name)} is not empty: it has ${count(d.contents.length, "thing")} in it (${list(d.contents)}). Drop them first, or pass --cascade`,
  "table/out-of-range-size": (d) =>
    `${d.file}: ${d.what} more than ${count(d.limit, "byte")}; raise ${flag(d.option)} if it is meant to. The file was not loaded`,
  "table/mismatch-cell-type": (d) =>
    `${d.file}, row ${d.row}: column ${quote(d.column)} holds ${d.kind}, got ${quote(d.got)}; mend the cell, or keep such cells aside with --evolution rescue. The file was not loaded`,
  "table/missing-rescued": (d) =>
    `${d.name}: the table has no column "_rescued", in which --evolution rescue keeps what does not fit; choose another --evolution`,
  "table/mismatch-delimiter": (d) =>
    `${d.file}: the first line holds no ${quote(d.delimiter)}, and each of the first ${count(d.lines, "line")} holds ${quote(d.found)}, which parts it into ${count(d.cells, "cell")}; pass --delimiter '${typed(d.found)}', or --delimiter '${typed(d.delimiter)}' if each line is one cell. The file was not loaded`,
  "table/unsupported-list": (d, program) =>
    `${d.file}: this is one JSON list; expected JSON lines: an object a line, with nothing before, between and after them. To make them: ${program} sql "FROM read_json('PATH')" --files --format json > LINES.jsonl. The file was not loaded`,
  "table/unsupported-statement": (d, program) => statementText(d, program),
  "table/unsupported-function": (d, program) =>
    d.name === "table_changes"
      ? `${d.at}: the change data feed is not read by a query. Run: ${program} changes TABLE`
      : `${d.at}: ${d.name} is refused in a query of the lake, because ${d.reason}${d.readsFiles ? ". Load them with ingest, or pass --files" : ""}`,
  "table/missing-changes": (d, program) =>
    `${d.name}: the change data feed was off at version ${d.version}, so what changed was not kept; name a later version with --from (${program} history ${d.name} lists them), or read the versions themselves`,
  "table/missing-value": (d) =>
    `${d.at}: the parameter ${d.parameter} has no value; write the value into the query`,
  "check/unknown-type": (d) =>
    `unknown expectation type ${quote(d.type)}; it is none of the ${d.known.length} there are.${didYouMean(d.type, d.known)}`,
  "check/missing-parameter": (d) =>
    `${d.type}: ${d.kwarg} is the parameter ${quote(d.parameter)}, which has no value; values are given for ${list(d.known)}. Pass --parameter ${d.parameter}=VALUE, or give it in suite_parameters of the suite`,
  "check/unsupported-parameter": (d) =>
    `${d.type}: ${d.kwarg} is the parameter ${quote(d.parameter)}, which cannot be evaluated (${d.reason}); expected a name, or arithmetic over names and numbers`,
  "check/unsupported-attachment": (d, program) =>
    `the expectation ${quote(d.name)} cannot be attached to a table: ${d.reason}. Judge it after the write: ${program} check`,
  "check/missing-table": (d) =>
    `${d.type}: it compares with ${quote(d.name)}, and the command has one table only; leave the expectation out of this suite`,
  "check/corrupt-json": (d) => `${whose(d.at)}${d.path} must be ${d.expected}; got ${quote(d.got)}`,
  "check/unsupported-docs": (d) =>
    `docs: ${d.key} has format ${quote(d.found)}; expected ${d.known}. Nothing was written; use the Millrace that made these docs, or another folder`,
};

/** An error, or what a report keeps of one. */
interface Told {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The sentence of an error for a terminal. */
export function sentenceOf({ code, message, details }: Told, program: string): string {
  const say = Object.entries(sentences).find(([known]) => known === code)?.[1] as Say | undefined;
  return say?.(details, program) ?? message;
}

/** The catalogue ties a code to its details, which the compiler cannot follow through a text. */
type Say = (details: Told["details"], program: string) => string;
