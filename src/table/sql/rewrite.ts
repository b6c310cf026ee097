/** @file A query with the rows of its tables in the place of their names; positions can be told in both. */
import { quoteName } from "../sql-text.ts";
import type { Prepared } from "./prepare.ts";
import type { ColumnReference, References, TableReference } from "./references.ts";
import { closingOf, isName, isSymbol, isWord, nameOf, type Token } from "./tokens.ts";

/** Text put in the place of some bytes. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly put: string;
}

/** What is put for each table, and for each parameter. */
export interface Replacements {
  /** A SELECT; undefined leaves the name as it is. */
  readonly rowsOf: (table: TableReference) => string | undefined;
  /** A value in SQL. */
  readonly parameterOf: (parameter: Token) => string;
}

/** A query ready to run. */
export interface Rewritten {
  readonly text: string;
  /** Where a byte of the new text was in the old one. */
  readonly originOf: (byte: number) => number;
}

/** A name that cannot be found where the parser saw it: then nothing is put anywhere. */
export class Misplaced extends Error {
  readonly byte: number;
  constructor(byte: number) {
    super("a name is not where the parser saw it");
    this.byte = byte;
  }
}

/** Puts rows and values into a query. Throws {@link Misplaced}. */
export function rewrite(
  { text, tokens }: Prepared,
  { tables, columns }: References,
  { rowsOf, parameterOf }: Replacements,
): Rewritten {
  const index = new Map(tokens.map(({ byte }, i) => [byte, i]));
  const edits: Edit[] = [];
  for (const table of tables) {
    const rows = rowsOf(table);
    if (rows !== undefined) edits.push(...tableEdits(tokens, index, { table, rows }));
  }
  for (const column of columns) edits.push(...columnEdits(tokens, index, column));
  for (const token of tokens) {
    const place = { from: token.byte, to: endOf(token) };
    if (isSymbol(token, ";")) edits.push({ ...place, put: "" }); // the query becomes a part of another
    if (token.kind === "parameter") edits.push({ ...place, put: `(${parameterOf(token)})` });
  }
  return apply(text, distinct(edits));
}

const endOf = ({ byte, text }: Token): number => byte + Buffer.byteLength(text);

