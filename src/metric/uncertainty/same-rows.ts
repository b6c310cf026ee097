/** @file Whether two models were judged on the same rows. */
import { count, list, quote } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { ScoredRows } from "../metrics.ts";

/** Refuses what is no judged rows, as `evaluate` gives them. Throws `metric/mismatch-argument`. */
export function checkJudged(at: string, rows: ScoredRows): void {
  if (!isJudged(rows)) mismatch(at, { what: "first", expected: judgedWords, got: rows });
}

/**
 * The rows with the predictions and the threshold of the second model, which judged the same rows; bare predictions are judged by
 * the threshold of the first. Throws `metric/mismatch-argument`, `metric/mismatch-rows`.
 */
export function sameRows(
  at: string,
  rows: ScoredRows,
  other: ScoredRows | Float64Array,
): ScoredRows {
  if (other instanceof Float64Array) return { ...rows, predictions: other };
  const expected = `${judgedWords}, or a Float64Array of predictions`;
  if (!isJudged(other)) return mismatch(at, { what: "second", expected, got: other });
  checkTasks(at, rows, other);
  checkSame(at, "label", [rows.y, other.y]);
  checkSame(at, "weight", [rows.weights, other.weights]);
  checkSame(at, "group", [rows.groups, other.groups]);
  const { threshold, ...plain } = rows;
  const own = other.threshold === undefined ? {} : { threshold: other.threshold };
  return { ...plain, ...own, predictions: other.predictions };
}

const judgedWords =
  "what `evaluate` gives as `judged`, { task, y, predictions } of Float64Array y and predictions";

const taskText = ({ task }: ScoredRows): string =>
  task.kind === "multiclass" ? `multiclass of ${list(task.classes)}` : task.kind;

const classesOf = ({ task }: ScoredRows): readonly unknown[] =>
  task.kind === "multiclass" ? task.classes : [];

/** Refuses tasks that differ: by their words, or by the first class that does where lists are too long to be told. */
function checkTasks(at: string, rows: ScoredRows, other: ScoredRows): void {
  const [expected, got] = [taskText(rows), taskText(other)];
  if (expected !== got) fail("metric/mismatch-rows", { at, what: "task", expected, got });
  const [wanted, given] = [classesOf(rows), classesOf(other)];
  const place = wanted.findIndex((one, i) => one !== given[i]);
  if (place < 0) return;
  const [a, b] = [quote(wanted[place]), quote(given[place])];
  fail("metric/mismatch-rows", { at, what: `class ${place}`, expected: a, got: b });
}

/** Numbers of rows, which some rows do not have. */
type Numbers = ArrayLike<number> | undefined;

/** Refuses numbers of rows that differ, or that only one side has. */
function checkSame(at: string, what: string, [a, b]: readonly [Numbers, Numbers]): void {
  if (a === b) return;
  const told = (values: Numbers): string =>
    values === undefined ? "none" : count(values.length, what);
  if (a?.length !== b?.length)
    fail("metric/mismatch-rows", { at, what: `${what}s`, expected: told(a), got: told(b) });
  const row = Array.from(a ?? []).findIndex((value, i) => value !== b?.[i]);
  if (row < 0) return;
  const [expected, got] = [String(a?.[row]), String(b?.[row])];
  fail("metric/mismatch-rows", { at, what: `${what} of row ${row}`, expected, got });
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const isJudged = (value: unknown): boolean =>
  isObject(value) &&
  "task" in value &&
  isObject(value.task) &&
  "y" in value &&
  value.y instanceof Float64Array &&
  "predictions" in value &&
  value.predictions instanceof Float64Array;

function mismatch(
  at: string,
  {
    what,
    expected,
    got,
  }: { readonly what: string; readonly expected: string; readonly got: unknown },
): never {
  const hint = isObject(got) && "judged" in got ? " Give its `judged`." : "";
  return fail("metric/mismatch-argument", { at, what, expected, got: described(got), hint });
}

/** What a value is, in words. */
function described(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (!isObject(value)) return value === undefined ? "nothing" : quote(value);
  if (Array.isArray(value)) return `an array of ${count(value.length, "value")}`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if ("then" in value) return "a promise; put `await` before it";
  return `an object with ${list(Object.keys(value))}`;
}
