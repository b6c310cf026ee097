/** @file What the metadata of a table says about its rows: columns, file types, partitions, checks. */
import { fail } from "../errors.ts";
import type { Columns } from "../schema.ts";
import type { MetaData } from "./actions.ts";
import { columnsOf, type DeltaField, parseFields } from "./types.ts";

/** The rows of a table as its metadata declares them. */
export interface Shape {
  readonly columns: Columns;
  /** Delta's type of each column, such as "integer". */
  readonly types: ReadonlyMap<string, string>;
  readonly partitionBy: readonly string[];
  /** CHECK constraints by name, in Delta's SQL. */
  readonly checks: ReadonlyMap<string, string>;
  /** Whether changes of rows are written for readers of the change data feed. */
  readonly changeFeed: boolean;
}

const checkPrefix = "delta.constraints.";

/** The key of the configuration under which a check stands. */
export const checkKey = (check: string): string => `${checkPrefix}${check.toLowerCase()}`;

/** The fields of a table's schema. Throws `table/corrupt-log` where it is no schema. */
function fieldsOf(name: string, { schemaString }: MetaData): readonly DeltaField[] {
  try {
    const fields = parseFields(schemaString);
    if (Array.isArray(fields)) return fields;
  } catch {
    // told below
  }
  const reason = `the schema of its metadata is none: ${String(schemaString).slice(0, 60)}`;
  return fail("table/corrupt-log", { name, file: "metaData", reason });
}

/** Reads the metadata. Throws `table/unsupported-feature` for types that Millrace does not read. */
export function shapeOf(name: string, metaData: MetaData): Shape {
  const fields = fieldsOf(name, metaData);
  const settings = Object.entries(metaData.configuration);
  const columns = columnsOf(name, fields);
  for (const column of metaData.partitionColumns)
    if (!(column in columns))
      fail("table/unsupported-feature", {
        name,
        feature: `a partition column ${column} outside its schema`,
      });
  return {
    columns,
    types: new Map(fields.map((field) => [field.name, String(field.type)])),
    partitionBy: metaData.partitionColumns,
    checks: new Map(
      settings
        .filter(([key]) => key.startsWith(checkPrefix))
        .map(([key, sql]) => [key.slice(checkPrefix.length), sql]),
    ),
    changeFeed: metaData.configuration["delta.enableChangeDataFeed"] === "true",
  };
}
