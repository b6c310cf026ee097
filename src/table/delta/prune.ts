/** @file Which files can hold a row that meets a condition, by their statistics and partition values. */
import type { ExprNode, Value } from "../expr/index.ts";
import type { Add } from "./actions.ts";
import type { Shape } from "./shape.ts";

/** What is known of a column in a file: an absent bound is not known. */
interface Range {
  readonly min: Value | undefined;
  readonly max: Value | undefined;
  /** Whether a cell may be missing, and whether one may be there. */
  readonly missing: boolean;
  readonly present: boolean;
}

/** What is known of every column of a file. */
export type Ranges = (column: string) => Range;

const unknown: Range = { min: undefined, max: undefined, missing: true, present: true };

interface Stats {
  readonly numRecords?: number;
  readonly minValues?: Readonly<Record<string, unknown>>;
  readonly maxValues?: Readonly<Record<string, unknown>>;
  readonly nullCount?: Readonly<Record<string, unknown>>;
}

/** The statistics of a file; empty when it has none that can be read. */
export function statsOf(add: Add): Stats {
  try {
    return (JSON.parse(add.stats ?? "{}") ?? {}) as Stats;
  } catch {
    return {};
  }
}

/** The files that may hold a row for which the condition is true; in order, never one too few. */
export function pruneFiles(
  files: Iterable<Add>,
  shape: Pick<Shape, "columns" | "partitionBy">,
  condition: ExprNode | undefined,
): readonly Add[] {
  if (condition === undefined) return [...files];
  return [...files].filter((add) => mayBe(condition, true, rangesOf(add, shape)));
}

/** What is known of the columns of a file. */
export function rangesOf(add: Add, shape: Pick<Shape, "columns" | "partitionBy">): Ranges {
  const stats = statsOf(add);
  const { minValues = {}, maxValues = {}, nullCount = {}, numRecords } = stats;
  return (column) => {
    const kind = shape.columns[column]?.kind;
    if (kind === undefined) return unknown;
    if (shape.partitionBy.includes(column))
      return inPartition(kind, valueIn(kind, add.partitionValues[column] ?? ""));
    const nulls = nullCount[column];
    const counted = typeof nulls === "number" && numRecords !== undefined;
    return {
      min: lower(kind, valueIn(kind, minValues[column])),
      max: upper(kind, valueIn(kind, maxValues[column])),
      // A NaN is missing in an expression and no null in the statistics.
      missing: kind === "float" || !counted || nulls > 0,
      present: !counted || nulls < numRecords,
    };
  };
}

/**
 * A bound of a column of 32-bit floats is the shortest text that names one, which as a double may lie
 * on either side of it: 0.1 is below the float of that name.
 */
const lower = (kind: string, value: Value): Range["min"] =>
  kind === "float" && typeof value === "number"
    ? Math.min(value, Math.fround(value))
    : (value ?? undefined);

/** Other writers cut a moment to milliseconds, downwards; ours never falls in the one added here. */
function upper(kind: string, value: Value): Range["max"] {
  if (typeof value !== "number") return value ?? undefined;
  if (kind === "timestamp") return value + 1;
  return kind === "float" ? Math.max(value, Math.fround(value)) : value;
}

/** A moment in a partition may have microseconds, which are cut when it is read. */
const inPartition = (kind: string, value: Value): Range =>
  kind === "timestamp" && typeof value === "number"
    ? { ...exactly(value), max: value + 1 }
    : exactly(value);

const exactly = (value: Value | undefined): Range => {
  if (value === undefined) return unknown;
  return {
    min: value ?? undefined,
    max: value ?? undefined,
    missing: value === null,
    present: value !== null,
  };
};

/** A value of the statistics, or the text of a partition value, as expressions see it. */
function valueIn(kind: string, value: unknown): Value {
  if (value === undefined || value === null || value === "") return null;
  if (kind === "text" || kind === "category") return String(value);
  if (kind === "bool") return String(value) === "true";
  const number = kind === "timestamp" ? Date.parse(isoOf(String(value))) : Number(value);
  return Number.isNaN(number) ? null : number;
}

/** Delta writes moments as "2024-01-01 00:00:00.000000", as ISO, or as a date alone; all in UTC. */
function isoOf(text: string): string {
  const iso = text.replace(" ", "T");
  return /T/.test(iso) && !/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? `${iso}Z` : iso;
}

/** Whether the condition may be `wanted` for some row of the file; true when that is not known. */
function mayBe(node: ExprNode, wanted: boolean, ranges: Ranges): boolean {
  if (node.op === "literal") return node.value === wanted;
  if (node.op === "column") return mayEqual(rangeOf(node, ranges), exactly(wanted));
  const { operation, args } = node;
  const [first] = args;
  if (first === undefined) return true;
  if (operation === "not") return mayBe(first, !wanted, ranges);
  if (operation === "and" || operation === "or") {
    const parts = args.map((arg) => mayBe(arg, wanted, ranges));
    const both = (operation === "and") === wanted; // both must be, or one is enough
    return both ? parts.every(Boolean) : parts.some(Boolean);
  }
  const sides = args.map((arg) => rangeOf(arg, ranges));
  if (operation === "missing")
    return sides.some(({ missing, present }) => (wanted ? missing : present));
  return mayCompare(operation, sides, wanted);
}

/** The same for a comparison, which is missing, so neither, where one side is. */
function mayCompare(operation: string, sides: readonly Range[], wanted: boolean): boolean {
  const [left, right] = sides;
  const compare = comparisons[operation];
  if (left === undefined || right === undefined || compare === undefined) return true;
  return left.present && sides.slice(1).some((side) => side.present && compare(left, side, wanted));
}

const comparisons: Readonly<Record<string, (a: Range, b: Range, wanted: boolean) => boolean>> = {
  below: (a, b, wanted) => (wanted ? before(a, b, -1) : before(b, a, 0)),
  atMost: (a, b, wanted) => (wanted ? before(a, b, 0) : before(b, a, -1)),
  equal: (a, b, wanted) => !wanted || mayEqual(a, b),
  oneOf: (a, b, wanted) => !wanted || mayEqual(a, b),
};

function rangeOf(node: ExprNode, ranges: Ranges): Range {
  if (node.op === "literal") return exactly(node.value);
  return node.op === "column" ? ranges(node.name) : unknown;
}

const mayEqual = (a: Range, b: Range): boolean =>
  a.present && b.present && before(a, b, 0) && before(b, a, 0);

/** Whether some value of a can be below one of b (most = -1), or at most one of b (most = 0). */
const before = (a: Range, b: Range, most: -1 | 0): boolean =>
  a.min === undefined || b.max === undefined || order(a.min, b.max) <= most;

/** The order of the engine: numbers by value, texts by their bytes in UTF-8, false before true. */
export function order(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string")
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const [x, y] = [Number(a), Number(b)]; // an infinity less itself would be no number
  return x === y ? 0 : Math.sign(x - y);
}
