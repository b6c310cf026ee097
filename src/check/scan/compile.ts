/** @file A suite compiled to one SELECT: every expectation adds its aggregates, equal ones once. */
import type { Clock } from "../../core/index.ts";
import type { ColumnSpecs, Json } from "../../flow.ts";
import { type AnyRows, quoteName, toSql } from "../../table/index.ts";
import { conditionNode } from "../condition/condition-node.ts";
import type { Expectation } from "../make-expectation.ts";
import { definitionOf } from "../types/catalogue.ts";
import {
  narrowed,
  type Plan,
  type QuerySource,
  type RowPlan,
  type Site,
} from "../types/definition.ts";
import { type Kwargs, kwargKinds, resolveKwargs } from "../types/kwargs.ts";

/** What the expectations of a suite may refer to. */
export interface Surroundings {
  readonly columns: ColumnSpecs;
  /** Values of suite parameters. */
  readonly parameters: Kwargs;
  /** What `now()` of suite parameters is. */
  readonly clock?: Clock;
  /** Other tables by name. */
  readonly tables: Readonly<Record<string, AnyRows>>;
  /** Other sources of rows by name. */
  readonly sources: Readonly<Record<string, QuerySource>>;
}

/** An expectation compiled for a table. */
export interface Compiled {
  /** With `mostly` as it is once parameters have values. */
  readonly expectation: Expectation;
  /** Its arguments, parameters resolved. */
  readonly kwargs: Kwargs;
  /** SQL that is true for the rows it is about; null for all. */
  readonly where: string | null;
  readonly plan: Plan;
}

/**
 * Compiles one expectation for the columns of a table.
 *
 * @throws what is wrong with it: `check/unknown-column`, `check/mismatch-kind`, `check/missing-table`, …
 */
export function compileExpectation(expectation: Expectation, around: Surroundings): Compiled {
  const { type, kwargs: given, when } = expectation;
  const { is } = definitionOf(type);
  const { row_condition = null, condition_parser = null, mostly: share, ...plain } = given;
  const kwargs = resolveKwargs({ type, specs: is.kwargs }, plain, around);
  const mostly = share === undefined ? expectation.mostly : mostlyOf(type, share, around);
  const node =
    when ?? conditionNode({ type, columns: around.columns }, { row_condition, condition_parser });
  const where = node === null ? null : `(${toSql({ node })})`;
  const site: Site = { type, kwargs: { ...kwargs, mostly }, where, ...around };
  const { mostly: _, ...written } = given;
  const settled = share === undefined ? expectation : { ...expectation, kwargs: written, mostly };
  return { expectation: settled, kwargs, where, plan: is.plan(site) };
}

/** A share that is a suite parameter. Throws `check/missing-parameter`, `check/mismatch-kwarg`. */
function mostlyOf(type: string, mostly: Json, around: Surroundings): number {
  const specs = { mostly: kwargKinds.share };
  return Number(resolveKwargs({ type, specs }, { mostly }, around)["mostly"]);
}

/** One SELECT for many expectations, and where the answers of each stand in its row. */
export interface Scan {
  readonly sql: string;
  /** For each expectation, the columns of the row that answer it. */
  readonly answers: readonly (readonly string[])[];
}

/** Rows as a CTE called `batch`, in which a NaN is missing. */
export function batchSql(rows: AnyRows): string {
  const columns = Object.entries(rows.schema.columns).map(([name, { kind }]) => {
    const sql = quoteName(name);
    return kind === "float" ? `CASE WHEN isnan(${sql}) THEN NULL ELSE ${sql} END AS ${sql}` : sql;
  });
  return `batch AS NOT MATERIALIZED (SELECT ${columns.join(", ")} FROM (${rows.sql}))`;
}

/** Joins compiled expectations, their spreads settled, into one SELECT over the rows. */
export function compileScan(rows: AnyRows, compiled: readonly Compiled[]): Scan {
  const asked = new Map<string, string>([["count(*)", "a0"]]);
  const ask = (sql: string): string => {
    const name = asked.get(sql) ?? `a${asked.size}`;
    asked.set(sql, name);
    return name;
  };
  const answers = compiled.map(({ plan, where }) =>
    (plan.kind === "measure" ? plan.asks : rowAsks(where, plan)).map(ask),
  );
  const select = [...asked].map(([sql, name]) => `${sql} AS ${name}`).join(", ");
  return { sql: `WITH ${batchSql(rows)} SELECT ${select} FROM batch`, answers };
}

/** How many rows it is about, how many of them are looked at, and how many of these break it. */
function rowAsks(where: string | null, plan: RowPlan): readonly string[] {
  const filter = (aggregate: string, ...conditions: readonly string[]): string =>
    narrowed(aggregate, { where }, ...conditions.filter((one) => one !== "true"));
  const looked =
    plan.present === undefined ? filter("count(*)", plan.looked) : filter(plan.present);
  const broken =
    plan.unique === undefined
      ? filter("count(*)", plan.alone ? "true" : plan.looked, plan.broken)
      : `${looked} - ${filter(distinctSql(plan), plan.looked)}`;
  return [
    filter("count(*)"),
    looked,
    plan.span ? `${looked} - coalesce(bit_count(${filter(bitsSql(plan, plan.span))}), 0)` : broken,
  ];
}

/** How many different keys there are. */
function distinctSql({ unique = [] }: RowPlan): string {
  const names = unique.map(quoteName).join(", ");
  return `count(DISTINCT ${unique.length === 1 ? names : `(${names})`})`;
}

/** The values of a column of whole numbers, as a set of bits. */
function bitsSql({ unique = [] }: RowPlan, [low, high]: readonly [number, number]): string {
  return `bitstring_agg(${unique.map(quoteName).join(", ")}, ${low}, ${high})`;
}

/** The answers of a scan's row for one expectation. */
export const answersOf = (
  row: Readonly<Record<string, unknown>>,
  names: readonly string[],
): readonly unknown[] => names.map((name) => row[name]);

/** Whether a plan is about rows. */
export const isRowPlan = (plan: Plan): plan is RowPlan => plan.kind === "rows";
