/** @file Texts looked up in a table of numbers. */
import { isRecord } from "../../../core/index.ts";
import { quoteText } from "../../sql-text.ts";
import { isNumbers, isTexts } from "./check-params.ts";
import { numberSql, type OperationFamily, one } from "./operation.ts";

/** The number of each key, each key once, and that of every other text; null is missing. */
export interface Lookup {
  readonly keys: readonly string[];
  readonly values: readonly number[];
  readonly otherwise: number | null;
}

/** From so many keys on, the engine's own CASE is slower than an ENUM's hash table. */
const hashedFrom = 12;

/** `lookup`: a text as the number of its key. */
export const lookup: OperationFamily = {
  of: (params) => {
    if (!isLookup(params)) return null;
    const numbers = numbersOf(params);
    const { otherwise } = params;
    return {
      kind: (args) => (one(args, "text") ? "number" : null),
      sql: (a = "") => lookupSql(a, params),
      row: (a = null) => (typeof a === "string" ? (numbers.get(a) ?? otherwise) : null),
    };
  },
};

/** The SQL of the number of a text. */
export function lookupSql(a: string, { keys, values, otherwise }: Lookup): string {
  const other = otherwise === null ? "NULL::DOUBLE" : numberSql(otherwise);
  const present = (found: string): string =>
    otherwise === null
      ? found
      : `(CASE WHEN ${a} IS NOT NULL THEN coalesce(${found}, ${other}) END)`;
  if (keys.length === 0) return `(CASE WHEN ${a} IS NOT NULL THEN ${other} END)`;
  const place = enumPlaceSql(a, keys);
  if (place === undefined) {
    const cases = keys.map((key, i) => `WHEN ${quoteText(key)} THEN ${numberSql(values[i] ?? 0)}`);
    return present(`(CASE ${a} ${cases.join(" ")} END)`);
  }
  return present(`list_extract([${values.map(numberSql).join(", ")}], ${place} + 1)`);
}

/**
 * The SQL of the place of a text among many keys, by a hash table: NULL for other texts. Undefined for few keys, and
 * for keys with a NUL, which no ENUM can have.
 */
export function enumPlaceSql(a: string, keys: readonly string[]): string | undefined {
  if (keys.length < hashedFrom || keys.some((key) => key.includes("\0"))) return undefined;
  return `enum_code(TRY_CAST(${a} AS ENUM(${keys.map(quoteText).join(", ")})))`;
}

/** The table as a map. */
export function numbersOf({ keys, values }: Lookup): ReadonlyMap<string, number> {
  return new Map(keys.map((key, i) => [key, values[i] ?? Number.NaN]));
}

/** Whether these are the parameters of `lookup`. */
export function isLookup(params: unknown): params is Lookup {
  if (!isRecord(params)) return false;
  const { keys, values, otherwise } = params;
  if (!isTexts(keys) || new Set(keys).size !== keys.length) return false;
  if (!isNumbers(values) || values.length !== keys.length) return false;
  return otherwise === null || (typeof otherwise === "number" && Number.isFinite(otherwise));
}
