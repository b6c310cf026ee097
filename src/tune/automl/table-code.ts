/** @file How a program opens the table that was learned from. */
import { formatSchema, type Schema } from "../../table/index.ts";

/** Where the rows were. */
export interface AutoMlSource {
  /** The workspace's folder. */
  readonly dir: string;
  readonly table: string;
  readonly version: number;
  readonly schema: Schema;
}

/** The lines that declare the schema as `rowsOf`, open the workspace and take the `table`. */
export function tableCode({ dir, table, schema }: AutoMlSource): readonly string[] {
  return [
    ...`const rowsOf = ${formatSchema(schema)};`.split("\n"),
    `await using workspace = await openWorkspace(${text(dir)}, { create: false });`,
    `const table = workspace.lake.table(${text(table)}, rowsOf);`,
  ];
}

/** What these lines import. */
export const tableNames = ({ schema }: AutoMlSource): readonly string[] => [
  ...Object.values(schema.columns).map(({ kind }) => kind),
  ...["openWorkspace", "schema"],
];

const text = (value: string): string => JSON.stringify(value);
