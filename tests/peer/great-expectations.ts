/** @file Small tables, and what Great Expectations made of them: read, and built as frames. */
import { readFile } from "node:fs/promises";
import type { Cell, ColumnKind, Json } from "../../src/flow.ts";
import {
  type AnyRows,
  type Column,
  type Columns,
  type Engine,
  type Frame,
  frame,
  quoteName,
  quoteText,
  type Schema,
  schema,
} from "../../src/table/index.ts";

/** One expectation that Great Expectations judged. */
export interface PeerCase {
  readonly type: string;
  readonly kwargs: Readonly<Record<string, Json>>;
  readonly table: string;
  readonly engine: "pandas" | "sqlite";
  readonly format: "BOOLEAN_ONLY" | "BASIC" | "SUMMARY" | "COMPLETE";
  readonly success: boolean;
  readonly raised: boolean;
  readonly result: Readonly<Record<string, Json>>;
  /** The expectation in the JSON that Great Expectations writes. */
  readonly written: Readonly<Record<string, Json>>;
}

/** The cases with their tables. */
export interface PeerCases {
  readonly great_expectations: string;
  /** How many rows of the table "main" the other table has. */
  readonly other: number;
  readonly tables: Readonly<
    Record<
      string,
      {
        readonly columns: Readonly<Record<string, ColumnKind>>;
        readonly rows: readonly (readonly Json[])[];
      }
    >
  >;
  readonly cases: readonly PeerCase[];
}

/** Reads the stored cases. */
export async function readPeerCases(): Promise<PeerCases> {
  const text = await readFile(new URL("./great-expectations.json", import.meta.url), "utf8");
  return JSON.parse(text) as PeerCases;
}

const types: Readonly<Record<ColumnKind, string>> = {
  text: "VARCHAR",
  int: "BIGINT",
  float: "DOUBLE",
  bool: "BOOLEAN",
  category: "VARCHAR",
  timestamp: "TIMESTAMPTZ",
};

function cellSql(cell: Cell, kind: ColumnKind): string {
  const type = types[kind];
  if (cell === null) return `NULL::${type}`;
  if (cell instanceof Date) return `TIMESTAMPTZ '${cell.toISOString()}'`;
  return typeof cell === "string" ? `${quoteText(cell)}::${type}` : `'${cell}'::${type}`;
}

/** A frame of literal rows. */
export function frameOf<C extends Columns>(
  engine: Engine,
  target: Schema<C>,
  rows: readonly (readonly Cell[])[],
): Frame<C> {
  const columns = Object.entries(target.columns);
  const none = columns.map(([, { kind }]) => cellSql(null, kind)).join(", ");
  const values = rows.map(
    (row) => `(${columns.map(([, { kind }], i) => cellSql(row[i] ?? null, kind)).join(", ")})`,
  );
  const names = columns.map(([name]) => quoteName(name)).join(", ");
  const from =
    values.length === 0
      ? `(VALUES (${none})) t(${names}) WHERE false`
      : `(VALUES ${values.join(", ")}) t(${names})`;
  return frame({ engine, schema: target, sql: `SELECT * FROM ${from}` });
}

/** A table of the stored cases as a frame. */
export function peerTable(engine: Engine, { tables }: PeerCases, name: string): AnyRows {
  const { columns = {}, rows = [] } = tables[name] ?? {};
  const specs = Object.entries(columns).map(([column, kind]): [string, Column<Cell>] => [
    column,
    { kind, nullable: true },
  ]);
  return frameOf(engine, schema(name, Object.fromEntries(specs)), rows as readonly Cell[][]);
}
