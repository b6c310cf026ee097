/** @file The drift report: all columns compared, counted by level, as a page and as a run's params and metrics. */
import { driftPage } from "../../check/index.ts";
import { count } from "../../core/index.ts";
import type { DriftLevel, Json } from "../../flow.ts";
import { compareSketches } from "../compare-sketches.ts";
import type { CompareSketchesOptions } from "../drift-judge.ts";
import type { MeasuredDrift } from "../measured-drift.ts";
import type { TableSketch } from "../sketch/table-sketch.ts";
import { type SchemaDrift, schemaDrift, wordsOfSchema } from "./schema-drift.ts";

/** Two tables by name, and how they are compared. */
export interface DriftReportOptions extends CompareSketchesOptions {
  readonly reference: { readonly name: string; readonly sketch: TableSketch };
  readonly current: { readonly name: string; readonly sketch: TableSketch };
  /** When it is made, in milliseconds UTC. */
  readonly atMs: number;
  /** Columns that are not looked at, such as what a log has beside the inputs of a model. */
  readonly ignore?: readonly string[];
}

/** What a comparison found. */
export interface DriftReport extends SchemaDrift {
  readonly reference: string;
  readonly current: string;
  readonly referenceRows: number;
  readonly currentRows: number;
  readonly atMs: number;
  /** The worst level of any column. */
  readonly level: DriftLevel;
  /** Columns that have moved severely, and those that vanished, came or changed their kind. */
  readonly severe: readonly string[];
  readonly moderate: readonly string[];
  /** Those that both tables have, the worst first. */
  readonly columns: readonly MeasuredDrift[];
}

/**
 * Compares two tables by their sketches and says what was found, ready to be kept by {@link keepDriftReport} and
 * shown by {@link driftReportPage}. A column that vanished, came or changed its kind is severe drift: leave out what is
 * not meant to be in both by `columns` or `ignore`.
 *
 * @throws what {@link compareSketches} throws
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const rows = (sql: string) => frame({ engine: lake.engine, schema: schema("s", { x: int() }), sql });
 * const sketch = await sketchRows(rows("SELECT range AS x FROM range(2000)"));
 * const report = driftReport({ reference: { name: "a", sketch }, current: { name: "b", sketch }, atMs: 0 });
 * report.level // => "none"
 * driftReportPage(report).length < 1_000_000 // => true
 * ```
 */
export function driftReport(options: DriftReportOptions): DriftReport {
  const { reference, current, atMs, ignore = [], ...how } = options;
  const tables = { reference: reference.sketch, current: current.sketch };
  const { compared, ...changes } = schemaDrift(tables, { ignore, columns: how.columns });
  const { onlyReference, onlyCurrent, changed } = changes;
  const gone = [...changed.map(({ column }) => column), ...onlyReference, ...onlyCurrent];
  const isTold = changed.length > 0 || (how.columns !== undefined && gone.length > 0);
  const columns =
    compared.length === 0 && isTold ? [] : compareSketches(tables, { ...how, columns: compared });
  const at = (level: DriftLevel): readonly string[] =>
    columns.filter((column) => column.level === level).map(({ column }) => column);
  return {
    reference: reference.name,
    current: current.name,
    referenceRows: reference.sketch.rows,
    currentRows: current.sketch.rows,
    atMs,
    level: gone.length > 0 ? "severe" : (columns[0]?.level ?? "none"),
    severe: [...gone, ...at("severe")],
    moderate: at("moderate"),
    columns,
    ...changes,
  };
}

/** What a report kept as a run has in its metrics. */
export type KeptDrift = Readonly<Record<string, number>>;

