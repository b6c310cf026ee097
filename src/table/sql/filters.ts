/** @file The conditions of a WHERE that surely hold for every row a table gives: what its files are skipped by. */

import { isNode, nodesOf, type SqlNode, textOf, textsOf } from "../adapter/parse-sql.ts";
import type { Shape } from "../delta/shape.ts";
import type { ExprNode } from "../expr/index.ts";
import { type KnownColumn, type Literals, literalOf } from "./filter-literals.ts";
import type { TableReference } from "./references.ts";

/**
 * The conditions by which files of a table may be skipped. Only comparisons of a column with a
 * literal count, joined by AND and OR, in the WHERE of the SELECT that names the table: they are not
 * true for a row that is missing on one side of an outer join, so that skipping is right for every
 * kind of join but those that count or order the rows of the other side.
 */
export function filtersOf(
  table: TableReference,
  shape: Pick<Shape, "columns" | "types">,
  literals: Literals,
): readonly ExprNode[] {
  const { select } = table.scope;
  const from = select["from_table"];
  if (isNode(select["sample"]) || !isNode(from) || !isSkippable(from, table.node)) return [];
  const alone = from === table.node;
  const names = [table.alias === "" ? (table.parts.at(-1) ?? "") : table.alias];
  const columnOf = (node: unknown): KnownColumn | undefined => {
    if (!isNode(node) || node.class !== "COLUMN_REF") return undefined;
    const parts = textsOf(node["column_names"]).map(lower);
    const name = parts.pop() ?? "";
    const owner = parts.join(".");
    const own = owner === "" ? alone : isOwn(table, names, owner);
    return own ? known(shape, name) : undefined;
  };
  const where = exprOf(select["where_clause"], { columnOf, ...literals });
  return where === undefined ? [] : [where];
}

const lower = (text: string): string => text.toLowerCase();

/** Two tables of one name in a FROM are told apart by their whole names only. */
const isOwn = ({ alias, parts }: TableReference, names: readonly string[], owner: string) =>
  names.map(lower).includes(owner) || (alias === "" && parts.map(lower).join(".") === owner);

/** Whether a table is joined only in ways in which a row less on its side takes rows away and changes none. */
function isSkippable(from: SqlNode, table: SqlNode): boolean {
  if (from === table)
    return !isNode(table["sample"]) && textsOf(table["column_name_alias"]).length === 0;
  if (from.type !== "JOIN" || /ASOF|POSITIONAL/.test(textOf(from["ref_type"]))) return false;
  return [from["left"], from["right"]].some((side) => isNode(side) && isSkippable(side, table));
}

/** A column whose statistics can be trusted to the last digit. */
function known({ columns, types }: Pick<Shape, "columns" | "types">, name: string) {
  const [found, another] = Object.keys(columns).filter((one) => lower(one) === name);
  const kind = found === undefined ? undefined : columns[found]?.kind;
  if (found === undefined || another !== undefined || kind === undefined) return undefined;
  if (types.get(found) === "float") return undefined; // four bytes, of which the log writes a rounded text
  return { name: found, kind: kind === "category" ? ("text" as const) : kind };
}

interface Reading extends Literals {
  readonly columnOf: (node: unknown) => KnownColumn | undefined;
}

const call = (operation: string, ...args: readonly ExprNode[]): ExprNode => ({
  op: "call",
  operation,
  args,
});

/** A condition that is true wherever the query's is; undefined when nothing is known. */
function exprOf(node: unknown, reading: Reading): ExprNode | undefined {
  if (!isNode(node)) return undefined;
  if (node.class === "CONJUNCTION") {
    const parts = nodesOf(node["children"]).map((child) => exprOf(child, reading));
    const sure = parts.filter((part) => part !== undefined);
    if (node.type === "CONJUNCTION_AND")
      return sure.length === 0 ? undefined : call("and", ...sure);
    return sure.length === parts.length ? call("or", ...sure) : undefined;
  }
  if (node.type === "COMPARE_BETWEEN") return betweenOf(node, reading);
  if (node.class === "COMPARISON") return comparisonOf(node, reading);
  return node.type === "COMPARE_IN" ? inOf(node, reading) : undefined;
}

const mirrored: Readonly<Record<string, string>> = {
  COMPARE_EQUAL: "COMPARE_EQUAL",
  COMPARE_LESSTHAN: "COMPARE_GREATERTHAN",
  COMPARE_LESSTHANOREQUALTO: "COMPARE_GREATERTHANOREQUALTO",
  COMPARE_GREATERTHAN: "COMPARE_LESSTHAN",
  COMPARE_GREATERTHANOREQUALTO: "COMPARE_LESSTHANOREQUALTO",
};

function comparisonOf(node: SqlNode, reading: Reading): ExprNode | undefined {
  const direct = reading.columnOf(node["left"]);
  const column = direct ?? reading.columnOf(node["right"]);
  const type = direct ? node.type : mirrored[node.type ?? ""];
  const value = column && literalOf(node[direct ? "right" : "left"], column, reading);
  if (column === undefined || value === undefined) return undefined;
  const cell = cellOf(column);
  if (type === "COMPARE_EQUAL") return call("equal", cell, value);
  if (type === "COMPARE_LESSTHAN") return call("below", cell, value);
  if (type === "COMPARE_LESSTHANOREQUALTO") return call("atMost", cell, value);
  // The engine takes NaN for the largest number, and the statistics leave it out.
  if (column.kind === "float") return undefined;
  if (type === "COMPARE_GREATERTHAN") return call("below", value, cell);
  return type === "COMPARE_GREATERTHANOREQUALTO" ? call("atMost", value, cell) : undefined;
}

const cellOf = ({ name, kind }: KnownColumn): ExprNode => ({ op: "column", name, kind });

function betweenOf(node: SqlNode, reading: Reading): ExprNode | undefined {
  const column = reading.columnOf(node["input"]);
  if (column === undefined) return undefined;
  const low = literalOf(node["lower"], column, reading);
  const high = literalOf(node["upper"], column, reading);
  if (low === undefined || high === undefined) return undefined;
  return call("and", call("atMost", low, cellOf(column)), call("atMost", cellOf(column), high));
}

function inOf(node: SqlNode, reading: Reading): ExprNode | undefined {
  const [first, ...rest] = nodesOf(node["children"]);
  const column = reading.columnOf(first);
  if (column === undefined || rest.length === 0) return undefined;
  const values = rest.map((one) => literalOf(one, column, reading));
  const sure = values.filter((value) => value !== undefined);
  return sure.length === values.length ? call("oneOf", cellOf(column), ...sure) : undefined;
}
