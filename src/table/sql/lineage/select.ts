/** @file The lineage of one SELECT: its list, and what decides which rows it gives. */
import { isNode, nodesOf, type SqlNode, textOf, textsOf } from "../../adapter/parse-sql.ts";
import { type Derived, together, unknown } from "../../lineage/origin.ts";
import { contains, derive } from "./expressions.ts";
import { type From, fromRows, type Reader, type StarColumn } from "./from.ts";
import {
  knownRows,
  lower,
  opaqueRows,
  type Rows,
  type RowsColumn,
  resolve,
  type Scope,
} from "./scope.ts";

/** An item of a SELECT list. */
interface Item {
  readonly node: SqlNode;
  /** Undefined where it is not known which columns it gives. */
  readonly columns: readonly RowsColumn[] | undefined;
  readonly derived: Derived;
}

/** The rows of a SELECT. */
export function selectRows(select: SqlNode, around: Scope, reader: Reader): Rows {
  const from = fromRows(select["from_table"], around, reader);
  const inside: Scope = { ...around, relations: from.relations, merged: from.merged };
  const { items, aliases } = itemsOf(select, { from, scope: inside, reader });
  const scope: Scope = { ...inside, aliases };
  const of = (value: unknown): Derived => derive(value, scope, reader.analyse);
  const columns = items.some((item) => item.columns === undefined)
    ? undefined
    : items.flatMap((item) => item.columns ?? []);
  const made = columns?.map(({ derived }) => derived) ?? items.map(({ derived }) => derived);
  const rows = together([
    from.rows,
    of(select["where_clause"]),
    of(select["having"]),
    of(select["qualify"]),
    ...groupsOf(select, items, { scope, reader }),
    ...items.filter(({ node }) => contains(node, isUnnest)).map(({ derived }) => derived),
    ...modifiersOf(select, made, { scope, reader, items }),
  ]);
  return columns === undefined ? opaqueRows(rows) : knownRows(columns, rows);
}

/** Makes a row of each element: the list decides how many there are. */
const isUnnest = (node: SqlNode): boolean =>
  node.class === "FUNCTION" && lower(textOf(node["function_name"])) === "unnest";

interface Place {
  readonly scope: Scope;
  readonly reader: Reader;
}

/** The items in their order; each sees the aliases before it. */
function itemsOf(
  select: SqlNode,
  { from, scope, reader }: Place & { readonly from: From },
): { readonly items: readonly Item[]; readonly aliases: ReadonlyMap<string, Derived> } {
  const aliases = new Map<string, Derived>();
  const items: Item[] = [];
  for (const node of nodesOf(select["select_list"])) {
    const seen: Scope = { ...scope, aliases: new Map(aliases) };
    const item = itemOf(node, { from, scope: seen, reader });
    items.push(item);
    const alias = textOf(node.alias);
    if (alias !== "") aliases.set(lower(alias), item.derived);
  }
  return { items, aliases };
}

function itemOf(node: SqlNode, place: Place & { readonly from: From }): Item {
  const { scope, reader } = place;
  if (node.class === "STAR") return starItem(node, place);
  const derived = derive(node, scope, reader.analyse);
  // COLUMNS(*) in an expression, and * LIKE 'x%', give a column for each that they choose.
  if (contains(node, isChoice)) return { node, columns: undefined, derived };
  const alias = textOf(node.alias);
  const own = node.class === "COLUMN_REF" ? textsOf(node["column_names"]).at(-1) : undefined;
  return { node, columns: [{ name: alias === "" ? own : alias, derived }], derived };
}

const isChoice = (node: SqlNode): boolean => node.class === "STAR";

function starItem(node: SqlNode, { from, scope, reader }: Place & { readonly from: From }): Item {
  const owner = lower(textOf(node["relation_name"]));
  const chosen = from.star?.filter(({ relation }) => owner === "" || relation === owner);
  if (chosen === undefined || node["columns"] === true || isNode(node["expr"]))
    return { node, columns: undefined, derived: unknown };
  const without = new Set(textsOf(node["exclude_list"]).map(lower));
  const left = chosen.filter(
    (column) => !without.has(lower(column.name ?? "")) && !isExcluded(column, node),
  );
  const instead = new Map(
    nodesOf(node["replace_list"]).map(({ key, value }) => [
      lower(textOf(key)),
      derive(value, scope, reader.analyse),
    ]),
  );
  const renamed = new Map(
    nodesOf(node["rename_list"]).map(({ key, value }) => [
      lower(isNode(key) ? textOf(key["column"]) : ""),
      textOf(value),
    ]),
  );
  const columns = left.map(({ name, derived }) => ({
    name: renamed.get(lower(name ?? "")) ?? name,
    derived: instead.get(lower(name ?? "")) ?? derived,
  }));
  return { node, columns, derived: together(columns.map((column) => column.derived)) };
}

const isExcluded = ({ relation, name }: StarColumn, node: SqlNode): boolean =>
  nodesOf(node["qualified_exclude_list"]).some(
    ({ table, column }) =>
      lower(textOf(table)) === relation && lower(textOf(column)) === lower(name ?? ""),
  );

/** What rows are grouped by. GROUP BY ALL is by every item without an aggregate. */
function groupsOf(
  select: SqlNode,
  items: readonly Item[],
  { scope, reader }: Place,
): readonly Derived[] {
  const { isAggregate } = reader.known;
  if (select["aggregate_handling"] === "FORCE_AGGREGATES")
    return items
      .filter(
        ({ node }) =>
          !contains(
            node,
            (one) => one.class === "FUNCTION" && isAggregate(lower(textOf(one["function_name"]))),
          ),
      )
      .map(({ derived }) => derived);
  return nodesOf(select["group_expressions"]).map(
    (group) => itemAt(group, items) ?? derive(group, scope, reader.analyse),
  );
}

/** The item that a number stands for, as in GROUP BY 1. */
function itemAt(node: SqlNode, items: readonly Item[]): Derived | undefined {
  const constant = node.class === "CONSTANT" ? node["value"] : undefined;
  const place = isNode(constant) ? constant["value"] : undefined;
  if (typeof place !== "number") return undefined;
  const columns = items.flatMap(
    (item): readonly { readonly derived: Derived }[] => item.columns ?? [item],
  );
  return columns[place - 1]?.derived;
}

/** DISTINCT, and ORDER BY where LIMIT or DISTINCT ON choose by it. */
function modifiersOf(
  select: SqlNode,
  made: readonly Derived[],
  { scope, reader, items }: Place & { readonly items: readonly Item[] },
): readonly Derived[] {
  const modifiers = nodesOf(select["modifiers"]);
  const orders = modifiers.flatMap((modifier) => nodesOf(modifier["orders"]));
  const order = orders.map(({ expression }) => {
    if (!isNode(expression)) return unknown;
    if (expression.class === "COLUMN_REF")
      return resolve(textsOf(expression["column_names"]), scope, "aliases");
    return itemAt(expression, items) ?? derive(expression, scope, reader.analyse);
  });
  return modifiers.flatMap((modifier) => {
    const { type = "" } = modifier;
    if (type.startsWith("LIMIT")) return [...order, derive(modifier, scope, reader.analyse)];
    if (type !== "DISTINCT_MODIFIER") return [];
    const targets = nodesOf(modifier["distinct_on_targets"]);
    if (targets.length === 0) return made;
    return [
      ...order,
      ...targets.map((target) => itemAt(target, items) ?? derive(target, scope, reader.analyse)),
    ];
  });
}
