/** @file A label column as a task and as numbers. */
import type { Task } from "../flow.ts";
import { checkFrame, type Frame, quoteName, quoteText } from "../table/index.ts";
import { checkColumn } from "./check-column.ts";
import { fail } from "./errors.ts";

/** More different texts than this are names, not classes. */
export const mostClasses = 1000;

/** What is to be told of each row, and the SQL of the numbers that say it. */
export interface LabelNumbers {
  readonly task: Task;
  /** A DOUBLE: 0 or 1, a class's place, or a number; null where the label is missing. */
  readonly sql: string;
}

/**
 * The task of a label: bool is binary, category and text are multiclass, int and float regression. The
 * classes are those that occur: of a category in its declared order, of a text in that of their code points.
 */
export async function labelNumbers(rows: Frame, label: string): Promise<LabelNumbers> {
  const spec = rows.schema.columns[label];
  const name = quoteName(label);
  switch (spec?.kind) {
    case "bool":
      return { task: { kind: "binary" }, sql: `CAST(${name} AS DOUBLE)` };
    case "int":
    case "float":
      return { task: { kind: "regression" }, sql: `CAST(${name} AS DOUBLE)` };
    case "category":
    case "text": {
      const classes = await classesOf(rows, label, spec.levels);
      return { task: { kind: "multiclass", classes }, sql: placeSql(name, classes) };
    }
    default:
      return fail("dataset/mismatch-label", { label, kind: spec?.kind ?? "missing" });
  }
}

/**
 * The task that a label asks for: of a bool binary, of a category or text multiclass with the classes that occur, of a number
 * regression. O(n) for classes.
 *
 * @param rows - Any rows.
 * @param label - One of their columns.
 * @returns The task.
 * @throws `dataset/missing-column`, `dataset/unknown-column`, `dataset/mismatch-label`, `dataset/out-of-range-classes`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const rows = frame({ engine, schema: schema("one", { n: int() }), sql: "SELECT 1 AS n" });
 * await labelTask(rows, "n") // => { kind: "regression" }
 * await engine.close();
 * ```
 */
export async function labelTask(rows: Frame, label: string): Promise<Task> {
  checkFrame("labelTask", rows);
  const columns = Object.keys(rows.schema.columns);
  checkColumn("labelTask", { label }, columns);
  return (await labelNumbers(rows, label)).task;
}

async function classesOf(
  rows: Frame,
  label: string,
  levels: readonly string[] = [],
): Promise<readonly string[]> {
  const name = quoteName(label);
  const found = await rows.engine.query(
    `SELECT DISTINCT CAST(${name} AS VARCHAR) AS class FROM (${rows.sql}) WHERE ${name} IS NOT NULL LIMIT ${mostClasses + 1}`,
  );
  if (found.length > mostClasses)
    fail("dataset/out-of-range-classes", { label, most: mostClasses });
  const seen = found.map((row) => String(row["class"]));
  const declared = levels.filter((level) => seen.includes(level));
  const others = seen.filter((level) => !levels.includes(level)).sort();
  return [...declared, ...others];
}

function placeSql(name: string, classes: readonly string[]): string {
  if (classes.length === 0) return "CAST(NULL AS DOUBLE)";
  const cases = classes.map((level, place) => `WHEN ${quoteText(level)} THEN ${place}::DOUBLE`);
  return `CASE CAST(${name} AS VARCHAR) ${cases.join(" ")} END`;
}
