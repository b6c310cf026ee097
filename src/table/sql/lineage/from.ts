/** @file The rows that stand in a FROM: tables, queries, joins and functions, with their lineage. */
import { isNode, type SqlNode, textOf, textsOf } from "../../adapter/parse-sql.ts";
import { type Derived, nothing, together, unknown } from "../../lineage/origin.ts";
import { isRowFunction } from "../allowed.ts";
import { type Analyse, derive } from "./expressions.ts";
import {
  type Known,
  knownRows,
  lower,
  opaqueRows,
  type Relation,
  type Rows,
  type RowsColumn,
  resolve,
  type Scope,
} from "./scope.ts";

/** A column as `*` gives it, and the relation it is of. */
export interface StarColumn extends RowsColumn {
  readonly relation: string;
}

/** What a FROM gives. */
export interface From {
  readonly relations: readonly Relation[];
  readonly merged: ReadonlyMap<string, Derived>;
  /** The columns of `*` in their order; undefined where it is not known which there are. */
  readonly star: readonly StarColumn[] | undefined;
  readonly rows: Derived;
}

/** What reads a FROM. */
export interface Reader {
  readonly known: Known;
  readonly analyse: Analyse;
}

const none: From = { relations: [], merged: new Map(), star: [], rows: nothing };

/** The rows of a FROM. A part sees those before it, for LATERAL. */
export function fromRows(node: unknown, scope: Scope, reader: Reader): From {
  if (!isNode(node)) return none;
  switch (node.type) {
    case "EMPTY":
      return none;
    case "BASE_TABLE":
      return one(node, textOf(node["table_name"]), tableRows(node, scope, reader));
    case "SUBQUERY":
      return one(node, "", subqueryRows(node, scope, reader));
    case "JOIN":
      return join(node, scope, reader);
    case "EXPRESSION_LIST":
      return one(node, "", valueRows(node, scope, reader));
    case "TABLE_FUNCTION":
      return one(node, functionName(node), functionRows(node, scope, reader));
    default: // PIVOT, SHOW: their columns are made of the data
      return one(node, "", opaqueRows(unknown));
  }
}

function one(node: SqlNode, name: string, rows: Rows): From {
  const renamed = withNames(rows, textsOf(node["column_name_alias"]));
  const alias = textOf(node.alias);
  const whole = [node["catalog_name"], node["schema_name"], node["table_name"]]
    .map(textOf)
    .filter((part) => part !== "");
  const relation: Relation = {
    name: lower(alias === "" ? name : alias),
    whole: alias === "" && whole.length > 1 ? lower(whole.join(".")) : undefined,
    content: renamed,
  };
  return {
    relations: [relation],
    merged: new Map(),
    star: renamed.columns?.map((column) => ({ ...column, relation: relation.name })),
    rows: renamed.rows,
  };
}

/** Rows whose first columns have other names. */
export function withNames(rows: Rows, names: readonly string[]): Rows {
  if (names.length === 0) return rows;
  if (rows.columns === undefined) return rows;
  const columns = rows.columns.map((column, i) => ({ ...column, name: names[i] ?? column.name }));
  return { ...rows, columns };
}

function tableRows(node: SqlNode, scope: Scope, { known }: Reader): Rows {
  const name = lower(textOf(node["table_name"]));
  const isPlain = textOf(node["schema_name"]) === "";
  for (let at: Scope | undefined = scope; at !== undefined && isPlain; at = at.outer) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return known.rowsOf(node) ?? opaqueRows(unknown);
}

function subqueryRows(node: SqlNode, scope: Scope, { analyse }: Reader): Rows {
  const query = isNode(node["subquery"]) ? node["subquery"]["node"] : undefined;
  return isNode(query) ? analyse(query, scope) : opaqueRows(unknown);
}

function valueRows(node: SqlNode, scope: Scope, { analyse }: Reader): Rows {
  const rows = Array.isArray(node["values"]) ? node["values"].filter(Array.isArray) : [];
  const names = textsOf(node["expected_names"]);
  const width = rows[0]?.length ?? 0;
  const columns = Array.from({ length: width }, (_, i) => ({
    name: names[i] ?? `col${i}`,
    derived: together(rows.map((row) => derive(row[i], scope, analyse))),
  }));
  return knownRows(columns, nothing);
}

