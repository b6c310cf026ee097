/** @file How a program opens the table that was learned from. */
import { formatLiteral, literalKey } from "../../core/index.ts";
import type { ColumnSpec } from "../../flow.ts";
import type { Schema } from "../../table/index.ts";

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
    `const rowsOf = schema(${text(schema.name)}, {`,
    ...Object.entries(schema.columns).map(
      ([name, spec]) => `  ${literalKey(name)}: ${columnCode(spec)},`,
    ),
    "});",
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

/** `category(["free", "paid"], { nullable: true })`. */
function columnCode(spec: ColumnSpec & { readonly description?: string }): string {
  const { kind, levels, pattern, nullable, ...more } = spec;
  const plain = formatLiteral({ ...(nullable ? { nullable } : {}), ...more });
  const matched = `pattern: new RegExp(${text(pattern ?? "")})`;
  const inner = plain === "{}" ? "" : `${plain.slice(2, -2)}, `;
  const told = pattern === undefined ? plain : `{ ${inner}${matched} }`;
  const options = told === "{}" ? [] : [told];
  const first = kind === "category" ? [formatLiteral(levels ?? [])] : [];
  return `${kind}(${[...first, ...options].join(", ")})`;
}
