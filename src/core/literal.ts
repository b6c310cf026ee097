/** @file Plain data as TypeScript writes it, for programs that are written by programs. */
import type { Json } from "../flow.ts";

/** A name as an object literal has it: as it is, or quoted. */
export const literalKey = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) && name !== "__proto__" ? name : keyText(name);

/** `__proto__` in quotes still sets the prototype; in brackets it is a name like any other. */
const keyText = (name: string): string =>
  name === "__proto__" ? '["__proto__"]' : JSON.stringify(name);

/**
 * Plain data as a TypeScript expression on one line: `{ trees: 50, kind: "gini" }`.
 *
 * @param value - Plain data; numbers are finite.
 * @returns The expression.
 * @example
 * ```ts
 * formatLiteral({ trees: 50, "a b": [1, "x"], none: {} }) // => '{ trees: 50, "a b": [1, "x"], none: {} }'
 * ```
 */
export function formatLiteral(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(formatLiteral).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, item]) => `${literalKey(key)}: ${formatLiteral(item)}`,
  );
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
