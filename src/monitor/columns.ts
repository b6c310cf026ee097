/** @file Which columns of two tables can be compared, and how each is put into buckets. */
import type { ColumnKind } from "../flow.ts";
import type { Frame } from "../table/index.ts";
import { fail } from "./errors.ts";

/** What monitoring needs of a frame. */
export type TableView = Pick<Frame, "schema" | "sql" | "engine">;

/** Numbers are cut at quantiles, labels are counted one by one. */
export type ColumnShape = "numbers" | "labels";

/** A column to be put into buckets. */
export interface ComparedColumn {
  readonly name: string;
  readonly shape: ColumnShape;
}

const groups: Readonly<Record<ColumnKind, string>> = {
  int: "numbers",
  float: "numbers",
  text: "texts",
  category: "texts",
  bool: "booleans",
  timestamp: "timestamps",
};

/**
 * The named columns, or all that both tables have, without keys and timestamps.
 *
 * @throws `monitor/unknown-column`, `monitor/unsupported-column`, `monitor/mismatch-column`,
 * `monitor/missing-columns`
 */
export function comparedColumns(
  at: string,
  tables: { readonly reference: TableView; readonly current: TableView },
  chosen: readonly string[] | undefined,
): readonly ComparedColumn[] {
  const { reference, current } = tables;
  const [before, now] = [reference.schema.columns, current.schema.columns];
  const shared = Object.keys(before).filter((name) => {
    const [first, second] = [before[name], now[name]];
    const isKey = first?.key === true || second?.key === true;
    return second !== undefined && !isKey && first?.kind !== "timestamp";
  });
  const names = chosen ?? shared;
  if (names.length === 0)
    fail("monitor/missing-columns", {
      at,
      reference: Object.keys(before),
      current: Object.keys(now),
    });
  return names.map((name) => {
    const expected = groups[kindOf(at, { table: reference, which: "reference", name })];
    const got = groups[kindOf(at, { table: current, which: "current", name })];
    if (expected !== got) fail("monitor/mismatch-column", { at, column: name, expected, got });
    return { name, shape: expected === "numbers" ? "numbers" : "labels" };
  });
}

/** The kind of a column that can be compared. */
function kindOf(
  at: string,
  column: { readonly table: TableView; readonly which: string; readonly name: string },
): ColumnKind {
  const { table, which, name } = column;
  const { columns } = table.schema;
  const spec = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (spec === undefined)
    return fail("monitor/unknown-column", {
      at,
      which,
      column: name,
      columns: Object.keys(columns),
    });
  if (spec.kind === "timestamp")
    fail("monitor/unsupported-column", { at, column: name, kind: spec.kind });
  return spec.kind;
}
