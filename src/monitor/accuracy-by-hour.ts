/** @file How right the answers were, hour by hour, as labels come in late. */
import { checkNames, checkNumber, count } from "../core/index.ts";
import type { ColumnKind } from "../flow.ts";
import { quoteName } from "../table/index.ts";
import type { TableView } from "./columns.ts";
import { fail } from "./errors.ts";

/** One hour of answers. */
export interface HourAccuracy {
  /** When the hour begins, in milliseconds UTC. */
  readonly hourMs: number;
  readonly answered: number;
  /** Answers whose truth is known by now. */
  readonly labelled: number;
  /** The share of labelled answers that were right, 0 to 1; null without labels. */
  readonly accuracy: number | null;
  /** Half the width of the 95 % interval of the accuracy (Wald); null without labels. */
  readonly margin: number | null;
  /** Why the accuracy says little; null when there are labels enough. */
  readonly note: string | null;
}

/** The answers, and what turned out to be true. */
export interface AccuracyByHourOptions {
  /** An inference log, or a part of one. */
  readonly log: TableView;
  /** A table with `request_id` and the truth. */
  readonly labels: TableView;
  /** The column of the truth. Default "label". */
  readonly label?: string;
  /** With fewer labels an hour says so. Default 30. */
  readonly minLabels?: number;
}

/**
 * Joins late labels to the answers of a log by `request_id` and counts, for each hour (UTC) with
 * answers, how many were right. Where a request was answered twice the last answer counts; a
 * request with contradicting labels counts as not labelled. One join in the engine.
 *
 * @param options - The log and the labels, of one lake.
 * @returns The hours with answers, oldest first.
 * @throws `monitor/unknown-column`, `monitor/mismatch-column`, `monitor/mismatch-engine`,
 * `option/out-of-range`
 * @example
 * ```ts
 * await using lake = await openLake("./lake");
 * const { engine } = lake;
 * const answered = { request_id: text(), at: timestamp(), prediction: bool() };
 * const log = frame({
 *   engine,
 *   schema: schema("log", answered),
 *   sql: "SELECT 'r1' AS request_id, to_timestamp(0) AS at, true AS prediction",
 * });
 * const labels = frame({
 *   engine,
 *   schema: schema("labels", { request_id: text(), label: bool() }),
 *   sql: "SELECT 'r1' AS request_id, true AS label",
 * });
 * const [hour] = await accuracyByHour({ log, labels });
 * hour?.accuracy // => 1
 * ```
 */
export async function accuracyByHour(
  options: AccuracyByHourOptions,
): Promise<readonly HourAccuracy[]> {
  const at = "accuracyByHour";
  const { log, labels, label = "label", minLabels = 30 } = options;
  checkNames(at, options, ["log", "labels", "label", "minLabels"]);
  checkNumber(at, { minLabels }, { min: 1, integer: true });
  if (log.engine !== labels.engine) fail("monitor/mismatch-engine", { at });
  for (const name of ["request_id", "at"]) kindOf(at, { table: log, which: "log", name });
  kindOf(at, { table: labels, which: "labels", name: "request_id" });
  const expected = asSql(kindOf(at, { table: log, which: "log", name: "prediction" }));
  const got = asSql(kindOf(at, { table: labels, which: "labels", name: label }));
  if (expected !== got)
    fail("monitor/mismatch-column", {
      at,
      column: label,
      expected: `the kind of the predictions, ${expected}`,
      got,
    });
  const rows = await log.engine.query(hoursSql({ log, labels, label, type: expected }));
  return rows.map((row) => {
    const labelled = Number(row["labelled"]);
    const accuracy = labelled === 0 ? null : Number(row["correct"]) / labelled;
    return {
      hourMs: Number(row["hour_ms"]),
      answered: Number(row["answered"]),
      labelled,
      accuracy,
      margin: accuracy === null ? null : marginOf(accuracy, labelled),
      note: labelled >= minLabels ? null : `${count(labelled, "label")} of ${minLabels} needed`,
    };
  });
}

/** Half of a 95 % interval: 1.96 √(a(1 − a) / n). */
export function marginOf(accuracy: number, labelled: number): number {
  return 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / labelled);
}

function hoursSql(parts: {
  readonly log: TableView;
  readonly labels: TableView;
  readonly label: string;
  readonly type: string;
}): string {
  const { log, labels, label, type } = parts;
  const truth = `${quoteName(label)}::${type}`;
  return `WITH answers AS (
      SELECT request_id, epoch_ms("at") // 3600000 AS hour, prediction::${type} AS answer
      FROM (${log.sql})
      QUALIFY row_number() OVER (PARTITION BY request_id ORDER BY "at" DESC) = 1),
    truths AS (
      SELECT request_id, min(${truth}) AS truth FROM (${labels.sql})
      WHERE ${quoteName(label)} IS NOT NULL
      GROUP BY request_id HAVING min(${truth}) = max(${truth}))
    SELECT hour * 3600000 AS hour_ms, count(*) AS answered, count(truth) AS labelled,
      count(*) FILTER (answer = truth) AS correct
    FROM answers LEFT JOIN truths USING (request_id) GROUP BY hour ORDER BY hour`;
}

/** What predictions and truths are compared as. */
function asSql(kind: ColumnKind): string {
  if (kind === "int" || kind === "float") return "DOUBLE";
  return kind === "bool" ? "BOOLEAN" : "VARCHAR";
}

function kindOf(
  at: string,
  column: { readonly table: TableView; readonly which: string; readonly name: string },
): ColumnKind {
  const { table, which, name } = column;
  const { columns } = table.schema;
  const spec = Object.hasOwn(columns, name) ? columns[name] : undefined;
  const known = Object.keys(columns);
  return spec?.kind ?? fail("monitor/unknown-column", { at, which, column: name, columns: known });
}
