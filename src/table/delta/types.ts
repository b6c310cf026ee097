/** @file Delta's schema strings, and how a column of ours is one of theirs. */
import type { ColumnKind, ColumnSpec, ColumnSpecs } from "../../flow.ts";
import { fail } from "../errors.ts";
import type { Columns } from "../schema.ts";

/** A field of a Delta schema. Ours carry the whole column in `metadata.millrace`. */
export interface DeltaField {
  readonly name: string;
  readonly type: unknown;
  readonly nullable: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const deltaTypes: Readonly<Record<ColumnKind, string>> = {
  text: "string",
  int: "long",
  float: "double",
  bool: "boolean",
  category: "string",
  timestamp: "timestamp",
};

/** Delta's types that Millrace reads and writes: the kind of ours, and DuckDB's type of the file. */
const known: Readonly<Record<string, { readonly kind: ColumnKind; readonly duck: string }>> = {
  string: { kind: "text", duck: "VARCHAR" },
  byte: { kind: "int", duck: "TINYINT" },
  short: { kind: "int", duck: "SMALLINT" },
  integer: { kind: "int", duck: "INTEGER" },
  long: { kind: "int", duck: "BIGINT" },
  float: { kind: "float", duck: "FLOAT" },
  double: { kind: "float", duck: "DOUBLE" },
  boolean: { kind: "bool", duck: "BOOLEAN" },
  timestamp: { kind: "timestamp", duck: "TIMESTAMP WITH TIME ZONE" },
  timestamp_ntz: { kind: "timestamp", duck: "TIMESTAMP" },
  date: { kind: "timestamp", duck: "DATE" },
};

/** DuckDB's type for a Delta type, as it stands in a data file. */
export const duckTypeOf = (type: string): string => known[type]?.duck ?? "VARCHAR";

/** The Delta type a new column of a kind gets. */
export const deltaTypeOf = (kind: ColumnKind): string => deltaTypes[kind];

/** Columns as the fields of a Delta schema. */
export function deltaFields(columns: ColumnSpecs): readonly DeltaField[] {
  return Object.entries(columns).map(([name, column]) => ({
    name,
    type: deltaTypes[column.kind],
    nullable: column.nullable,
    metadata: { millrace: JSON.stringify(column) },
  }));
}

/** The fields of a `schemaString`. */
export function parseFields(schemaString: string): readonly DeltaField[] {
  return (JSON.parse(schemaString) as { fields: readonly DeltaField[] }).fields;
}

/** Fields as a `schemaString`. */
export const formatFields = (fields: readonly DeltaField[]): string =>
  JSON.stringify({ type: "struct", fields });

/** The columns of some fields; those of other writers become plain columns. */
export function columnsOf(name: string, fields: readonly DeltaField[]): Columns {
  return Object.fromEntries(fields.map((field) => [field.name, columnOf(name, field)]));
}

function columnOf(table: string, field: DeltaField): ColumnSpec {
  if ("__COLLATIONS" in field.metadata)
    return fail("table/unsupported-feature", {
      name: table,
      feature: `a collation in column ${JSON.stringify(field.name)}, by which texts are equal that Millrace tells apart`,
    });
  const found = typeof field.type === "string" ? known[field.type] : undefined;
  if (found === undefined)
    return fail("table/unsupported-feature", {
      name: table,
      feature: `the type ${JSON.stringify(field.type)} in column ${JSON.stringify(field.name)}`,
    });
  const ours = field.metadata["millrace"];
  const column = typeof ours === "string" ? (JSON.parse(ours) as ColumnSpec) : undefined;
  // Another writer may have changed the field and kept our note of it: the field decides.
  if (column !== undefined && sameKind(column.kind, found.kind))
    return { ...column, nullable: field.nullable };
  return { kind: found.kind, nullable: field.nullable };
}

/** Whether cells of one kind are cells of the other: texts and categories are stored alike. */
export const sameKind = (a: ColumnKind | undefined, b: ColumnKind): boolean =>
  a === b || [a, b].every((kind) => kind === "text" || kind === "category");

/**
 * A column's name without the signs that Spark's Delta refuses in one, each run of them as an underscore:
 * "Name (old)" as "Name_old". Empty for a name of nothing else.
 */
export const plainName = (name: string): string =>
  /[ ,;{}()\n\t=]/.test(name)
    ? name
        .split(/[ ,;{}()\n\t=]+/)
        .filter((part) => part !== "")
        .join("_")
    : name;
