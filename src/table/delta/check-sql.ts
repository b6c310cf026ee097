/**
 * @file CHECK constraints in the SQL that Delta's writers share: comparisons of columns and literals,
 * arithmetic, and, or, not, in, is null. Written from an expression, and read into DuckDB's SQL.
 * Both engines order NaN after every number and take it as equal to itself, so that it passes
 * `x >= 0` and breaks `x <= 100`: whoever wants none says both.
 */
import type { ExprNode } from "../expr/index.ts";
import { quoteName, quoteText } from "../sql-text.ts";

/** SQL, or why there is none. */
export type CheckSql = { readonly sql: string } | { readonly reason: string };

const signs: Readonly<Record<string, string>> = {
  plus: "+",
  minus: "-",
  times: "*",
  below: "<",
  atMost: "<=",
  equal: "=",
  and: "AND",
  or: "OR",
};

/** The same, and the columns that it is about. */
export type ParsedCheck =
  | { readonly sql: string; readonly columns: readonly string[] }
  | { readonly reason: string };

/** An expression in Delta's SQL. The operations that other writers would judge otherwise have none. */
export function formatCheck(node: ExprNode): CheckSql {
  try {
    return { sql: format(node) };
  } catch (error) {
    if (error instanceof Unsupported) return { reason: error.message };
    throw error;
  }
}

/** Ends a walk down an expression or a text; never leaves this file. */
class Unsupported extends Error {}

const unsupported = (what: string): never => {
  throw new Unsupported(what);
};

function format(node: ExprNode): string {
  if (node.op === "column") return `\`${node.name.replaceAll("`", "``")}\``;
  if (node.op === "literal") {
    const { kind, value } = node;
    if (kind === "timestamp") return `TIMESTAMP '${new Date(Number(value)).toISOString()}'`;
    return typeof value === "string" ? textLiteral(value) : String(value);
  }
  const args = node.args.map(format);
  const sign = signs[node.operation];
  if (sign !== undefined) {
    if (node.operation === "minus" && node.args.some((arg) => kindOf(arg) === "timestamp"))
      unsupported("it subtracts moments");
    return `(${args.join(` ${sign} `)})`;
  }
  if (node.operation === "not") return `(NOT ${args[0]})`;
  if (node.operation === "missing") return `(${args[0]} IS NULL)`;
  if (node.operation === "oneOf") return `(${args[0]} IN (${args.slice(1).join(", ")}))`;
  return unsupported(`it uses the operation ${node.operation}`);
}

const kindOf = (node: ExprNode): string | undefined => (node.op === "call" ? undefined : node.kind);

/** Readers differ on a backslash or a control character in a text, so there are none in a check. */
function textLiteral(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\\\u0000-\u001f]/.test(text))
    unsupported("it has a text with a backslash or control character");
  return quoteText(text);
}

const token =
  /\s+|(?<name>`(?:[^`]|``)*`)|(?<text>'(?:[^'\\]|'')*')|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_]\w*)|(?<sign><=|>=|<>|!=|==|[<>=(),+*-])/gy;
const words = new Set(["AND", "OR", "NOT", "IN", "IS", "NULL", "TRUE", "FALSE", "BETWEEN"]);

/**
 * A check of any writer in DuckDB's SQL.
 *
 * @param columns - The columns of the table; upper and lower case do not differ.
 */
export function parseCheck(sql: string, columns: readonly string[]): ParsedCheck {
  const named = new Set<string>();
  const byName = new Map(columns.map((column) => [column.toLowerCase(), column]));
  const column = (name: string): string => {
    const found = byName.get(name.toLowerCase());
    if (found === undefined) return unsupported(`it names ${name}, no column`);
    named.add(found);
    return quoteName(found);
  };
  const parts: string[] = [];
  let at = 0;
  try {
    for (const match of sql.matchAll(token)) {
      at = match.index + match[0].length;
      parts.push(translate(match.groups ?? {}, match[0], column));
    }
    if (at < sql.length) unsupported(`it has ${JSON.stringify(sql.slice(at, at + 12))}`);
    return { sql: parts.join(""), columns: [...named] };
  } catch (error) {
    if (error instanceof Unsupported) return { reason: error.message };
    throw error;
  }
}

function translate(
  groups: Readonly<Record<string, string | undefined>>,
  whole: string,
  column: (name: string) => string,
): string {
  const { name, word, sign } = groups;
  if (name !== undefined) return column(name.slice(1, -1).replaceAll("``", "`"));
  if (word !== undefined) {
    const upper = word.toUpperCase();
    if (upper === "TIMESTAMP") return "TIMESTAMPTZ";
    return words.has(upper) ? upper : column(word);
  }
  return sign === "==" ? "=" : whole;
}
