/** @file DuckDB's own parser: a query as the tree of which the engine would make its plan. */
import { quoteText } from "../sql-text.ts";
import type { Engine } from "./duckdb.ts";

/**
 * A node of DuckDB's syntax tree: a query (its `type` ends in `_NODE`), a source of rows (`type` is
 * BASE_TABLE, JOIN …) or an expression, which has a `class`. What is not named here is there too.
 */
export interface SqlNode {
  readonly class?: string;
  readonly type?: string;
  /** Empty where there is none. */
  readonly alias?: string;
  /** Where it stands, in bytes; too large where the parser does not know. */
  readonly query_location?: number;
  readonly [key: string]: unknown;
}

/** What the engine says against a text. */
export interface Complaint {
  readonly reason: string;
  /** Where, in bytes. */
  readonly byte: number | undefined;
}

/** The statements of a text, or what is wrong with it. */
export type Parsed =
  | { readonly statements: readonly SqlNode[] }
  | { readonly complaint: Complaint; readonly isSelect: boolean };

interface Answer {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly position?: string;
  readonly statements?: readonly { readonly node: SqlNode }[];
}

/** Whether a value of a tree is a node. */
export const isNode = (value: unknown): value is SqlNode =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The nodes of a list in a tree; none when it is no list. */
export const nodesOf = (value: unknown): readonly SqlNode[] =>
  Array.isArray(value) ? value.filter(isNode) : [];

/** The texts of a list in a tree. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** A text of a tree; empty when it is none. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Parses a text. Statements that are no queries cannot be told apart by the parser: `isSelect` is false. */
export async function parseSql(engine: Engine, text: string): Promise<Parsed> {
  const answer = await answerOf(engine, `json_serialize_sql(${quoteText(text)})`);
  if (!answer.error) return { statements: (answer.statements ?? []).map(({ node }) => node) };
  return { complaint: complaintOf(answer), isSelect: answer.error_type !== "not implemented" };
}

/** What the engine has against a query that it parses and cannot plan; undefined when it can. */
export async function complaintAbout(engine: Engine, text: string): Promise<Complaint | undefined> {
  const answer = await answerOf(engine, `json_serialize_plan(${quoteText(text)})`);
  return answer.error ? complaintOf(answer) : undefined;
}

async function answerOf(engine: Engine, call: string): Promise<Answer> {
  const [row] = await engine.query(`SELECT ${call}::VARCHAR AS answer`);
  // The engine writes numbers that JSON has not; within a text its quotes would be escaped.
  const json = String(row?.["answer"]).replaceAll(/"value":-?(?:Infinity|NaN)\b/gi, '"value":null');
  return JSON.parse(json) as Answer;
}

const complaintOf = ({ error_message = "", position }: Answer): Complaint => ({
  reason: error_message.replaceAll(/\s*\n\s*/g, " ").trim(),
  byte: position === undefined ? undefined : Number(position),
});
