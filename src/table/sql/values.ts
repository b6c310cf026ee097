/** @file The values of a query's parameters: written in as literals, so that none can become code. */
import type { Cell } from "../../flow.ts";
import { fail } from "./errors.ts";
import { literalSql } from "./literal.ts";
import type { Prepared } from "./prepare.ts";
import { placeOf, type Token } from "./tokens.ts";

/** Values by place for `?` and `$1`, or by name for `$name`. */
export type QueryValues = readonly Cell[] | Readonly<Record<string, Cell>>;

/** Values found for all parameters of a query. */
export interface ReadValues {
  /** The value of a parameter, in SQL. */
  readonly sqlOf: (parameter: Token) => string;
  /** The value of a parameter as the parser calls it: "1", "name". */
  readonly cellOf: (identifier: string) => Cell | undefined;
}

/**
 * Finds a value for each parameter, and a parameter for each value.
 *
 * @throws `table/missing-value`, `table/unknown-value`, `table/mismatch-parameter`
 */
export function readValues({ query, tokens }: Prepared, values: QueryValues = {}): ReadValues {
  const byName = new Map(
    Array.isArray(values)
      ? values.map((cell: Cell, i) => [String(i + 1), cell] as const)
      : Object.entries(values),
  );
  const given = [...byName.keys()];
  const names = new Map<Token, string>();
  let asked = 0;
  for (const token of tokens) {
    if (token.kind !== "parameter") continue;
    if (token.text === "?") asked += 1;
    const name = token.text === "?" ? String(asked) : token.text.slice(1);
    const at = placeOf(query, token.byte);
    const cell = byName.get(name);
    if (cell === undefined) fail("table/missing-value", { at, parameter: token.text, given });
    else if (!isCell(cell))
      fail("table/mismatch-parameter", { at, parameter: token.text, got: describe(cell) });
    names.set(token, name);
  }
  const parameters = [...new Set(names.values())];
  for (const value of given)
    if (!parameters.includes(value)) fail("table/unknown-value", { value, parameters });
  return {
    sqlOf: (token) => literalSql(byName.get(names.get(token) ?? "") ?? null),
    cellOf: (identifier) => byName.get(identifier),
  };
}

/** Whether untyped code gave a cell: a value that SQL can hold. */
function isCell(value: unknown): boolean {
  if (value === null || typeof value === "boolean" || typeof value === "number") return true;
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  return typeof value === "string" && value.isWellFormed();
}

const describe = (value: unknown): string =>
  value instanceof Date ? "an invalid Date" : `${typeof value} ${String(value)}`;
