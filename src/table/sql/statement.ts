/** @file One query out of a text: what is none is refused with the method or the command that does it. */
import type { Engine } from "../adapter/duckdb.ts";
import { parseSql, type SqlNode } from "../adapter/parse-sql.ts";
import { fail } from "./errors.ts";
import type { Prepared } from "./prepare.ts";
import { isName, isSymbol, isWord, nameOf, placeOf, type Token } from "./tokens.ts";

const settings = "The engine's settings are not a query's to change";
const files = "To read files pass { files: true } and name them in FROM; ingest loads them";

/** What does what a statement would do. */
const instead: Readonly<Record<string, string>> = {
  INSERT: "Write with table.append, or table.merge by a key; ingest loads files",
  UPDATE: "Write with table.update",
  DELETE: "Write with table.delete",
  MERGE: "Write with table.merge, or table.mergeWhen clause by clause",
  CREATE: "A table is made by its first write: lake.table(name, schema).append(await lake.sql(…))",
  DROP: "Drop with lake.drop; remove rows with table.delete",
  ALTER:
    "Change rules with table.alter, and columns with { evolve: true } or { overwriteSchema: true }",
  TRUNCATE: "Write with table.delete",
  RESTORE: "Go back with table.restore",
  OPTIMIZE: "Pack files with table.optimize",
  VACUUM: "Remove old files with table.vacuum",
  GRANT: "Grant with lake.grant",
  REVOKE: "Revoke with lake.revoke",
  COMMENT: "Comment with lake.annotate",
  COPY: files,
  ATTACH: files,
  DETACH: files,
  IMPORT: files,
  EXPORT: files,
  LOAD: settings,
  INSTALL: settings,
  SET: settings,
  RESET: settings,
  PRAGMA: settings,
  USE: "Name tables with their schema: schema.table",
  CALL: "Functions that make rows stand in FROM",
  EXPLAIN: "Ask the query itself",
  PIVOT:
    "Name the values, so that the columns are known: FROM t PIVOT (sum(x) FOR y IN ('a', 'b'))",
  PREPARE: "Pass values in { values }",
  EXECUTE: "Pass values in { values }",
  BEGIN: "A query reads one version of each table; it needs no transaction",
  COMMIT: "A query reads one version of each table; it needs no transaction",
  ROLLBACK: "Go back with table.restore",
};

/** Words that begin what stands behind a table's name. */
const behindNames: Readonly<Record<string, string>> = {
  VERSION: "An earlier version stands behind a name: FROM schema.table VERSION AS OF 3",
  TIMESTAMP:
    "An earlier version stands behind a name: FROM schema.table TIMESTAMP AS OF '2026-01-05'",
};

/**
 * The one query of a text.
 *
 * @throws `table/missing-query`, `table/duplicate-statement`, `table/unsupported-statement`,
 * `table/failed-query`
 */
export async function parseStatement(engine: Engine, prepared: Prepared): Promise<SqlNode> {
  const { query, text, tokens } = prepared;
  const parsed = await parseSql(engine, text);
  const starts = statementStarts(tokens);
  const [first, second] = starts;
  if (first === undefined) return fail("table/missing-query", {});
  const word = first.text.toUpperCase();
  const isOther = first.kind === "word" && (word in instead || word in behindNames);
  if ("complaint" in parsed && parsed.isSelect && !isOther) {
    const { byte, reason } = parsed.complaint;
    const at = byte === undefined ? null : placeOf(query, byte);
    return fail("table/failed-query", { at, reason });
  }
  if (second !== undefined)
    return fail("table/duplicate-statement", {
      at: placeOf(query, second.byte),
      statements: starts.length,
    });
  const [node] = "statements" in parsed ? parsed.statements : [];
  if (node !== undefined) return node;
  const verb = verbOf(tokens) ?? first;
  return fail("table/unsupported-statement", {
    at: placeOf(query, verb.byte),
    statement: verb.text.toUpperCase(),
    table: tableAfter(tokens, verb),
    instead:
      instead[verb.text.toUpperCase()] ??
      behindNames[word] ??
      "Expected SELECT, WITH, FROM, VALUES, SHOW or DESCRIBE",
  });
}

const before = ["TABLE", "INTO", "OVERWRITE", "FROM", "IF", "EXISTS", "ON"] as const;

/** The name in two parts or three behind the statement's word, as it is written; null where there is none. */
function tableAfter(tokens: readonly Token[], verb: Token): string | null {
  let i = tokens.indexOf(verb) + 1;
  while (isWord(tokens[i], ...before)) i += 1;
  const parts: string[] = [];
  for (let token = tokens[i]; token !== undefined && isName(token); token = tokens[i]) {
    parts.push(nameOf(token));
    if (!isSymbol(tokens[i + 1], ".")) break;
    i += 2;
  }
  return parts.length > 1 ? parts.join(".") : null;
}

/** The first token of each statement. */
function statementStarts(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(
    (token, i) => !isSymbol(token, ";") && (i === 0 || isSymbol(tokens[i - 1], ";")),
  );
}

/** The word that says what the statement does: the first, or one behind WITH. */
function verbOf(tokens: readonly Token[]): Token | undefined {
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, "(")) depth += 1;
    if (isSymbol(token, ")")) depth -= 1;
    const isVerb = token.kind === "word" && token.text.toUpperCase() in instead;
    if (isVerb && (depth === 0 || token.text.toUpperCase() === "PIVOT")) return token;
  }
  return undefined;
}
