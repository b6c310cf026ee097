/** @file Whether an argument is a frame, for programs whose types nobody checked. */
import { count, list, quote } from "../core/index.ts";
import { fail } from "./errors.ts";
import type { AnyRows } from "./frame.ts";

/**
 * Refuses what is no frame where one is expected, and says what was given instead.
 *
 * @throws `table/mismatch-argument`
 * @example
 * ```ts
 * checkFrame("split", await openEngine().then((engine) => frame({ engine, schema: schema("s", { n: int() }), sql: "SELECT 1 AS n" })));
 * ```
 */
export function checkFrame(at: string, given: AnyRows): void {
  if (isObject(given) && "sql" in given && "engine" in given && "schema" in given) return;
  const expected = "a frame, as `await table.read()` gives";
  fail("table/mismatch-argument", { at, expected, got: described(given) });
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** What a value is, in words. */
function described(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (!isObject(value)) return value === undefined ? "nothing" : quote(value);
  if (Array.isArray(value))
    return `an array of ${count(value.length, value.every(isObject) ? "object" : "value")}`;
  if ("then" in value) return "a promise; put `await` before it";
  if ("read" in value && "name" in value) return `a table (${quote(value.name)})`;
  return `an object with ${list(Object.keys(value))}`;
}
