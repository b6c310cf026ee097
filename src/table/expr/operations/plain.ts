/**
 * @file Operations without parameters, the SQL of each beside its TypeScript, so that the two are read
 * and changed together. Nulls follow SQL's three-valued logic; a NaN becomes a null where it arises.
 */

import { quoteText } from "../../sql-text.ts";
import type { Operand } from "../node.ts";
import { characterCount, lowered, spaces, trimmed } from "./characters.ts";
import { nanSql, numberOf, type Operation, pairOf, same } from "./operation.ts";

/** Operations by name. */
export const plainOperations = {
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
  log: ofOne(
    (a) => `ln(CASE WHEN ${a} > 0 THEN ${a} END)`,
    (a) => (a > 0 ? Math.log(a) : Number.NaN),
  ),
  exp: ofOne((a) => `exp(${a})`, Math.exp),
  squareRoot: ofOne(
    (a) => `sqrt(CASE WHEN ${a} >= 0 THEN ${a} END)`,
    (a) => (a >= 0 ? Math.sqrt(a) : Number.NaN),
  ),
  floor: ofOne((a) => `floor(${a})`, Math.floor),
  sine: ofOne(
    (a) => `sin(CASE WHEN isfinite(${a}) THEN ${a} END)`,
    (a) => (Number.isFinite(a) ? Math.sin(a) : Number.NaN),
  ),
  cosine: ofOne(
    (a) => `cos(CASE WHEN isfinite(${a}) THEN ${a} END)`,
    (a) => (Number.isFinite(a) ? Math.cos(a) : Number.NaN),
  ),
  power: arithmetic(
    (a, b) => `pow(nullif(${a}, ${nanSql}), ${b})`,
    (a, b) => a ** b,
  ),
  later: {
    kind: ([moment, milliseconds]) =>
      moment === "timestamp" && milliseconds === "number" ? "timestamp" : null,
    sql: (a, b) => `(${a} + ${b})`,
    row: numbers((a, b) => a + b),
  },
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
  joined: {
    kind: (args) => (args.length > 1 && args.every((arg) => arg === "text") ? "text" : null),
    sql: (...texts) => `(${texts.join(" || ")})`,
    row: (...texts) => (texts.includes(null) ? null : texts.join("")),
  },
  characters: {
    kind: (args) => (args.length === 1 && args[0] === "text" ? "number" : null),
    sql: (a) => `CAST(length(${a}) AS DOUBLE)`,
    row: (a = null) => (typeof a === "string" ? characterCount(a) : null),
  },
  trimmed: {
    kind: (args) => (args.length === 1 && args[0] === "text" ? "text" : null),
    sql: (a) => `trim(${a}, ${quoteText(spaces)})`,
    row: (a = null) => (typeof a === "string" ? trimmed(a) : null),
  },
  lowered: {
    kind: (args) => (args.length === 1 && args[0] === "text" ? "text" : null),
    sql: (a) => `lower(${a})`,
    row: (a = null) => (typeof a === "string" ? lowered(a) : null),
  },
  tokenCount: {
    kind: (args) => (args.length === 1 && args[0] === "tokens" ? "number" : null),
    sql: (a) => `CAST(len(${a}) AS DOUBLE)`,
    row: (a = null) => (Array.isArray(a) ? a.length : null),
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
} satisfies Record<string, Operation>;

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

/** An operation on one number that is missing when that is, or when the result is no number. */
function ofOne(sql: (a: string) => string, row: (a: number) => number): Operation {
  return {
    kind: (args) => (args.length === 1 && args[0] === "number" ? "number" : null),
    sql: (a = "") => sql(a),
    mayBeNan: true,
    row: (a = null) => (typeof a === "number" ? numberOf(row(a)) : null),
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
    return numberOf(row(a, b));
  };
}

/** `and` is decided by one false, `or` by one true; otherwise a null leaves the answer open. */
function decided(a: Operand, b: Operand, by: boolean): Operand {
  if (a === by || b === by) return by;
  return a === null || b === null ? null : !by;
}
