/** @file What an expression of a query is made of: every column in it, those of its subqueries too. */
import { isNode, nodesOf, type SqlNode, textOf, textsOf } from "../../adapter/parse-sql.ts";
import { type Derived, nothing, together, unknown } from "../../lineage/origin.ts";
import { anyOf, lower, type Rows, resolve, type Scope } from "./scope.ts";

/** Analyses a query in an expression, which sees the scope around it. */
export type Analyse = (query: SqlNode, around: Scope) => Rows;

/** Functions whose arguments may be lambdas; elsewhere `->` takes a field out of JSON. */
const takesLambda = /^(array_|list_)?(apply|filter|reduce|transform)$/;

/** What an expression, or a list of them, is made of. */
export function derive(value: unknown, scope: Scope, analyse: Analyse): Derived {
  if (Array.isArray(value)) return together(value.map((one) => derive(one, scope, analyse)));
  if (!isNode(value)) return nothing;
  const of = (part: unknown): Derived => derive(part, scope, analyse);
  switch (value.class) {
    case "COLUMN_REF":
      return resolve(textsOf(value["column_names"]), scope);
    case "CONSTANT":
    case "PARAMETER":
      return nothing;
    case "POSITIONAL_REFERENCE":
      return unknown;
    case "STAR":
      return together(scope.relations.map(({ content }) => anyOf(content)));
    case "SUBQUERY":
      return subquery(value, scope, analyse);
    case "FUNCTION":
      if (takesLambda.test(lower(textOf(value["function_name"]))))
        return withLambdas(value, scope, analyse);
      return of(Object.values(value));
    default:
      return of(Object.values(value));
  }
}

/** The value of a subquery hangs on its cells and on which rows it has. */
function subquery(value: SqlNode, scope: Scope, analyse: Analyse): Derived {
  const query = isNode(value["subquery"]) ? value["subquery"]["node"] : undefined;
  if (!isNode(query)) return unknown;
  const found = analyse(query, scope);
  const child = derive(value["child"], scope, analyse);
  // EXISTS looks at no cell.
  const cells = value["subquery_type"] === "EXISTS" ? nothing : anyOf(found);
  return together([child, cells, found.rows]);
}

function withLambdas(value: SqlNode, scope: Scope, analyse: Analyse): Derived {
  const parts = nodesOf(value["children"]).map((child) => {
    if (child.class !== "LAMBDA") return derive(child, scope, analyse);
    const names = new Set([...scope.parameters, ...parametersOf(child["lhs"])]);
    return derive(child["expr"], { ...scope, parameters: names }, analyse);
  });
  return together(parts);
}

/** The names before the arrow of a lambda: `x`, or `(x, i)`. */
function parametersOf(lhs: unknown): readonly string[] {
  if (!isNode(lhs)) return [];
  if (lhs.class === "COLUMN_REF") return textsOf(lhs["column_names"]).map(lower);
  return nodesOf(lhs["children"]).flatMap(parametersOf);
}

/** Whether some node of an expression is of a kind; queries in it are not looked into. */
export function contains(value: unknown, is: (node: SqlNode) => boolean): boolean {
  if (Array.isArray(value)) return value.some((one) => contains(one, is));
  if (!isNode(value)) return false;
  if (is(value)) return true;
  return value.class !== "SUBQUERY" && Object.values(value).some((child) => contains(child, is));
}
