/** @file A second look at what failed: values that break an expectation, their places and counts. */
import type { Cell, Json } from "../../flow.ts";
import { type AnyRows, quoteName } from "../../table/index.ts";
import type { RowPlan, SecondLook } from "../types/definition.ts";
import { toCount, toShown } from "../types/values.ts";
import { batchSql, type Compiled } from "./compile.ts";

/** What is asked of the broken rows. */
export interface SampleWish {
  /** At most so many rows; null for all. */
  readonly limit: number | null;
  /** Columns that tell rows apart; without them, when all are wanted, a row's place from 0. */
  readonly index: readonly string[];
  /** Whether the rows are wanted whole. */
  readonly whole: boolean;
}

/** Broken rows as a result shows them, in the order of the table. */
export interface Sample {
  readonly values: readonly Json[];
  /** For each row, its index columns, or of all rows the row's place; null if neither. */
  readonly places: readonly Json[] | null;
  /** The rows with all their columns, where they were wanted. */
  readonly rows: readonly Json[];
  /** SQL that finds the rows. */
  readonly query: string;
}

type RowCompiled = Compiled & { readonly plan: RowPlan };

/** The broken rows as SQL: FROM and WHERE, over `batch`; with their places from 0, if asked. */
function brokenSql({ plan, where }: RowCompiled, places: boolean): string {
  const about = `${where ?? "true"} AND ${plan.looked}`;
  const numbered = "(SELECT *, row_number() OVER () - 1 AS _millrace_place FROM batch)";
  const from = places ? `${numbered} AS batch` : "batch";
  if (plan.unique === undefined) return `${from} WHERE ${about} AND ${plan.broken}`;
  const keys = plan.unique.map(quoteName).join(", ");
  const twice = `SELECT ${keys} FROM batch WHERE ${about} GROUP BY ${keys} HAVING count(*) > 1`;
  const same = plan.unique
    .map((key) => `batch.${quoteName(key)} IS NOT DISTINCT FROM twice.${quoteName(key)}`)
    .join(" AND ");
  return `${from} WHERE ${about} AND EXISTS (SELECT 1 FROM (${twice}) AS twice WHERE ${same})`;
}

/** Looks at the rows that break an expectation, in the order of the table. */
export async function sampleOf(
  rows: AnyRows,
  compiled: RowCompiled,
  wish: SampleWish,
): Promise<Sample> {
  const { shown } = compiled.plan;
  const all = wish.whole ? Object.keys(rows.schema.columns) : [];
  const names = [...new Set([...shown, ...wish.index, ...all])];
  const columns = names.map((name, i) => `batch.${quoteName(name)} AS c${i}`);
  const places = wish.limit === null;
  const select = (places ? [...columns, "_millrace_place"] : columns).join(", ");
  const end = places ? " ORDER BY _millrace_place" : ` LIMIT ${wish.limit}`;
  const query = `WITH ${batchSql(rows)} SELECT ${select} FROM ${brokenSql(compiled, places)}${end}`;
  const found = await rows.engine.queryJson(query);
  const cell = (row: Readonly<Record<string, unknown>>, name: string): Json => {
    const spec = rows.schema.columns[name];
    return spec === undefined ? null : toShown(spec, row[`c${names.indexOf(name)}`]);
  };
  const record = (row: Readonly<Record<string, unknown>>, of: readonly string[]): Json =>
    Object.fromEntries(of.map((name) => [name, cell(row, name)]));
  const shownOf = (row: Readonly<Record<string, unknown>>): Json => {
    if (compiled.plan.shownAs === "record") return record(row, shown);
    const cells = shown.map((name) => cell(row, name));
    return compiled.plan.shownAs === "list" ? cells : (cells[0] ?? null);
  };
  const placeOf = (row: Readonly<Record<string, unknown>>): Json =>
    wish.index.length > 0
      ? record(row, [...new Set([...shown, ...wish.index])])
      : toCount(row["_millrace_place"]);
  return {
    values: found.map(shownOf),
    places: places || wish.index.length > 0 ? found.map(placeOf) : null,
    rows: wish.whole ? found.map((row) => record(row, all)) : [],
    query,
  };
}

/** How many rows have a key that stands several times, where nothing may stand twice. */
export async function twiceOf(rows: AnyRows, { plan, where }: RowCompiled): Promise<number> {
  const keys = (plan.unique ?? []).map(quoteName).join(", ");
  const filter = `${where ?? "true"} AND ${plan.looked}`;
  const groups = `SELECT count(*) AS n FROM batch WHERE ${filter} GROUP BY ${keys} HAVING count(*) > 1`;
  const [row = {}] = await rows.engine.queryJson(
    `WITH ${batchSql(rows)} SELECT coalesce(sum(n), 0) AS n FROM (${groups})`,
  );
  return toCount(row["n"]);
}

/** Queries over the rows, called `batch`, for expectations about the whole table. */
export function secondLook(rows: AnyRows, complete: boolean): SecondLook {
  const open = `WITH ${batchSql(rows)}`;
  return {
    complete,
    query: (sql) => rows.engine.queryJson(`${open} ${sql}`),
    rows: async (sql) => {
      const found = await rows.engine.query(`${open} ${sql}`);
      return found.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, jsonOf(cell)])),
      );
    },
  };
}

/** A cell as JSON. */
function jsonOf(cell: Cell): Json {
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === "number" && !Number.isFinite(cell) ? null : cell;
}
