/** @file The demo's report: what a person likes to read at the end. */

import { cutTo } from "../../core/index.ts";
import { columns, folded, number } from "../text.ts";
import { checksPage } from "./checks.ts";
import type { StepCounts } from "./outputs.ts";
import type { DemoResult } from "./run-demo.ts";
import { classicTable, quarantineTable } from "./silver-steps.ts";

const n = number;
const score = (value: number | null | undefined): string => value?.toFixed(3) ?? "–";

/** The longest that the first cell of a line may be. */
const longest = 64;

/** Cells under each other; the first is text, the others numbers. */
function table(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const right = (rows[0] ?? []).map((_, j) => j).slice(1);
  const cut = rows.map(([first = "", ...rest]) => [cutTo(first, longest), ...rest]);
  return columns(cut, { right, whole: right, spare: right.toReversed(), width, indent: "  " });
}

/** The report as lines that are no longer than a terminal is wide. */
export function renderDemo(
  result: DemoResult,
  { program, width }: { readonly program: string; readonly width: number },
): readonly string[] {
  return folded(reportLines(result, program, width), width);
}

function reportLines(result: DemoResult, program: string, width: number): readonly string[] {
  return [
    "",
    "Rows",
    ...rowLines(result, width),
    "",
    "Cleaning, step by step",
    ...cleaningLines(result.silver.steps, width),
    "",
    ...classicLines(result.classic, width),
    `Models, judged on the same ${n(result.train.testRows)} customers they never saw`,
    ...modelLines(result, width),
    "",
    "Champion",
    `  ${result.final.name} version ${result.final.version}, ${result.final.hash.slice(0, 19)}…`,
    `  version ${result.champion.version}: ${result.champion.reason}`,
    ...(result.retrain === null
      ? []
      : [
          `  retrain on ${n(result.retrain.training.rows)} rows: ${result.retrain.champion.reason}`,
        ]),
    "",
    "Requests",
    `  ${n(result.traffic.sent)} sent over HTTP, ${n(result.traffic.failed)} failed, ${n(result.traffic.logged)} in the inference log; ${n(result.labels.labels)} labels came later`,
    "",
    "Drift of the second month from the training table",
    ...driftLines(result, width),
    "",
    "Where everything lies",
    `  ${result.folder}`,
    "    landing/    the delivered files        tables/     Delta tables",
    "    records.db  runs, versions, pipelines  artifacts/  figures, models of runs",
    "    models/     registered versions        serving/    the journal of answers",
    "    online/     the newest features of each key, as requests find them",
    "    checks/     suites, results and pages of the validation:",
    `      ${checksPage({ path: result.folder })}`,
    "",
    `  ${closing(result)}`,
    `  Next: ${program} serve --dir ${result.folder} answers requests; ${program} runs, models and tables show what is there.`,
    "",
  ];
}

function cleaningLines(steps: readonly StepCounts[], width: number): readonly string[] {
  const rows = steps.map((one) => [one.step, n(one.rowsIn), n(one.rowsOut), n(one.cellsChanged)]);
  return table([["step", "rows in", "rows out", "cells changed"], ...rows], width);
}

function classicLines(classic: DemoResult["classic"], width: number): readonly string[] {
  if (classic === null) return [];
  return [
    "The same rows by the classic recipe, which no model here learns from",
    ...cleaningLines(classic.steps, width),
    `  ${n(classic.rows)} customers are left, in ${classicTable}.`,
    "",
  ];
}

function rowLines(
  { land, bronze, silver, training, train }: DemoResult,
  width: number,
): readonly string[] {
  return table(
    [
      ["stage", "rows"],
      ["raw file", n(land.rows)],
      ["bronze, as delivered", n(bronze.rows)],
      ["silver, typed and checked", n(silver.rows)],
      ["training table", n(training.rows)],
      ["  of it held out", n(train.testRows)],
      ["cells kept aside, impossible or unreadable", n(silver.rescued)],
      ...(silver.rejected === 0
        ? []
        : [[`rejected rows, in ${quarantineTable}`, n(silver.rejected)]]),
    ],
    width,
  );
}

function modelLines({ train }: DemoResult, width: number): readonly string[] {
  const rows = train.models.map(({ name, metrics }) => [
    name === "baseline" ? "baseline (always the majority)" : name,
    ...["auc", "accuracy", "precision", "recall", "f1", "logLoss"].map((key) =>
      score(metrics[key]),
    ),
  ]);
  return table(
    [["model", "auc", "accuracy", "precision", "recall", "f1", "log loss"], ...rows],
    width,
  );
}

function driftLines({ monitor }: DemoResult, width: number): readonly string[] {
  const bars = monitor.drift
    .filter(({ level }) => level !== "none")
    .map(({ column, psi, level }) => [column, psi.toFixed(3), level]);
  const quiet = monitor.drift.length - bars.length;
  const early = monitor.before.severe.length + monitor.before.moderate.length;
  return [
    ...table([["feature", "PSI", "level"], ...bars], width),
    `  ${quiet} other features are as they were. In the first month ${early === 0 ? "none" : early} had moved.`,
    ...(monitor.retrain.due
      ? ["  A retrain is due:", ...monitor.retrain.reasons.map((reason) => `  - ${reason}`)]
      : ["  No retrain is due."]),
  ];
}

function closing({ ran, again, seconds }: DemoResult): string {
  if (ran.length === 0)
    return `Nothing had changed, so nothing was done (${seconds.toFixed(1)} s).`;
  const second = again.length > 0 ? " Run once more, the retrain had nothing to do." : "";
  return `${ran.length} steps in ${seconds.toFixed(1)} s.${second}`;
}

/** What `--json` prints. */
export function demoData(result: DemoResult): object {
  const metrics = Object.fromEntries(
    result.train.models.map(({ name, metrics }) => [name, metrics]),
  );
  return {
    rows: { raw: result.land.rows, bronze: result.bronze.rows, silver: result.silver.rows },
    cleaning: result.silver.steps,
    ...(result.classic === null ? {} : { classic: result.classic }),
    checks: checksPage({ path: result.folder }),
    metrics,
    champion: result.final,
    requests: { sent: result.traffic.sent, failed: result.traffic.failed },
    drift: { severe: result.monitor.severe, moderate: result.monitor.moderate },
    retrain: {
      due: result.monitor.retrain.due,
      outcome: result.retrain?.champion.outcome ?? null,
      again: result.again.length,
    },
    steps: { ran: result.ran.length, skipped: result.skipped.length },
    tables: result.tables,
    stages: result.stages,
    folder: result.folder,
    seconds: Math.round(result.seconds * 1000) / 1000,
  };
}
