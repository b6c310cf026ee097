/** @file `millrace drift`: how far a table has moved from another, or from an earlier version of itself; the exit code says how bad. */
import { basename, dirname, resolve } from "node:path";
import { systemClock } from "../core/index.ts";
import {
  type DriftReport,
  driftMeasures,
  driftReport,
  driftReportPage,
  driftReportText,
  keepDriftReport,
  sketchRows,
  sketchTable,
  type TableSketch,
} from "../monitor/index.ts";
import { folderBytes } from "../store/index.ts";
import { frame, isTechnicalColumn, type Lake, quoteName, quoteText } from "../table/index.ts";
import { openWorkspace, openWorkspaceLake } from "../workspace/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { failTable } from "./fail-table.ts";
import { namesOf } from "./options.ts";
import { tableSource } from "./source.ts";
import { stoppable } from "./stoppable.ts";
import { dir } from "./workspace-folder.ts";

const tableHelp = "a table's name, such as telco.silver; telco.silver@3 is its version 3";

export const drift = command({
  name: "drift",
  summary: "How far the columns of a table have moved from a reference.",
  about: [
    "REFERENCE and CURRENT are tables, or versions of one. Each data file is read once: its sketch stays beside the",
    "table, and the next comparison reads only files that are new. The measure is chosen by kind and rows, nearly as",
    "Evidently does: up to 1000 reference rows tests with p, above distances. Exit code 1 when a column has moved",
    "severely, vanished, come or changed its kind, or with --fail-on moderate has moved at all; --fail-on never only",
    "reports. What is not meant to be in both, --columns or --ignore leave out; technical columns (_loaded_at and",
    "the like) count only when --columns names them. With --experiment the report is kept as a run, and its page",
    "shows each column over the runs before it.",
  ],
  arguments: {
    reference: { type: "string", help: tableHelp },
    current: { type: "string", help: tableHelp },
  },
  options: {
    columns: { type: "string", many: true, value: "A,B", help: "only these columns" },
    ignore: { type: "string", many: true, value: "A,B", help: "not these columns" },
    measure: {
      type: "string",
      choices: ["auto", ...driftMeasures],
      default: "auto",
      value: "MEASURE",
      help: "one measure for all columns",
    },
    moderate: {
      type: "number",
      min: 0,
      value: "N",
      help: "the distance from which drift is moderate; 0.1 if not given",
    },
    severe: {
      type: "number",
      min: 0,
      value: "N",
      help: "the distance from which it is severe; 0.2 if not given",
    },
    p: {
      type: "number",
      min: 0,
      max: 1,
      value: "P",
      help: "the p below which a test's drift is moderate; 0.05 if not given",
    },
    bins: {
      type: "number",
      min: 2,
      max: 100,
      whole: true,
      default: 10,
      value: "N",
      help: "buckets of numbers",
    },
    time: {
      type: "string",
      value: "COLUMN",
      help: "a timestamp column of CURRENT, for --since and --until",
    },
    since: { type: "string", value: "TIME", help: "only current rows from this moment on, in UTC" },
    until: { type: "string", value: "TIME", help: "only current rows before this moment, in UTC" },
    failOn: {
      type: "string",
      choices: ["moderate", "severe", "never"],
      default: "severe",
      value: "LEVEL",
      help: "the least level that fails",
    },
    html: { type: "string", value: "FILE.html", help: "write the report as a page" },
    experiment: {
      type: "string",
      value: "NAME",
      help: "keep the report as a run of this experiment",
    },
    dir,
  },
  examples: [
    "drift telco.training serving.churn_log --columns tenure,contract",
    "drift telco.silver@0 telco.silver --html drift.html",
    "drift telco.silver@0 telco.silver --ignore churn --time at --since 2026-01-05 --fail-on moderate --json",
  ],
  run: async (values, around) => {
    const { dir, html, experiment } = values;
    const report = await around.reporter.stage(
      `drift ${values.reference} ${values.current}`,
      async () => {
        await using lake = await openWorkspaceLake(dir);
        return await stoppable({ engine: lake.engine, signal: around.signal }, () =>
          compared(lake, values),
        );
      },
      () => null,
    );
    const kept = experiment === undefined ? null : await keepIn(dir, experiment, report);
    const page = html === undefined ? null : resolve(html);
    if (page !== null)
      await folderBytes(dirname(page)).put(
        basename(page),
        Buffer.from(driftReportPage(report, kept?.earlier)),
      );
    const failed =
      values.failOn !== "never" &&
      (report.level === "severe" || (values.failOn === "moderate" && report.level === "moderate"));
    return { failed, report, page, run: kept?.run ?? null };
  },
  render: ({ report, page, run }) => [
    ...driftReportText(report),
    ...(run === null ? [] : [`run: ${run}`]),
    ...(page === null ? [] : [`page: ${page}`]),
  ],
  isBad: ({ failed }) => failed,
});