/** A report as one HTML document below a megabyte; `earlier` has the metrics of reports before it, oldest first. */
export function driftReportPage(report: DriftReport, earlier: readonly KeptDrift[] = []): string {
  const columns = report.columns.map((drift) => {
    const values = earlier.map((metrics) => metrics[metricOf(drift)]);
    return {
      ...drift,
      earlier: values.filter((value) => value !== undefined).slice(-shownReports),
    };
  });
  const rows = [report.referenceRows, report.currentRows] as const;
  const changes = wordsOfSchema(report, report);
  return driftPage({ ...report, columns, rows, changes, severe: report.severe.length });
}

/** A page shows so many earlier reports at most. */
const shownReports = 29;

/** The part of a run that keeps a report: `Run` of `millrace/run` has it. */
export interface ReportKeeper {
  logParams(params: Readonly<Record<string, Json>>): Promise<void>;
  logMetrics(metrics: Readonly<Record<string, number>>): Promise<void>;
  logTags(tags: Readonly<Record<string, string>>): Promise<void>;
  logArtifact(path: string, bytes: Uint8Array): Promise<void>;
}

/**
 * Keeps a report in a run: the tables and their rows as params, `drift.<column>.<measure>` and
 * `missing.<column>` as metrics, the level as a tag, and `drift.html` and `drift.json` as artifacts.
 *
 * @param run - A run that is going on; whoever started it ends it.
 */
export async function keepDriftReport(
  run: ReportKeeper,
  report: DriftReport,
  earlier: readonly KeptDrift[] = [],
): Promise<void> {
  const { reference, current, referenceRows, currentRows, level, severe, moderate } = report;
  await run.logParams({ reference, current, referenceRows, currentRows });
  await run.logMetrics({
    "columns.severe": severe.length,
    "columns.moderate": moderate.length,
    ...Object.fromEntries(report.columns.map((drift) => [metricOf(drift), drift.value])),
    ...Object.fromEntries(
      report.columns.map((drift) => [`missing.${plain(drift.column)}`, drift.current.missing]),
    ),
  });
  await run.logTags({ "drift.level": level });
  await run.logArtifact("drift.html", Buffer.from(driftReportPage(report, earlier)));
  await run.logArtifact("drift.json", Buffer.from(JSON.stringify(report)));
}

/** The metric that a column's drift has in a run. */
export const metricOf = ({ column, measure }: Pick<MeasuredDrift, "column" | "measure">): string =>
  `drift.${plain(column)}.${measure}`;

/** A column's name in signs that a key may have; a name that had others ends in their codes. */
function plain(column: string): string {
  const odd = [...column].filter((sign) => !/[\p{L}\p{N}_\- ]/u.test(sign));
  if (odd.length === 0 && column !== "" && column.length <= 100) return column;
  const codes = odd
    .slice(0, 8)
    .map((sign) => sign.codePointAt(0)?.toString(16))
    .join("-");
  return `${column.replace(/[^\p{L}\p{N}_\- ]/gu, "_").slice(0, 100)} ${codes || column.length}`;
}

/** A report as lines for people, the worst columns first. */
export function driftReportText(report: DriftReport): readonly string[] {
  const { columns, severe, moderate } = report;
  const wide = Math.max(6, ...columns.map(({ column }) => column.length));
  const lines = columns.map(({ column, measure, value, level, missing }) => {
    const figure = value !== 0 && value < 0.0005 ? value.toExponential(1) : value.toFixed(4);
    const note =
      missing.level === "none" ? "" : `  missing values have moved, PSI ${missing.psi.toFixed(3)}`;
    return `${column.padEnd(wide)}  ${level.padEnd(8)}  ${figure.padStart(8)}  ${measure}${note}`;
  });
  const head = `${"column".padEnd(wide)}  ${"level".padEnd(8)}  ${"value".padStart(8)}  measure`;
  const moved = `${severe.length} severe, ${moderate.length} moderate`;
  return [
    ...(lines.length === 0 ? [] : [head, ...lines, ""]),
    ...wordsOfSchema(report, report).map((line) => `severe: ${line}`),
    `${count(columns.length, "column")} of ${report.current} against ${report.reference}: ${moved}`,
  ];
}
