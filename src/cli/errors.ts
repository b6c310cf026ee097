/** @file The errors of the command line itself. */
import {
  caller,
  conflict,
  count,
  didYouMean,
  environment,
  failWith,
  list,
  notFound,
  quote,
} from "../core/index.ts";

export const cliErrors = {
  "cli/unknown-command": caller(
    (d: { command: string; known: readonly string[] }) =>
      `unknown command ${quote(d.command)}; the commands are ${d.known.join(", ")}.${didYouMean(d.command, d.known)}`,
  ),
  "cli/unknown-option": caller(
    (d: { command: string; option: string; known: readonly string[] }) =>
      `${d.command}: unknown option ${d.option}; the options are ${d.known.map((name) => `--${name}`).join(", ")}.${didYouMean(
        d.option,
        d.known.map((name) => `--${name}`),
      )}`,
  ),
  "cli/unknown-images": caller(
    (d: { command: string; source: string; known: readonly string[] }) =>
      `${d.command}: there are no images ${quote(d.source)}: neither a folder nor one of ${list(d.known)}.${didYouMean(d.source, d.known)}`,
  ),
  "cli/mismatch-images": caller(
    (d: {
      command: string;
      source: string;
      network: string;
      expected: readonly number[];
      got: readonly number[];
    }) =>
      `${d.command}: the images ${quote(d.source)} do not suit the network ${quote(d.network)}; expected images of shape [${d.expected.join(", ")}], got [${d.got.join(", ")}] (channels, rows, columns). Take images such as it was trained on, or another network.`,
  ),
  "cli/mismatch-model": caller(
    (d: { command: string; name: string; expected: string; got: string }) =>
      `${d.command}: the model ${quote(d.name)} does not suit; expected ${d.expected}, got a model of kind ${quote(d.got)}. \`millrace models\` lists them all.`,
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
  "cli/unsupported-picture": caller(
    (d: { file: string }) =>
      `${quote(d.file)}: the ending of a picture says how it is drawn; expected .svg or .png`,
  ),
  "cli/missing-params": caller((d: { chart: string; needed: number }) =>
    d.needed === 0
      ? `the chart ${d.chart} is of a study with two objectives; this one has fewer`
      : `the chart ${d.chart} is of ${count(d.needed, "param")}; name them with --params`,
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
  "cli/unsupported-host": caller(
    (d: { host: string }) =>
      `server: ${quote(d.host)} can be reached from other machines, and the server knows no users yet, so anybody could read and change everything; expected 127.0.0.1, localhost or ::1. Put a proxy that checks who asks in front of it`,
  ),
  "cli/unsupported-ending": caller(
    (d: { file: string }) =>
      `export: ${quote(d.file)} does not say how it is written; end it in .csv, .tsv, .jsonl, .json (each also with .gz) or .parquet`,
  ),
  "cli/conflict-file": conflict(
    (d: { path: string; reason: string }) => `${quote(d.path)} cannot be written: ${d.reason}`,
  ),
  "cli/conflict-name": conflict(
    (d: { name: string }) =>
      `ingest: there is a volume ${quote(d.name)}, from which a table of its name could not be told; choose another name. Nothing was loaded`,
  ),
  "cli/mismatch-folder": caller(
    (d: { command: string; path: string }) =>
      `${d.command}: ${quote(d.path)} is one file; expected a folder to watch. Leave --watch out to load the file`,
  ),
  "cli/unsupported-version": caller(
    (d: { command: string; file: string }) =>
      `${d.command}: ${quote(d.file)} is a file and has no versions; ingest it into a table to compare them`,
  ),
  "cli/unsupported-series": caller(
    (d: { option: string; series: number }) =>
      `forecast: --${d.option} is of one series, and there are ${d.series}; search a table or a file that has one`,
  ),
  "cli/unsupported-program": caller(
    (d: { command: string; file: string }) =>
      `${d.command}: ${quote(d.file)} is a file, and a program of it would read other rows when the file changes; ingest it into a table, whose versions stay`,
  ),
  "cli/conflict-folder": caller(
    (d: { command: string; path: string }) =>
      `${d.command}: ${quote(d.path)} is a folder; name one file, or ingest the folder into a table`,
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
  "cli/missing-definitions": notFound(
    (d: { file: string; reason: string }) =>
      `features: no definitions in ${quote(d.file)}: ${d.reason}; expected a module that exports feature tables made with featureTable`,
  ),
  "cli/missing-suite": caller(
    (d: { command: string }) =>
      `${d.command}: by which suite? Give --suite FILE.json; profile --suite writes a first one`,
  ),
  "cli/missing-expectations": caller(
    (d: { suite: string }) =>
      `check: the suite ${quote(d.suite)} has no expectation, so nothing would be judged; add some, or draft them with profile --suite`,
  ),
  "cli/corrupt-suite": caller(
    (d: { path: string; reason: string }) => `the suite ${quote(d.path)}: ${d.reason}`,
  ),
  "cli/missing-checkpoint": notFound(
    (d: { name: string; folder: string; known: readonly string[] }) =>
      `there is no checkpoint ${quote(d.name)} in ${quote(d.folder)}${d.known.length === 0 ? ", nor any other." : `; there is ${list(d.known, d.name)}.${didYouMean(d.name, d.known)}`} Name the folder with --folder, or write the checkpoint with --define TABLE=SUITE`,
  ),
  "cli/unsupported-suite": caller(
    (d: { suite: string }) =>
      `attach: no expectation of ${quote(d.suite)} is about single rows, so that no write could obey it; judge the table with check`,
  ),
  "cli/unknown-asset": caller(
    (d: { validation: string; asset: string; known: readonly string[] }) =>
      `checkpoint: the validation ${quote(d.validation)} judges the asset ${quote(d.asset)}, which is no table here; the tables are ${list(d.known)}. Say which one it is: --table ${d.asset}=TABLE`,
  ),
  "cli/missing-notes": caller(
    () => "annotate: what is to be said? Give --comment, --tag, --untag or --owner",
  ),
  "cli/missing-docs": notFound(
    (d: { folder: string }) =>
      `docs: ${quote(d.folder)} has neither suites nor results; name another with --folder, or keep some with check --keep`,
  ),
  "cli/missing-model": caller((d: { names: readonly string[] }) =>
    d.names.length === 0
      ? "serve: no model is registered in this workspace yet; run the demo, or register one"
      : `serve: there are several models (${list(d.names)}); name one with --model`,
  ),
  "cli/missing-row": notFound((d: { name: string; row: readonly string[] }) =>
    d.row.length === 0
      ? `explain: ${quote(d.name)} has no rows; give rows that the model can be asked about`
      : `explain: no row of ${quote(d.name)} has ${d.row.join(" and ")}; look at its rows with sql, or leave --row out for the first`,
  ),
  "cli/missing-file": notFound(
    (d: { path: string; reason: string; option: string }) =>
      `${quote(d.path)} cannot be read: ${d.reason}. Check the path given to --${d.option}`,
  ),
  "cli/failed-file": environment(
    (d: { path: string; reason: string; option: string }) =>
      `${quote(d.path)} cannot be read: ${d.reason}. Check the path given to --${d.option}, and who may read it`,
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