/** The same place may be seen twice: a named window stands for each of its uses. */
function distinct(edits: readonly Edit[]): readonly Edit[] {
  const byPlace = new Map(edits.map((edit) => [`${edit.from} ${edit.to}`, edit]));
  return [...byPlace.values()].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** What a table is called in its SELECT, where the query does not say: its last name, or the whole. */
export function aliasOf({ alias, parts, scope }: TableReference): string {
  if (alias !== "") return alias;
  const name = parts.at(-1) ?? "";
  const same = scope.tables.filter(
    (one) => one.alias === "" && one.parts.at(-1)?.toLowerCase() === name.toLowerCase(),
  );
  return same.length > 1 ? parts.join(".") : name;
}

/** The tokens of a name with dots that begins at a byte. */
function nameAt(
  tokens: readonly Token[],
  index: ReadonlyMap<number, number>,
  { byte, parts }: { readonly byte: number; readonly parts: readonly string[] },
): { readonly first: number; readonly end: number } {
  const first = index.get(byte);
  if (first === undefined) throw new Misplaced(byte);
  for (const [i, part] of parts.entries()) {
    const token = tokens[first + 2 * i];
    const dotted = i === 0 || isSymbol(tokens[first + 2 * i - 1], ".");
    const named = isName(token) || token?.kind === "string"; // FROM 'data.csv' is a name too
    if (token === undefined || !dotted || !named) throw new Misplaced(byte);
    const name = token.kind === "string" ? part : nameOf(token);
    if (name.toLowerCase() !== part.toLowerCase()) throw new Misplaced(byte);
  }
  return { first, end: first + 2 * parts.length - 1 };
}

function tableEdits(
  tokens: readonly Token[],
  index: ReadonlyMap<number, number>,
  { table, rows }: { readonly table: TableReference; readonly rows: string },
): readonly Edit[] {
  const { first, end } = nameAt(tokens, index, table);
  const [begin, last] = [tokens[first], tokens[end - 1]];
  if (begin === undefined || last === undefined) throw new Misplaced(table.byte);
  const named = table.alias === "" ? ` AS ${quoteName(aliasOf(table))}` : "";
  const before = tokens[first - 1];
  // TABLE, DESCRIBE and SUMMARIZE take a name, and no rows; FROM makes a query of rows.
  const verb = isWord(before, "DESCRIBE", "DESC", "SUMMARIZE", "SHOW") ? "FROM " : "";
  const edits = [{ from: begin.byte, to: endOf(last), put: `${verb}(${rows})${named}` }];
  if (isWord(before, "TABLE") && before !== undefined)
    edits.push({ from: before.byte, to: endOf(before), put: "FROM" });
  if (table.node["at_clause"] !== null && table.node["at_clause"] !== undefined)
    edits.push(atEdit(tokens, end, table));
  return edits;
}

/** Takes out AT (…), which stands behind the alias. */
function atEdit(tokens: readonly Token[], end: number, { byte }: TableReference): Edit {
  const at = atIndex(tokens, end);
  const [open, close] = [tokens[at], tokens[closingOf(tokens, at + 1) - 1]];
  if (open === undefined || close === undefined) throw new Misplaced(byte);
  return { from: open.byte, to: endOf(close), put: "" };
}

/** The index of the next AT that opens a parenthesis. */
function atIndex(tokens: readonly Token[], from: number): number {
  let i = from;
  while (i < tokens.length && !(isWord(tokens[i], "AT") && isSymbol(tokens[i + 1], "("))) i += 1;
  return i;
}

/** The value of AT (VERSION => …) behind a table's name, as it is written. */
export function atValue(
  { query, tokens }: Prepared,
  table: TableReference,
): { readonly sql: string; readonly byte: number } {
  const start = tokens.findIndex(({ byte }) => byte === table.byte);
  const at = atIndex(tokens, start);
  const [value, close] = [tokens[at + 5], tokens[closingOf(tokens, at + 1) - 1]];
  if (start < 0 || value === undefined || close === undefined) throw new Misplaced(table.byte);
  return { sql: query.slice(value.at, close.at), byte: value.byte };
}

/** `schema.table.column` becomes `alias.column` where that table stands under its own name. */
function columnEdits(
  tokens: readonly Token[],
  index: ReadonlyMap<number, number>,
  column: ColumnReference,
): readonly Edit[] {
  for (let scope = column.scope; scope !== undefined; scope = scope.outer) {
    const table = scope.tables.find((one) => isUnder(one, column));
    if (table === undefined) continue;
    const { first } = nameAt(tokens, index, column);
    const [begin, last] = [tokens[first], tokens[first + 2 * table.parts.length - 2]];
    if (begin === undefined || last === undefined) throw new Misplaced(column.byte);
    return [{ from: begin.byte, to: endOf(last), put: quoteName(aliasOf(table)) }];
  }
  return [];
}

/** Whether a column is named by the whole name of a table that has no other name. */
const isUnder = ({ parts, alias }: TableReference, column: ColumnReference): boolean =>
  alias === "" &&
  parts.length > 1 &&
  parts.length < column.parts.length &&
  parts.every((part, i) => part.toLowerCase() === column.parts[i]?.toLowerCase());

function apply(text: string, edits: readonly Edit[]): Rewritten {
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  const places: { readonly at: number; readonly old: number; readonly same: boolean }[] = [];
  let [at, old] = [0, 0];
  const push = (part: Buffer, from: number, same: boolean): void => {
    places.push({ at, old: from, same });
    parts.push(part);
    at += part.length;
  };
  for (const { from, to, put } of edits) {
    push(bytes.subarray(old, from), old, true);
    push(Buffer.from(put), from, false);
    old = to;
  }
  push(bytes.subarray(old), old, true);
  return {
    text: Buffer.concat(parts).toString("utf8"),
    originOf: (byte) => {
      const place = places.findLast((one) => one.at <= byte);
      if (place === undefined) return byte;
      return place.same ? place.old + (byte - place.at) : place.old;
    },
  };
}
