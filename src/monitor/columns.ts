/** @file Which columns of two tables can be compared. */
import type { ColumnKind } from "../flow.ts";
import type { Columns, Frame } from "../table/index.ts";
import { fail } from "./errors.ts";
import type { SchemaDrift } from "./report/schema-drift.ts";

/** What monitoring needs of a frame. */
export type TableView = Pick<Frame, "schema" | "sql" | "engine">;

interface Tables {
  readonly reference: TableView;
  readonly current: TableView;
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
  tables: Tables,
  chosen: readonly string[] | undefined,
): readonly string[] {
  const { reference, current } = tables;
  const names = chosen ?? sharedColumns(tables);
  if (names.length === 0)
    fail("monitor/missing-columns", {
      at,
      reference: Object.keys(reference.schema.columns),
      current: Object.keys(current.schema.columns),
    });
  for (const name of names) {
    const expected = groups[kindOf(at, { table: reference, which: "reference", name })];
    const got = groups[kindOf(at, { table: current, which: "current", name })];
    if (expected !== got) fail("monitor/mismatch-column", { at, column: name, expected, got });
  }
  return names;
}

/** The columns that both tables have, without keys and timestamps. */
export function sharedColumns({ reference, current }: Tables): readonly string[] {
  const now = current.schema.columns;
  return Object.entries(reference.schema.columns)
    .filter(([name, { key, kind }]) => {
      const isKey = key === true || now[name]?.key === true;
      return now[name] !== undefined && !isKey && kind !== "timestamp";
    })
    .map(([name]) => name);
}

/** How the columns of two tables differ, keys left out; with names, of those only. */
export function schemaChanges(tables: Tables, named: readonly string[] | undefined): SchemaDrift {
  const [before, now] = [tables.reference.schema.columns, tables.current.schema.columns];
  const only = (a: Columns, b: Columns): readonly string[] =>
    Object.keys(a).filter(
      (name) => (named ?? [name]).includes(name) && a[name]?.key !== true && b[name] === undefined,
    );
  const changed = Object.entries(before).flatMap(([column, spec]) => {
    const [reference, other] = [groups[spec.kind], now[column]];
    if (other === undefined || !(named ?? [column]).includes(column)) return [];
    const current = groups[other.kind];
    return reference === current ? [] : [{ column, reference, current }];
  });
  return { onlyReference: only(before, now), onlyCurrent: only(now, before), changed };
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
