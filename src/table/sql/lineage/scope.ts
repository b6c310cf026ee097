/** @file What the names in a query stand for: relations, their columns, and the lineage of each. */
import type { SqlNode } from "../../adapter/parse-sql.ts";
import { type Derived, nothing, together, unknown } from "../../lineage/origin.ts";

/** A column of rows; its name is undefined where the engine makes one up. */
export interface RowsColumn {
  readonly name: string | undefined;
  readonly derived: Derived;
}

/** Rows that stand in a query: those of a table, or of a query in it. */
export interface Rows {
  /** In their order; undefined where it is not known which there are. */
  readonly columns: readonly RowsColumn[] | undefined;
  /** A column by its name, where `columns` is undefined. */
  readonly open: (name: string) => Derived;
  /** What decides which rows there are. */
  readonly rows: Derived;
}

/** Rows under a name. */
export interface Relation {
  /** The alias, or the last part of the name; in lower case. */
  readonly name: string;
  /** The whole name, where the rows stand under it: "schema.table". */
  readonly whole: string | undefined;
  readonly content: Rows;
}

/** Everything that a name may stand for at some place of a query. Names are in lower case. */
export interface Scope {
  readonly relations: readonly Relation[];
  /** Columns that several relations share, by USING. */
  readonly merged: ReadonlyMap<string, Derived>;
  /** Columns of the SELECT list by their aliases. */
  readonly aliases: ReadonlyMap<string, Derived>;
  /** Parameters of a lambda. */
  readonly parameters: ReadonlySet<string>;
  /** Names of WITH. */
  readonly names: ReadonlyMap<string, Rows>;
  readonly outer: Scope | undefined;
}

/** What an analysis knows besides the query. */
export interface Known {
  /** The rows of a table by its node; undefined for one that nobody knows. */
  readonly rowsOf: (table: SqlNode) => Rows | undefined;
  /** Whether a function makes one value of many rows. */
  readonly isAggregate: (name: string) => boolean;
}

/** Nothing stands for anything. */
export const emptyScope: Scope = {
  relations: [],
  merged: new Map(),
  aliases: new Map(),
  parameters: new Set(),
  names: new Map(),
  outer: undefined,
};

/** Rows of known columns. */
export const knownRows = (columns: readonly RowsColumn[], rows: Derived): Rows => ({
  columns,
  rows,
  open: () => unknown,
});

/** Rows of which nothing is known but what decides which there are. */
export const opaqueRows = (rows: Derived): Rows => ({
  columns: undefined,
  rows,
  open: () => unknown,
});

/** What any cell of some rows is made of. */
export const anyOf = ({ columns }: Rows): Derived =>
  columns === undefined ? unknown : together(columns.map(({ derived }) => derived));

/** In lower case, as the engine compares names. */
export const lower = (name: string): string => name.toLowerCase();

/** Values that SQL writes like a column. */
const values = new Set([
  "current_catalog",
  "current_date",
  "current_role",
  "current_schema",
  "current_time",
  "current_timestamp",
  "current_user",
  "localtime",
  "localtimestamp",
  "session_user",
  "user",
]);

/**
 * The lineage of a name with one or more parts: a parameter of a lambda, a column, an alias, a whole
 * row, a field of a column, or any of these around the query.
 *
 * @param first - Whether aliases go before columns, as in ORDER BY.
 */
export function resolve(
  parts: readonly string[],
  scope: Scope,
  first: "aliases" | "columns" = "columns",
): Derived {
  const names = parts.map(lower);
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const found = names.length === 1 ? single(names[0] ?? "", at, first) : dotted(names, at);
    if (found !== undefined) return found;
  }
  const [only = ""] = names;
  return names.length === 1 && values.has(only) ? nothing : unknown;
}

function single(name: string, scope: Scope, first: "aliases" | "columns"): Derived | undefined {
  if (scope.parameters.has(name)) return nothing;
  const alias = scope.aliases.get(name);
  if (first === "aliases" && alias !== undefined) return alias;
  return columnIn(name, scope) ?? alias ?? wholeRow(name, scope) ?? madeUp(name, scope);
}

/** A column that is named alone. */
function columnIn(name: string, { merged, relations }: Scope): Derived | undefined {
  const shared = merged.get(name);
  if (shared !== undefined) return shared;
  const found = relations.flatMap(({ content }) => columnsNamed(content, name));
  if (found.length > 0) return together(found);
  const open = relations.filter(({ content }) => content.columns === undefined);
  const [only] = open;
  if (only === undefined) return undefined;
  return open.length === 1 ? only.content.open(name) : unknown;
}

function columnsNamed({ columns = [] }: Rows, name: string): readonly Derived[] {
  return columns
    .filter((column) => column.name !== undefined && lower(column.name) === name)
    .map(({ derived }) => derived);
}

/** The name of a relation stands for its whole row. */
function wholeRow(name: string, { relations }: Scope): Derived | undefined {
  const found = relations.filter((relation) => relation.name === name);
  return found.length === 0 ? undefined : together(found.map(({ content }) => anyOf(content)));
}

/** A name that the engine made up, such as `count_star()`: of the column that has none, if there is one. */
function madeUp(name: string, { relations }: Scope): Derived | undefined {
  if (values.has(name)) return undefined;
  const nameless = relations.flatMap(({ content }) =>
    (content.columns ?? []).filter((column) => column.name === undefined),
  );
  const [only] = nameless;
  if (only === undefined) return undefined;
  return nameless.length === 1 ? only.derived : unknown;
}

function dotted(names: readonly string[], scope: Scope): Derived | undefined {
  const [owner = "", column = ""] = names;
  for (const { name, whole, content } of scope.relations) {
    const depth = whole?.split(".").length ?? 0;
    const isWhole = depth > 1 && names.length > depth && names.slice(0, depth).join(".") === whole;
    const own = isWhole ? (names[depth] ?? "") : name === owner ? column : undefined;
    const found = own === undefined ? undefined : ownColumn(content, own);
    if (found !== undefined) return found;
  }
  // A field of a column: column.field
  return columnIn(owner, scope) ?? (scope.parameters.has(owner) ? nothing : undefined);
}

function ownColumn(content: Rows, name: string): Derived | undefined {
  if (content.columns === undefined) return content.open(name);
  const [found] = columnsNamed(content, name);
  if (found !== undefined) return found;
  const nameless = content.columns.filter((column) => column.name === undefined);
  if (nameless.length === 0) return undefined;
  return nameless.length === 1 ? nameless[0]?.derived : unknown;
}
