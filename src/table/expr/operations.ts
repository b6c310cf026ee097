/**
 * @file Every operation of expressions, its SQL beside its TypeScript, so that the two are read
 * and changed together. Nulls follow SQL's three-valued logic; a NaN becomes a null where it arises.
 */
import type { NodeKind, Value } from "./node.ts";

/** One operation: what it makes of the kinds of its arguments, and its two targets. */
export interface Operation {
  /** The kind of the result, or null when the arguments do not fit. */
  readonly kind: (args: readonly NodeKind[]) => NodeKind | null;
  readonly sql: (...args: readonly string[]) => string;
  readonly row: (...args: readonly Value[]) => Value;
  /** Whether the SQL may give NaN where the row function gives null. */
  readonly mayBeNan?: true;
}

/** The number NaN in SQL. */
export const nanSql = "'nan'::DOUBLE";

/** Operations by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    plus: arithmetic(
      (a, b) => `${a} + ${b}`,
      (a, b) => a + b,
    ),
    minus: {
      ...arithmetic(
        (a, b) => `${a} - ${b}`,
        (a, b) => a - b,
      ),
      kind: (args) => (pairOf(args, "number") || pairOf(args, "timestamp") ? "number" : null),
    },
    times: arithmetic(
      (a, b) => `${a} * ${b}`,
      (a, b) => a * b,
    ),
    over: arithmetic(
      (a, b) => `${a} / nullif(${b}, 0::DOUBLE)`,
      (a, b) => (b === 0 ? Number.NaN : a / b),
    ),
    larger: {
      kind: (args) => (pairOf(args, "number") ? "number" : null),
      sql: (a, b) => `(CASE WHEN ${a} < ${b} THEN ${b} WHEN ${a} >= ${b} THEN ${a} END)`,
      row: numbers((a, b) => (a < b ? b : a)),
    },
    smaller: {
      kind: (args) => (pairOf(args, "number") ? "number" : null),
      sql: (a, b) => `(CASE WHEN ${a} > ${b} THEN ${b} WHEN ${a} <= ${b} THEN ${a} END)`,
      row: numbers((a, b) => (a > b ? b : a)),
    },
    below: comparison("<", (a, b) => a < b),
    atMost: comparison("<=", (a, b) => a <= b),
    equal: {
      kind: (args) => (args.length === 2 && args[0] === args[1] ? "bool" : null),
      sql: (a, b) => `(${a} = ${b})`,
      row: (a = null, b = null) => (a === null || b === null ? null : a === b),
    },
    oneOf: {
      kind: (args) => (args.length > 1 && same(args) ? "bool" : null),
      sql: (a, ...choices) => `(${a} IN (${choices.join(", ")}))`,
      row: (a = null, ...choices) => (a === null ? null : choices.includes(a)),
    },
    missing: {
      kind: (args) => (args.length === 1 ? "bool" : null),
      sql: (a) => `(${a} IS NULL)`,
      row: (a = null) => a === null,
    },
    orElse: {
      kind: (args) => (args.length === 2 && same(args) ? (args[0] ?? null) : null),
      sql: (a, b) => `coalesce(${a}, ${b})`,
      row: (a = null, b = null) => (a === null ? b : a),
    },
    not: {
      kind: (args) => (args.length === 1 && args[0] === "bool" ? "bool" : null),
      sql: (a) => `(NOT ${a})`,
      row: (a = null) => (a === null ? null : a === false),
    },
    and: {
      kind: (args) => (pairOf(args, "bool") ? "bool" : null),
      sql: (a, b) => `(${a} AND ${b})`,
      row: (a = null, b = null) => decided(a, b, false),
    },
    or: {
      kind: (args) => (pairOf(args, "bool") ? "bool" : null),
      sql: (a, b) => `(${a} OR ${b})`,
      row: (a = null, b = null) => decided(a, b, true),
    },
    when: {
      kind: (args) =>
        args.length === 3 && args[0] === "bool" && same(args.slice(1)) ? (args[1] ?? null) : null,
      sql: (condition, a, b) => `(CASE WHEN ${condition} THEN ${a} ELSE ${b} END)`,
      row: (condition = null, a = null, b = null) => (condition === true ? a : b),
    },
    keepIf: {
      kind: (args) => (args.length === 2 && args[0] === "bool" ? (args[1] ?? null) : null),
      sql: (condition, a) => `(CASE WHEN ${condition} THEN ${a} END)`,
      row: (condition = null, a = null) => (condition === true ? a : null),
    },
  } satisfies Record<string, Operation>),
);

/** An operation on two numbers that is missing when either is, or when the result is no number. */
function arithmetic(
  sql: (a: string, b: string) => string,
  row: (a: number, b: number) => number,
): Operation {
  return {
    kind: (args) => (pairOf(args, "number") ? "number" : null),
    sql: (a = "", b = "") => `(${sql(a, b)})`,
    mayBeNan: true,
    row: numbers(row),
  };
}

function comparison(sign: string, row: (a: number, b: number) => boolean): Operation {
  return {
    kind: (args) => (pairOf(args, "number") || pairOf(args, "timestamp") ? "bool" : null),
    sql: (a, b) => `(${a} ${sign} ${b})`,
    row: (a = null, b = null) =>
      typeof a === "number" && typeof b === "number" ? row(a, b) : null,
  };
}

function numbers(row: (a: number, b: number) => number): Operation["row"] {
  return (a = null, b = null) => {
    if (typeof a !== "number" || typeof b !== "number") return null;
    const result = row(a, b);
    return Number.isNaN(result) ? null : result;
  };
}

/** `and` is decided by one false, `or` by one true; otherwise a null leaves the answer open. */
function decided(a: Value, b: Value, by: boolean): Value {
  if (a === by || b === by) return by;
  return a === null || b === null ? null : !by;
}

const pairOf = (args: readonly NodeKind[], kind: NodeKind): boolean =>
  args.length === 2 && args.every((arg) => arg === kind);
const same = (args: readonly NodeKind[]): boolean => args.every((arg) => arg === args[0]);
