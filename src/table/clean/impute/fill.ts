/** @file What was learned, applied: to a row in TypeScript, and to a table in SQL. */
import type { Cell, Cells, ColumnSpec } from "../../../flow.ts";
import type { Engine } from "../../adapter/duckdb.ts";
import { parseNode, readsOf, toRow, toSql, type Value } from "../../expr/index.ts";
import type { Columns, Schema } from "../../schema.ts";
import { quoteName, quoteText } from "../../sql-text.ts";
import { type Bench, type Deed, place, placeName, type Touches } from "../deed.ts";
import { fail } from "../errors.ts";
import { cellOfValue, missingSql, placeOf, valueSql } from "../values.ts";
import { nearestFiller } from "./nearest.ts";
import { regressionFiller, regressionSql } from "./regression.ts";
import type { ColumnFilling, Filling, ImputerState } from "./state.ts";

/** The columns from which a column is filled. */
export function readsOfFilling(filling: Filling): readonly string[] {
  if (filling.by === "rule")
    return readsOf(parseNode(filling.node, "rule")).map(({ name }) => name);
  if (filling.by === "group") return [filling.of];
  if (filling.by === "nearest") return filling.columns.map(({ name }) => name);
  return filling.by === "regression" ? [...new Set(filling.terms.map(({ name }) => name))] : [];
}

/** What applying a state reads and writes. */
export function stateTouches({ columns }: ImputerState): Touches {
  const indicators = columns.flatMap(({ indicator }) => indicator ?? []);
  const names = columns.map(({ column }) => column);
  const reads = columns.flatMap(({ filling }) => readsOfFilling(filling));
  return {
    reads: [...new Set([...names, ...reads])],
    writes: [...names, ...indicators],
    makes: indicators,
  };
}

/** A row with its missing cells filled, and the indicators set. The row given is not changed. */
export function fillRow({ columns }: ImputerState): (row: Cells) => Cells {
  const fills = columns.map((one) => ({ ...one, fill: fillerOf(one.filling) }));
  return (row) => {
    const filled: Record<string, Cell> = { ...row };
    for (const { fill, ...one } of fills) {
      const { column, indicator } = one;
      const missing = isMissing(row[column]);
      if (missing) filled[column] = cellOf(one, fill(row));
      if (indicator !== null) filled[indicator] = row[indicator] === true || missing;
    }
    return filled;
  };
}

const isMissing = (cell: Cell | undefined): boolean =>
  cell === null || cell === undefined || Number.isNaN(cell);

function cellOf({ kind, levels }: ColumnFilling, value: Value): Cell {
  if (typeof value === "string" && levels !== null) return levels.includes(value) ? value : null;
  if (typeof value !== "number") return value;
  if (kind === "timestamp") return new Date(value);
  return kind === "int" ? Math.floor(value + 0.5) : value;
}

function fillerOf(filling: Filling): (row: Cells) => Value {
  if (filling.by === "value") return () => filling.value;
  if (filling.by === "rule") return toRow({ node: parseNode(filling.node, "rule") });
  if (filling.by === "nearest") return nearestFiller(filling);
  if (filling.by === "regression") return regressionFiller(filling);
  const groups = new Map(filling.groups);
  return (row) => {
    const group = row[filling.of];
    return isMissing(group) ? filling.otherwise : (groups.get(String(group)) ?? filling.otherwise);
  };
}

/** A state as a step over a table: everything in SQL, nearest rows by way of TypeScript. */
export async function fillDeed<C extends Columns>(
  state: ImputerState,
  bench: Bench<C>,
): Promise<Deed> {
  const set: Record<string, string> = {};
  for (const one of state.columns) {
    const where = placeOf(bench.at, bench.target, one.column);
    checkKind(bench, one);
    const missing = missingSql(where);
    const value = await fillingSql(one, bench);
    const filled = cellOfValue(where, value);
    set[one.column] = `CASE WHEN ${missing} THEN ${filled} ELSE t.${quoteName(one.column)} END`;
    if (one.indicator !== null)
      set[one.indicator] = `(coalesce(t.${quoteName(one.indicator)}, false) OR ${missing})`;
  }
  return { set, fitted: state, shuffles: state.columns.some((c) => c.filling.by === "nearest") };
}

function checkKind<C extends Columns>(
  { at, target }: Bench<C>,
  { column, kind }: ColumnFilling,
): void {
  const got = (target as Schema).columns[column]?.kind;
  if (got !== kind)
    fail("table/mismatch-kind", { at, column, expected: `a column of ${kind}`, got: String(got) });
}

async function fillingSql<C extends Columns>(one: ColumnFilling, bench: Bench<C>): Promise<string> {
  const { filling } = one;
  if (filling.by === "value") return valueSql(filling.value);
  if (filling.by === "rule") return toSql({ node: parseNode(filling.node, bench.at) });
  if (filling.by === "regression") return regressionSql(filling);
  if (filling.by === "nearest") return nearestSql(one, bench);
  const cases = filling.groups.map(
    ([group, value]) => `WHEN ${quoteText(group)} THEN ${valueSql(value)}`,
  );
  const otherwise = valueSql(filling.otherwise);
  if (cases.length === 0) return otherwise;
  return `(CASE t.${quoteName(filling.of)}::VARCHAR ${cases.join(" ")} ELSE ${otherwise} END)`;
}

/** Works the values of the rows in question out in TypeScript, and looks them up by the row's place. */
async function nearestSql<C extends Columns>(
  { column, kind, filling }: ColumnFilling,
  bench: Bench<C>,
): Promise<string> {
  const { engine, target, table, at } = bench;
  const fill = fillerOf(filling);
  const names = [...new Set(readsOfFilling(filling))].map((name) => `t.${quoteName(name)}`);
  const missing = missingSql(placeOf(at, target, column));
  const rows = await engine.query(
    `SELECT ${[place, ...names].join(", ")} FROM ${table} t WHERE ${missing} ORDER BY ${place}`,
  );
  const cells = rows.map((row) => [row[placeName] ?? null, fill(row)] as const);
  const helper = await keepCells({ engine, cells, kind, keep: bench.keep });
  return `(SELECT h.value FROM ${helper} h WHERE h.place = t.${place})`;
}

function keepCells(what: {
  readonly engine: Engine;
  readonly cells: Iterable<readonly Cell[]>;
  readonly kind: ColumnSpec["kind"];
  readonly keep: (sql: string) => Promise<string>;
}): Promise<string> {
  const number = what.kind === "int" || what.kind === "float" || what.kind === "timestamp";
  const kind = number ? "float" : what.kind;
  const columns = [
    { name: "place", kind: "int" },
    { name: "value", kind },
  ] as const;
  return what.engine.withRows({ columns, cells: what.cells }, (table) =>
    what.keep(`SELECT * FROM ${table}`),
  );
}
