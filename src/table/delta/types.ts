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

/** Kinds of the Delta types that Millrace reads; wider numbers are read as what holds them. */
const kinds: Readonly<Record<string, ColumnKind>> = {
  string: "text",
  byte: "int",
  short: "int",
  integer: "int",
  long: "int",
  float: "float",
  double: "float",
  boolean: "bool",
  timestamp: "timestamp",
};

/** Columns as a Delta `schemaString`. */
export function formatDeltaSchema(columns: ColumnSpecs): string {
  const fields: DeltaField[] = Object.entries(columns).map(([name, column]) => ({
    name,
    type: deltaTypes[column.kind],
    nullable: column.nullable,
    metadata: { millrace: JSON.stringify(column) },
  }));
  return JSON.stringify({ type: "struct", fields });
}

/** The columns of a Delta `schemaString`; fields of other writers become plain columns. */
export function parseDeltaSchema(name: string, schemaString: string): Columns {
  const { fields } = JSON.parse(schemaString) as { fields: readonly DeltaField[] };
  return Object.fromEntries(fields.map((field) => [field.name, columnOf(name, field)]));
}

function columnOf(table: string, field: DeltaField): ColumnSpec {
  const { millrace } = field.metadata;
  if (typeof millrace === "string") return JSON.parse(millrace) as ColumnSpec;
  const kind = typeof field.type === "string" ? kinds[field.type] : undefined;
  if (kind === undefined)
    return fail("table/unsupported-feature", {
      name: table,
      feature: `the type ${JSON.stringify(field.type)} in column ${JSON.stringify(field.name)}`,
    });
  return { kind, nullable: field.nullable };
}