const functionName = (node: SqlNode): string =>
  isNode(node["function"]) ? textOf(node["function"]["function_name"]) : "";

/** Functions that give one column, called like them. */
const oneColumn = /^(generate_series|range|unnest)$/;

/** The rows of a function: their number and their cells hang on its arguments. */
function functionRows(node: SqlNode, scope: Scope, { analyse }: Reader): Rows {
  if (!isRowFunction(lower(functionName(node)))) return opaqueRows(unknown); // it reads files
  const call = node["function"];
  const args = isNode(call) ? derive(call["children"], scope, analyse) : unknown;
  const name = lower(functionName(node));
  const isOne = oneColumn.test(name) && node["with_ordinality"] === "WITHOUT_ORDINALITY";
  if (isOne && (name !== "unnest" || textsOf(node["column_name_alias"]).length === 1))
    return knownRows([{ name, derived: args }], args);
  return { columns: undefined, open: () => args, rows: args };
}

function join(node: SqlNode, scope: Scope, reader: Reader): From {
  const left = fromRows(node["left"], scope, reader);
  const right = fromRows(node["right"], beside(scope, left), reader);
  const both = beside(beside(scope, left), right);
  const condition = derive(node["condition"], both, reader.analyse);
  const isNatural = node["ref_type"] === "NATURAL";
  const shared = isNatural ? sharedNames(left, right) : textsOf(node["using_columns"]).map(lower);
  const kind = textOf(node["join_type"]);
  const keys = (shared ?? []).map((name) => ({
    name,
    left: resolve([name], beside(emptied(scope), left)),
    right: resolve([name], beside(emptied(scope), right)),
  }));
  const merged = new Map([
    ...left.merged,
    ...keys.map((key) => [key.name, mergedKey(key, kind)] as const),
  ]);
  const decide = keys.flatMap((key) => [key.left, key.right]);
  const guess = shared === undefined ? [unknown] : [];
  const rows = together([left.rows, right.rows, condition, ...decide, ...guess]);
  if (kind === "SEMI" || kind === "ANTI") return { ...left, rows };
  const star = isNatural && shared === undefined ? undefined : starOf(left, right, merged);
  const relations = [...left.relations, ...right.relations];
  return { relations, merged: new Map([...right.merged, ...merged]), star, rows };
}

/** The scope with more rows beside those it has. */
const beside = (scope: Scope, { relations, merged }: From): Scope => ({
  ...scope,
  relations: [...scope.relations, ...relations],
  merged: new Map([...scope.merged, ...merged]),
});

/** The scope without its rows and what stands around it. */
const emptied = (scope: Scope): Scope => ({
  ...scope,
  relations: [],
  merged: new Map(),
  outer: undefined,
});

/** What a shared column is: of an outer join the side that is always there, of a full join both. */
function mergedKey(
  key: { readonly left: Derived; readonly right: Derived },
  kind: string,
): Derived {
  if (kind === "FULL" || kind === "OUTER") return together([key.left, key.right]);
  return kind === "RIGHT" ? key.right : key.left;
}

/** The names that both sides have; undefined where one side's are not known. */
function sharedNames(left: From, right: From): readonly string[] | undefined {
  if (left.star === undefined || right.star === undefined) return undefined;
  const names = new Set(right.star.map(({ name }) => name && lower(name)));
  const shared = left.star.flatMap(({ name }) => (name === undefined ? [] : [lower(name)]));
  return [...new Set(shared.filter((name) => names.has(name)))];
}

function starOf(left: From, right: From, merged: From["merged"]): From["star"] {
  if (left.star === undefined || right.star === undefined) return undefined;
  const isShared = ({ name }: StarColumn): boolean => name !== undefined && merged.has(lower(name));
  return [
    ...left.star.map((column) => ({
      ...column,
      derived: (isShared(column) && merged.get(lower(column.name ?? ""))) || column.derived,
    })),
    ...right.star.filter((column) => !isShared(column)),
  ];
}
