/** @file The errors of the command line itself. */
import { caller, conflict, didYouMean, failWith, list, notFound, quote } from "../core/index.ts";
import { tableErrors } from "../table/index.ts";

export const cliErrors = {
  "cli/unknown-command": caller(
    (d: { command: string; known: readonly string[] }) =>
      `unknown command ${quote(d.command)}; the commands are ${d.known.join(", ")}.${didYouMean(d.command, d.known)}`,
  ),
  "cli/unknown-option": caller(
    (d: { command: string; option: string; known: readonly string[] }) =>
      `${d.command}: unknown option ${d.option}; the options are ${d.known.map((name) => `--${name}`).join(", ")}.${didYouMean(d.option.replace(/^--/, ""), d.known)}`,
  ),
  "cli/mismatch-option": caller(
    (d: { command: string; option: string; expected: string; got: string }) =>
      `${d.command}: --${d.option} expects ${d.expected}; got ${quote(d.got)}`,
  ),
  "cli/duplicate-option": caller(
    (d: { command: string; option: string }) =>
      `${d.command}: --${d.option} is given twice and takes one value; leave one of them out`,
  ),
  "cli/conflict-options": caller(
    (d: { command: string; options: readonly string[] }) =>
      `${d.command}: ${d.options.map((name) => `--${name}`).join(" and ")} say different things; give one of them`,
  ),
  "cli/missing-argument": caller(
    (d: { command: string; argument: string; help: string; usage: string }) =>
      `${d.command}: ${d.argument} is missing: ${d.help}. Usage: ${d.usage}`,
  ),
  "cli/unknown-argument": caller(
    (d: { command: string; argument: string; usage: string }) =>
      `${d.command}: there is no place for ${quote(d.argument)}. Usage: ${d.usage}`,
  ),
  "cli/mismatch-argument": caller(
    (d: { command: string; argument: string; expected: string; got: string }) =>
      `${d.command}: ${d.argument} expects ${d.expected}; got ${quote(d.got)}`,
  ),
  "cli/missing-option": caller(
    (d: { command: string; option: string; value: string; help: string }) =>
      `${d.command}: --${d.option} ${d.value} is missing: ${d.help}`,
  ),
  "cli/missing-confirmation": caller(
    (d: { command: string }) =>
      `${d.command}: this cannot be undone, and there is no terminal to ask on; look at it with --dry-run, then pass --yes. Nothing was done`,
  ),
  "cli/missing-version": caller(
    (d: { table: string }) =>
      `restore: which version of ${quote(d.table)}? Give --version or --at; history lists them`,
  ),
  "cli/unsupported-ending": caller(
    (d: { file: string }) =>
      `export: ${quote(d.file)} does not say how it is written; end it in .csv, .tsv, .jsonl, .json (each also with .gz) or .parquet`,
  ),
  "cli/conflict-file": conflict(
    (d: { path: string; reason: string }) => `${quote(d.path)} cannot be written: ${d.reason}`,
  ),
  "cli/missing-folder": notFound(
    (d: { path: string }) => `there is no folder ${quote(d.path)}; make it, or check the path`,
  ),
  "cli/missing-query": caller(
    () =>
      'sql: there is no query; give it as an argument, such as "SELECT 1", with --file FILE, or write it into this program',
  ),
  "cli/conflict-query": caller(
    (d: { file: string }) =>
      `sql: there are two queries, the argument and --file ${quote(d.file)}; give one of them`,
  ),
  "cli/missing-query-file": notFound(
    (d: { path: string; reason: string }) =>
      `sql: ${quote(d.path)} cannot be read: ${d.reason}. Check the path given to --file`,
  ),
  "cli/missing-model": caller((d: { names: readonly string[] }) =>
    d.names.length === 0
      ? "serve: no model is registered in this workspace yet; run the demo, or register one"
      : `serve: there are several models (${list(d.names)}); name one with --model`,
  ),
  "cli/missing-file": notFound(
    (d: { path: string; reason: string }) =>
      `${quote(d.path)} cannot be read: ${d.reason}. Check the path given to --csv`,
  ),
  "cli/failed-gate": caller(
    (d: { reason: string }) =>
      `no model is good enough to be served: ${d.reason}. The runs are kept; look at their metrics and figures`,
  ),
  "cli/conflict-seed": caller(
    (d: { folder: string; before: string; now: string }) =>
      `${quote(d.folder)} was made from ${d.before} and not from ${d.now}; choose another folder with --dir, so that the two are not mixed`,
  ),
};

export const fail = failWith(cliErrors);
/** For what a command finds of a table before it asks the table. */
export const failTable = failWith(tableErrors);
