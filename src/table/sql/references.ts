/** @file What a query names: tables (a name of WITH is none), columns by their table's full name, functions. */
import { isNode, nodesOf, type SqlNode, textOf, textsOf } from "../adapter/parse-sql.ts";

/** A table that a query reads. */
export interface TableReference {
  /** The parts of its name, as written: catalog, schema, table. */
  readonly parts: readonly string[];
  /** Where its name begins, in bytes. */
  readonly byte: number;
  /** Empty where there is none. */
  readonly alias: string;
  readonly node: SqlNode;
  /** The SELECT in whose FROM it stands. */
  readonly scope: Scope;
}

/** One SELECT: the tables of its FROM, subqueries not counted, and what stands around it. */
export interface Scope {
  readonly select: SqlNode;
  readonly tables: TableReference[];
  readonly outer: Scope | undefined;
}

/** A column named with its table's schema: `schema.table.column`. */
export interface ColumnReference {
  readonly parts: readonly string[];
  readonly byte: number;
  readonly scope: Scope | undefined;
}

/** A function that is called, or a statement like SHOW that stands for rows. */
export interface CallReference {
  readonly kind: "table function" | "function" | "show";
  /** In lower case. */
  readonly name: string;
  readonly byte: number;
}

/** Everything a query names. */
export interface References {
  readonly tables: readonly TableReference[];
  readonly columns: readonly ColumnReference[];
  readonly calls: readonly CallReference[];
  /** How many values it waits for. */
  readonly parameters: number;
}

interface Around {
  /** The names of WITH that can be seen, in lower case. */
  readonly names: ReadonlySet<string>;
  readonly scope: Scope | undefined;
}

interface Finding {
  readonly tables: TableReference[];
  readonly columns: ColumnReference[];
  readonly calls: CallReference[];
  parameters: number;
}

/** Finds what a query names. */
export function referencesOf(query: SqlNode): References {
  const found: Finding = { tables: [], columns: [], calls: [], parameters: 0 };
  visit(query, { names: new Set(), scope: undefined }, found);
  return found;
}

/** The parts of a table's name: one, two or three. */
const partsOf = (node: SqlNode): readonly string[] =>
  [node["catalog_name"], node["schema_name"], node["table_name"]]
    .map(textOf)
    .filter((part) => part !== "");

function visit(value: unknown, around: Around, found: Finding): void {
  if (Array.isArray(value)) for (const one of value) visit(one, around, found);
  if (!isNode(value)) return;
  const inside = isNode(value["cte_map"]) ? withNames(value, around, found) : around;
  note(value, inside, found);
  for (const [key, child] of Object.entries(value))
    if (key !== "cte_map") visit(childOf(value, key, child), inside, found);
}

/** The function of a source of rows is no function of values: of it, only its arguments are looked at. */
const childOf = (node: SqlNode, key: string, child: unknown): unknown =>
  node.type === "TABLE_FUNCTION" && key === "function" && isNode(child) ? child["children"] : child;

/** Looks at the names of WITH, each of which sees those before it, and gives what a query sees. */
function withNames(query: SqlNode, around: Around, found: Finding): Around {
  const names = new Set(around.names);
  const map = isNode(query["cte_map"]) ? query["cte_map"]["map"] : [];
  for (const { key, value } of nodesOf(map)) {
    visit(value, { ...around, names: new Set(names) }, found);
    names.add(textOf(key).toLowerCase());
  }
  if (query.type === "RECURSIVE_CTE_NODE") names.add(textOf(query["cte_name"]).toLowerCase());
  const isSelect = query.type === "SELECT_NODE";
  return {
    names,
    scope: isSelect ? { select: query, tables: [], outer: around.scope } : around.scope,
  };
}

function note(node: SqlNode, { names, scope }: Around, found: Finding): void {
  const byte = node.query_location ?? Number.MAX_SAFE_INTEGER;
  const call = (kind: CallReference["kind"], name: unknown): void =>
    void found.calls.push({ kind, name: textOf(name).toLowerCase(), byte });
  if (node.type === "BASE_TABLE") noteTable(node, { names, scope }, found);
  else if (node.type === "TABLE_FUNCTION" && isNode(node["function"]))
    call("table function", node["function"]["function_name"]);
  else if (node.type === "SHOW_REF" && !isNode(node["query"])) call("show", node["table_name"]);
  else if (node.class === "FUNCTION" || node.class === "WINDOW")
    call("function", node["function_name"]);
  else if (node.class === "PARAMETER") found.parameters += 1;
  else if (node.class === "COLUMN_REF") {
    const parts = textsOf(node["column_names"]);
    if (parts.length > 2) found.columns.push({ parts, byte, scope });
  }
}

function noteTable(node: SqlNode, { names, scope }: Around, found: Finding): void {
  const parts = partsOf(node);
  const [only = ""] = parts;
  if (parts.length === 1 && names.has(only.toLowerCase())) return;
  const byte = node.query_location ?? Number.MAX_SAFE_INTEGER;
  const from = scope ?? { select: node, tables: [], outer: undefined };
  const table = { parts, byte, alias: textOf(node.alias), node, scope: from };
  from.tables.push(table);
  found.tables.push(table);
}
