/** @file A schema as the TypeScript that makes it. */
import { formatLiteral, literalKey } from "../core/index.ts";
import type { ColumnSpec } from "../flow.ts";
import type { Schema } from "./schema.ts";

/**
 * A schema as a TypeScript expression, so that a table's columns are known when a program is compiled.
 *
 * @param of - The schema, as `lake.schemaOf(name)` gives it.
 * @returns The expression, one line for each column; what it uses are `schema` and the kinds of the columns.
 * @example
 * ```ts
 * const people = schema("people", { id: int({ key: true }), plan: category(["free", "paid"]) });
 * formatSchema(people).split("\n")
 * // => ['schema("people", {', "  id: int({ key: true }),", '  plan: category(["free", "paid"]),', "})"]
 * ```
 */
export function formatSchema({ name, columns }: Schema): string {
  const lines = Object.entries(columns).map(
    ([column, spec]) => `  ${literalKey(column)}: ${columnCode(spec)},`,
  );
  return [`schema(${text(name)}, {`, ...lines, "})"].join("\n");
}

const text = (value: string): string => JSON.stringify(value);

/** `category(["free", "paid"], { nullable: true })`. */
function columnCode(spec: ColumnSpec & { readonly description?: string }): string {
  const { kind, levels, pattern, nullable, ...more } = spec;
  const plain = formatLiteral({ ...(nullable ? { nullable } : {}), ...more });
  const matched = `pattern: new RegExp(${text(pattern ?? "")})`;
  const inner = plain === "{}" ? "" : `${plain.slice(2, -2)}, `;
  const told = pattern === undefined ? plain : `{ ${inner}${matched} }`;
  const options = told === "{}" ? [] : [told];
  const first = kind === "category" ? [formatLiteral(levels ?? [])] : [];
  return `${kind}(${[...first, ...options].join(", ")})`;
}
