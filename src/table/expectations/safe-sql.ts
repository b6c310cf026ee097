/** @file Whether SQL that a table brings along is a condition on a row and nothing else. */
import type { Engine } from "../adapter/duckdb.ts";
import { quoteText } from "../sql-text.ts";

/** Kinds of expressions that read nothing but the row. */
const classes = new Set(
  "BETWEEN CASE CAST COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION OPERATOR".split(" "),
);

/** Functions of their arguments alone, as expressions and expectations compile to them. */
const functions = new Set(
  `+ - * / || ~~ !~~ abs ceil concat contains epoch_ms floor greatest least left length like_escape list_position list_value
  lower not_like_escape nullif regexp_extract regexp_full_match regexp_matches round starts_with suffix trim trunc try_strptime
  upper`.split(/\s+/),
);

/**
 * Why one of the conditions is not a condition on a row: it has a query in it, a function that looks
 * elsewhere, or a column that is not there. The engine's own parser reads them; nothing is run.
 *
 * @returns undefined when all are.
 */
export async function unsafeSql(
  engine: Engine,
  conditions: readonly string[],
  columns: readonly string[],
): Promise<string | undefined> {
  if (conditions.length === 0) return undefined;
  const select = `SELECT ${conditions.map((sql) => `(${sql})`).join(", ")}`;
  const [row] = await engine.query(
    `SELECT json_serialize_sql(${quoteText(select)})::VARCHAR AS tree`,
  );
  const { statements = [], error_message: message } = JSON.parse(String(row?.["tree"])) as Tree;
  const [statement] = statements;
  if (statement === undefined || statements.length !== 1) return message ?? "it is no condition";
  const { type, select_list: list = [], from_table: from, where_clause: where } = statement.node;
  const plain = type === "SELECT_NODE" && from?.type === "EMPTY" && where === null;
  if (!plain || list.length !== conditions.length) return "it is more than a condition";
  return faultOf(list, new Set(columns));
}

interface Tree {
  readonly error_message?: string;
  readonly statements?: readonly {
    readonly node: {
      readonly type: string;
      readonly select_list?: readonly unknown[];
      readonly from_table?: { readonly type: string };
      readonly where_clause?: unknown;
    };
  }[];
}

/** Walks a tree of expressions; the first that is not allowed, in words. */
function faultOf(value: unknown, columns: ReadonlySet<string>): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const own = nodeFault(value, columns);
  if (own !== undefined) return own;
  for (const part of Object.values(value)) {
    const fault = faultOf(part, columns);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function nodeFault(node: object, columns: ReadonlySet<string>): string | undefined {
  const {
    class: kind,
    function_name,
    column_names,
    filter,
    distinct,
    schema,
  } = node as Readonly<Record<string, unknown>>;
  if (typeof kind !== "string") return undefined;
  if (!classes.has(kind)) return `it has a ${kind.toLowerCase().replaceAll("_", " ")} in it`;
  if (kind === "COLUMN_REF") {
    const names = Array.isArray(column_names) ? column_names : [];
    const known = names.length === 1 && columns.has(String(names[0]));
    return known ? undefined : `it reads ${names.join(".")}, which is no column`;
  }
  if (kind !== "FUNCTION") return undefined;
  const bare = (schema === "" || schema === "main") && filter === null && distinct === false;
  return bare && functions.has(String(function_name))
    ? undefined
    : `it calls ${String(function_name)}`;
}
