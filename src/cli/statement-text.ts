/** @file Which command does what a statement of SQL would do. */
import type { DetailsOf } from "../core/index.ts";
import type { queryErrors } from "../table/index.ts";

const readOnly = "A query reads one version of each table; it needs no transaction";
const fromPrograms = (name: string, program: string): string =>
  `No command changes single rows, programs do; ${program} ingest adds files, ${program} restore ${name} --version N goes back`;

/** What to do instead, by the statement's word; the name is that of the table, or TABLE. */
const instead: Readonly<Record<string, (name: string, program: string) => string>> = {
  INSERT: (name, program) => `Load files: ${program} ingest FILE ${name}`,
  UPDATE: fromPrograms,
  DELETE: fromPrograms,
  MERGE: fromPrograms,
  TRUNCATE: fromPrograms,
  CREATE: (name, program) =>
    `A table is made by loading a file: ${program} ingest FILE ${name === "TABLE" ? "SCHEMA.TABLE" : name}; volumes and schemas by ${program} create`,
  DROP: (name, program) => `Run: ${program} drop ${name}`,
  ALTER: (name, program) =>
    `Expectations: ${program} attach ${name} --suite FILE.json; comments and tags: ${program} annotate ${name}`,
  RESTORE: (name, program) => `Run: ${program} restore ${name} --version N`,
  OPTIMIZE: (name, program) => `Run: ${program} optimize ${name}`,
  VACUUM: (name, program) => `Run: ${program} vacuum ${name}`,
  GRANT: (_, program) => `Run: ${program} grant PRIVILEGE NAME --to PRINCIPAL`,
  REVOKE: (_, program) => `Run: ${program} revoke PRIVILEGE NAME --to PRINCIPAL`,
  COMMENT: (name, program) => `Run: ${program} annotate ${name} --comment TEXT`,
  COPY: (name, program) =>
    `To write a file: ${program} export ${name} FILE; to load one: ${program} ingest FILE ${name}`,
  PREPARE: () => "Write the values into the query",
  EXECUTE: () => "Write the values into the query",
  BEGIN: () => readOnly,
  COMMIT: () => readOnly,
  ROLLBACK: (name, program) => `To go back: ${program} restore ${name} --version N`,
  ...Object.fromEntries(
    ["ATTACH", "DETACH", "IMPORT", "EXPORT"].map((word) => [
      word,
      (_: string, program: string) =>
        `To read files pass --files and name them in FROM; ${program} ingest loads them`,
    ]),
  ),
};

/** The sentence of a statement that is no query, with the command that does it. */
export function statementText(
  {
    at,
    statement,
    table,
    instead: usual,
  }: DetailsOf<typeof queryErrors, "table/unsupported-statement">,
  program: string,
): string {
  const advice = instead[statement]?.(table ?? "TABLE", program) ?? usual;
  return `${at}: ${statement} is no query, and sql only reads. ${advice}`;
}
