/** @file The filter grammar of MLflow's searches: comparisons that are joined by AND. */
import { fail } from "../errors.ts";
import { type FilterToken, filterTokens, unquoted } from "./tokens.ts";

/** How something is compared. */
export type Operator =
  | ">"
  | ">="
  | "="
  | "!="
  | "<"
  | "<="
  | "LIKE"
  | "ILIKE"
  | "RLIKE"
  | "IN"
  | "NOT IN"
  | "IS NULL"
  | "IS NOT NULL";

/** What something is compared with. */
export type FilterValue =
  | { readonly kind: "number"; readonly source: string }
  | { readonly kind: "text"; readonly source: string; readonly text: string }
  | { readonly kind: "list"; readonly source: string; readonly texts: readonly string[] }
  | { readonly kind: "none"; readonly source: string };

/** One comparison: `metrics.auc > 0.8`. */
export interface Comparison {
  /** The part before the first point: "metrics"; undefined where there is none. */
  readonly entity: string | undefined;
  readonly key: string;
  readonly operator: Operator;
  readonly value: FilterValue;
}

/**
 * Parses a filter: `metrics.auc > 0.8 AND params."learning rate" = '0.1' AND tags.team IN ('a', 'b')`.
 * There is AND and nothing else that joins.
 *
 * @returns The comparisons, in their order; none for an empty filter.
 * @throws `store/corrupt-filter`, with MLflow's sentence
 * @example
 * ```ts
 * parseFilter("metrics.auc > 0.8").map(({ entity, key, operator }) => [entity, key, operator]) // => [["metrics", "auc", ">"]]
 * ```
 * @see MLflow, "Search Runs", the syntax of filters.
 */
export function parseFilter(filter: string): readonly Comparison[] {
  const tokens = filterTokens(filter);
  if (tokens.length === 0) return [];
  const corrupt = (reason: string): never => fail("store/corrupt-filter", { filter, reason });
  return clausesOf(tokens).map((clause) => comparisonOf(clause, corrupt));
}

/** The words of each clause, between the ANDs. */
function clausesOf(tokens: readonly FilterToken[]): readonly (readonly FilterToken[])[] {
  const clauses: FilterToken[][] = [[]];
  for (const token of tokens)
    if (isWord(token, "AND")) clauses.push([]);
    else clauses.at(-1)?.push(token);
  return clauses;
}

const isWord = ({ kind, source }: FilterToken, word: string): boolean =>
  kind === "name" && source.toUpperCase() === word;

type Corrupt = (reason: string) => never;

function comparisonOf(clause: readonly FilterToken[], corrupt: Corrupt): Comparison {
  const source = clause.map((token) => token.source).join(" ");
  const invalid = (): never => corrupt(`Invalid clause(s) in filter string: '${source}'`);
  const [name, ...rest] = clause;
  if (name === undefined) return invalid();
  if (name.kind !== "name") {
    const isComparison = rest[0]?.kind === "operator";
    if (!isComparison) return invalid();
    return corrupt(`Invalid comparison clause. Expected 'Identifier' found '${name.source}'`);
  }
  const read = operatorOf(rest);
  if (read === undefined) return invalid();
  const value = readValue(read.operator, rest.slice(read.words));
  return value === undefined
    ? invalid()
    : { ...identifierOf(name.source), operator: read.operator, value };
}

/** The entity and the key of a name: `metrics."a b"`. */
export function identifierOf(source: string): Pick<Comparison, "entity" | "key"> {
  const parts = /^(`[^`]*`|"[^"]*"|[^.]+)\.(.+)$/su.exec(source);
  return parts === null
    ? { entity: undefined, key: unquoted(source) }
    : { entity: unquoted(parts[1] ?? ""), key: unquoted(parts[2] ?? "") };
}

function operatorOf(
  tokens: readonly FilterToken[],
): { readonly operator: Operator; readonly words: number } | undefined {
  const [first] = tokens;
  if (first?.kind === "operator") return { operator: first.source as Operator, words: 1 };
  for (const operator of wordOperators) {
    const words = operator.split(" ");
    if (words.every((word, i) => tokens[i] !== undefined && isWord(tokens[i], word)))
      return { operator, words: words.length };
  }
  return undefined;
}

const wordOperators = [
  "LIKE",
  "ILIKE",
  "RLIKE",
  "IN",
  "NOT IN",
  "IS NULL",
  "IS NOT NULL",
] as const satisfies readonly Operator[];

function readValue(operator: Operator, tokens: readonly FilterToken[]): FilterValue | undefined {
  const source = tokens.map((token) => token.source).join(" ");
  if (operator === "IS NULL" || operator === "IS NOT NULL")
    return tokens.length === 0 ? { kind: "none", source } : undefined;
  const [only, ...others] = tokens;
  if (only === undefined) return undefined;
  if (only.source === "(") return listOf(tokens, source);
  if (others.length > 0) return undefined;
  if (only.kind === "number") return { kind: "number", source };
  const isText = only.kind === "text" || only.source.startsWith('"');
  return isText ? { kind: "text", source, text: textOf(only.source) } : { kind: "none", source };
}

/** ('a', 'b'). */
function listOf(tokens: readonly FilterToken[], source: string): FilterValue | undefined {
  if (tokens.at(-1)?.source !== ")") return undefined;
  const items = tokens.slice(1, -1);
  const isList = items.every((token, i) => (i % 2 === 1) === (token.source === ","));
  if (!isList || items.length % 2 === 0) return undefined;
  const texts = items.filter((_, i) => i % 2 === 0);
  const areTexts = texts.every(({ kind, source: word }) => kind === "text" || word.startsWith('"'));
  return areTexts
    ? { kind: "list", source, texts: texts.map((token) => textOf(token.source)) }
    : { kind: "none", source };
}

const textOf = (source: string): string => unquoted(source).replaceAll("''", "'");