interface DriftValues {
  readonly reference: string;
  readonly current: string;
  readonly columns: readonly string[];
  readonly ignore: readonly string[];
  readonly measure: "auto" | (typeof driftMeasures)[number];
  readonly moderate: number | undefined;
  readonly severe: number | undefined;
  readonly p: number | undefined;
  readonly bins: number;
  readonly time: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
}

async function compared(lake: Lake, values: DriftValues): Promise<DriftReport> {
  const { measure, bins, moderate, severe, p, since, until, time } = values;
  const isWindow = since !== undefined || until !== undefined;
  if (isWindow && time === undefined)
    fail("cli/missing-option", {
      command: "drift",
      option: "time",
      value: "COLUMN",
      help: "--since and --until need the column of the time",
    });
  if (!isWindow && time !== undefined)
    fail("cli/missing-option", {
      command: "drift",
      option: "since",
      value: "TIME",
      help: "--time has no window without --since or --until",
    });
  const columns = namesOf(values.columns);
  const reference = await sketchOf(lake, values.reference);
  const current = isWindow ? await windowOf(lake, values) : await sketchOf(lake, values.current);
  return driftReport({
    reference: { name: values.reference, sketch: reference },
    current: { name: values.current, sketch: current },
    atMs: systemClock(),
    measure,
    bins,
    ignore: [...namesOf(values.ignore), ...technicalOf([reference, current], columns)],
    ...(columns.length === 0 ? {} : { columns }),
    thresholds: {
      distance: {
        ...(moderate === undefined ? {} : { moderate }),
        ...(severe === undefined ? {} : { severe }),
      },
      ...(p === undefined ? {} : { p: { moderate: p } }),
    },
  });
}

/** The technical columns of tables, but those that are asked for. */
function technicalOf(tables: readonly TableSketch[], asked: readonly string[]): readonly string[] {
  const names = new Set(tables.flatMap((table) => [...table.columns.keys()]));
  return [...names].filter((name) => isTechnicalColumn(name) && !asked.includes(name));
}

/** "telco.silver@3" is version 3. */
function tableAt(text: string): { readonly table: string; readonly version?: number } {
  const [, table, version] = /^(.*)@(\d+)$/.exec(text) ?? [];
  return table === undefined ? { table: text } : { table, version: Number(version) };
}

async function sketchOf(lake: Lake, text: string): Promise<TableSketch> {
  return (await sketchTable({ lake, ...tableAt(text) })).sketch;
}

/** Rows between two moments are read, whatever is kept of their files. */
async function windowOf(
  lake: Lake,
  { current, time = "", since, until }: DriftValues,
): Promise<TableSketch> {
  const { table, version } = tableAt(current);
  const { rows } = await tableSource(lake, table, version === undefined ? {} : { version });
  const names = Object.keys(rows.schema.columns);
  if (!names.includes(time))
    failTable("table/unknown-column", { at: "drift, --time", column: time, columns: names });
  if (rows.schema.columns[time]?.kind !== "timestamp")
    fail("cli/mismatch-option", {
      command: "drift",
      option: "time",
      expected: "a timestamp column",
      got: `${time}, of kind ${rows.schema.columns[time]?.kind}`,
    });
  const bound = (text: string, option: string): string => {
    const ms = Date.parse(/^\d{4}-\d\d-\d\d$|[Z]$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
    if (Number.isNaN(ms))
      fail("cli/mismatch-option", {
        command: "drift",
        option,
        expected: "a moment such as 2026-01-05 or 2026-01-05T14:30",
        got: text,
      });
    return `${quoteText(new Date(ms).toISOString())}::TIMESTAMPTZ`;
  };
  const conditions = [
    ...(since === undefined ? [] : [`${quoteName(time)} >= ${bound(since, "since")}`]),
    ...(until === undefined ? [] : [`${quoteName(time)} < ${bound(until, "until")}`]),
  ];
  const { engine, schema } = rows;
  return sketchRows(
    frame({ engine, schema, sql: `SELECT * FROM (${rows.sql}) WHERE ${conditions.join(" AND ")}` }),
  );
}

/** Keeps a report as a run; what the runs of the experiment before it had is shown beside. */
async function keepIn(dir: string, experiment: string, report: DriftReport) {
  await using workspace = await openWorkspace(dir, { create: false });
  const { tracking } = workspace;
  const isThere = (await tracking.experiments()).some(({ name }) => name === experiment);
  const runs = isThere ? await tracking.runs({ experiment }) : [];
  const earlier = runs.map(({ metrics }) => metrics).reverse();
  await using run = await tracking.startRun({ experiment, name: `drift of ${report.current}` });
  await keepDriftReport(run, report, earlier);
  await run.end();
  return { run: run.id, earlier };
}
