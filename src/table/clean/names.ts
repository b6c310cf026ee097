/** @file Column names in one spelling: snake_case by rule, and a map for what no rule can know. */
import { checkColumn } from "../check-column.ts";
import { type AnyRows, type Frame, frame } from "../frame.ts";
import { derivedColumns } from "../lineage/origin.ts";
import { type Column, type Columns, schema } from "../schema.ts";
import { checkName } from "../schema-checks.ts";
import { quoteName } from "../sql-text.ts";
import { fail } from "./errors.ts";

/**
 * A name in snake_case, from camelCase, PascalCase, Mixed_Case, words with blanks or any mixture:
 * a word begins at an upper-case letter after a lower-case one or a digit, and at the last of
 * several upper-case letters when a lower-case one follows; whatever is neither letter nor digit
 * separates words. A `_` in front, the mark of a technical column, stays. Words that run together
 * in one case ("paymentmethod") cannot be told apart by rule: {@link standardNames} takes a map.
 *
 * @throws `table/unsupported-name` when no letter or digit is in it
 * @example
 * ```ts
 * snakeCase("seniorCitizen") // => "senior_citizen"
 * snakeCase("Phone_Service") // => "phone_service"
 * snakeCase("StreamingTV") // => "streaming_tv"
 * snakeCase("HTTPServer port") // => "http_server_port"
 * ```
 */
export function snakeCase(name: string): string {
  const words = name
    .normalize("NFKC")
    .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, "_")
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== "");
  const standard = words.join("_").toLowerCase();
  checkName("snakeCase", standard === "" ? "" : name);
  return name.startsWith("_") ? `_${standard}` : standard;
}

/**
 * The standard name of each delivered column: the override where there is one, else
 * {@link snakeCase}.
 *
 * @param overrides - Delivered name → standard name.
 * @returns Delivered name → standard name, in the order given.
 * @throws `table/duplicate-name` when two columns would get one name, `table/unknown-column` for an
 * override of a column that is not delivered
 * @example
 * ```ts
 * standardNames(["TotalCharges", "paymentmethod"], { paymentmethod: "payment_method" })
 * // => { TotalCharges: "total_charges", paymentmethod: "payment_method" }
 * ```
 */
export function standardNames(
  names: readonly string[],
  overrides: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = "standardNames";
  const columns = Object.fromEntries(
    names.map((name) => [name, { kind: "text" as const, nullable: true }]),
  );
  for (const name of Object.keys(overrides)) checkColumn(at, { name: at, columns }, name);
  const standard = names.map((name) => [name, overrides[name] ?? snakeCase(name)] as const);
  for (const [, one] of standard) {
    const twins = standard.filter(([, other]) => other === one).map(([name]) => name);
    if (twins.length > 1) fail("table/duplicate-name", { at, names: twins, standard: one });
  }
  return Object.fromEntries(standard);
}

/**
 * The same rows under standard names; see {@link standardNames}. Nothing is read.
 *
 * @throws what {@link standardNames} throws
 */
export function standardise(
  rows: AnyRows,
  overrides: Readonly<Record<string, string>> = {},
): Frame<Columns> {
  const names = standardNames(Object.keys(rows.schema.columns), overrides);
  const entries = Object.entries<Column>(rows.schema.columns);
  const columns = Object.fromEntries(entries.map(([name, spec]) => [names[name] ?? name, spec]));
  const select = entries.map(([name]) => `${quoteName(name)} AS ${quoteName(names[name] ?? name)}`);
  return frame({
    engine: rows.engine,
    schema: schema(rows.schema.name, columns),
    sql: `SELECT ${select.join(", ")} FROM (${rows.sql})`,
    origin:
      rows.origin &&
      derivedColumns(
        rows.origin,
        entries.map(([name]) => [names[name] ?? name, [name]]),
      ),
  });
}
