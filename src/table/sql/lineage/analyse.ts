/** @file The lineage of a query: through WITH, SELECT lists, groups, windows, subqueries and set operations. */
import { isNode, nodesOf, type SqlNode, textOf, textsOf } from "../../adapter/parse-sql.ts";
import { type Derived, nothing, together, unknown } from "../../lineage/origin.ts";
import { derive } from "./expressions.ts";
import { type Reader, withNames } from "./from.ts";
import { anyOf, type Known, knownRows, lower, opaqueRows, type Rows, type Scope } from "./scope.ts";
import { selectRows } from "./select.ts";

/** The rows of a query; what cannot be analysed is unknown, and never guessed. */
export function analyseQuery(query: SqlNode, around: Scope, known: Known): Rows {
  const reader: Reader = { known, analyse: (inner, scope) => analyseQuery(inner, scope, known) };
  const scope = withQueries(query, around, known);
  switch (query.type) {
    case "SELECT_NODE":
      return selectRows(query, scope, reader);
    case "SET_OPERATION_NODE":
      return setRows(query, scope, reader);
    case "RECURSIVE_CTE_NODE":
      return recursiveRows(query, scope, reader);
    default:
      return opaqueRows(unknown);
  }
}

/** What a query sees with the names of its WITH, each of which sees those before it. */
function withQueries(query: SqlNode, around: Scope, known: Known): Scope {
  const inner: Scope = {
    relations: [],
    merged: new Map(),
    aliases: new Map(),
    parameters: new Set(),
    names: new Map(),
    outer: around,
  };
  const names = new Map<string, Rows>();
  const map = isNode(query["cte_map"]) ? nodesOf(query["cte_map"]["map"]) : [];
  for (const { key, value } of map) {
    const body = isNode(value) && isNode(value["query"]) ? value["query"]["node"] : undefined;
    const aliases = isNode(value) ? textsOf(value["aliases"]) : [];
    const scope = { ...inner, names: new Map(names) };
    const rows = isNode(body) ? analyseQuery(body, scope, known) : opaqueRows(unknown);
    names.set(lower(textOf(key)), withNames(rows, aliases));
  }
  return { ...inner, names };
}

/** UNION by position or by name; EXCEPT and INTERSECT, in which all columns decide which rows there are. */
function setRows(query: SqlNode, scope: Scope, reader: Reader): Rows {
  const sides = [query["left"], query["right"]].map((side) =>
    isNode(side) ? reader.analyse(side, scope) : opaqueRows(unknown),
  );
  const [left = opaqueRows(unknown), right = opaqueRows(unknown)] = sides;
  const kind = textOf(query["setop_type"]);
  const both = together([left.rows, right.rows]);
  const compares = kind === "EXCEPT" || kind === "INTERSECT" || query["setop_all"] !== true;
  const rows = compares ? together([both, anyOf(left), anyOf(right)]) : both;
  const united =
    kind === "EXCEPT" || kind === "INTERSECT"
      ? left.columns
      : kind === "UNION_BY_NAME"
        ? byName(left, right)
        : byPlace(left, right);
  if (united === undefined) return opaqueRows(rows);
  return modified(query, knownRows(united, rows), { scope, reader });
}

function byPlace(left: Rows, right: Rows): Rows["columns"] {
  const others = right.columns;
  if (left.columns === undefined || others === undefined) return undefined;
  if (left.columns.length !== others.length) return undefined;
  return left.columns.map(({ name, derived }, i) => ({
    name,
    derived: together([derived, others[i]?.derived ?? nothing]),
  }));
}

function byName(left: Rows, right: Rows): Rows["columns"] {
  const all = [...(left.columns ?? []), ...(right.columns ?? [])];
  if (left.columns === undefined || right.columns === undefined) return undefined;
  if (all.some(({ name }) => name === undefined)) return undefined;
  const names = new Map(all.map(({ name = "" }) => [lower(name), name] as const).reverse());
  const order = [...new Set(all.map(({ name = "" }) => lower(name)))];
  return order.map((key) => ({
    name: names.get(key),
    derived: together(
      all.filter(({ name = "" }) => lower(name) === key).map(({ derived }) => derived),
    ),
  }));
}

/** ORDER BY with LIMIT decides which rows of a set operation there are. */
function modified(
  query: SqlNode,
  rows: Rows,
  { scope, reader }: { readonly scope: Scope; readonly reader: Reader },
): Rows {
  const modifiers = nodesOf(query["modifiers"]);
  if (!modifiers.some(({ type }) => type?.startsWith("LIMIT") === true)) return rows;
  const seen: Scope = { ...scope, relations: [{ name: "", whole: undefined, content: rows }] };
  const decide = modifiers.map((modifier) => derive(modifier, seen, reader.analyse));
  return { ...rows, rows: together([rows.rows, ...decide]) };
}

/** A query that names itself: analysed until nothing is added to what its columns are made of. */
function recursiveRows(query: SqlNode, scope: Scope, reader: Reader): Rows {
  const { left, right } = query;
  if (!isNode(left) || !isNode(right)) return opaqueRows(unknown);
  const aliases = textsOf(query["aliases"]);
  const name = lower(textOf(query["cte_name"]));
  const first = withNames(reader.analyse(left, scope), aliases);
  const isSet = query["union_all"] !== true;
  let rows = isSet ? comparing(first) : first;
  for (;;) {
    const names = new Map([...scope.names, [name, rows] as const]);
    const next = reader.analyse(right, { ...scope, names });
    const columns = byPlace(rows, next);
    if (columns === undefined) return opaqueRows(together([rows.rows, next.rows]));
    const grown = { ...rows, columns, rows: together([rows.rows, next.rows]) };
    const all = isSet ? comparing(grown) : grown;
    if (sizeOf(all) === sizeOf(rows)) return all;
    rows = all;
  }
}

/** Rows of which no two are alike: all columns decide. */
const comparing = (rows: Rows): Rows => ({ ...rows, rows: together([rows.rows, anyOf(rows)]) });

const sizeOf = ({ columns = [], rows }: Rows): number =>
  [...columns.map(({ derived }) => derived), rows].reduce(
    (sum: number, { from, unknown: more }: Derived) => sum + from.length + Number(more),
    0,
  );
