/** @file The columns of a query's result, found by the engine without reading a row. */
import type { Engine } from "../adapter/duckdb.ts";
import { complaintAbout } from "../adapter/parse-sql.ts";
import { sameKind } from "../delta/types.ts";
import type { Schema } from "../schema.ts";
import { checkNames } from "../source.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import { fail } from "./errors.ts";
import { reasonOf } from "./explain.ts";
import { type ResultColumn, resultColumn } from "./kinds.ts";

/**
 * The columns of a query. Throws `table/failed-query`, with the place that `placeOf` gives for a byte
 * of the text.
 */
export async function describeColumns(
  engine: Engine,
  text: string,
  placeOf: (byte: number) => string,
): Promise<readonly ResultColumn[]> {
  try {
    const columns = await engine.describe(`SELECT * FROM (\n${text}\n)`);
    return columns.map(({ name, type }) => resultColumn(name, type));
  } catch (cause) {
    const complaint = await complaintAbout(engine, text).catch(() => undefined);
    const { byte } = complaint ?? {};
    const reason = complaint?.reason ?? reasonOf((cause as Error).message);
    const at = byte === undefined ? null : placeOf(byte);
    return fail("table/failed-query", { at, reason }, { cause });
  }
}

/**
 * The columns as a schema wants them: the same names, in its order, of its kinds. A column that the
 * schema says is never missing fails when it is missing in a row.
 *
 * @throws `table/mismatch-columns`, `table/mismatch-result`
 */
export function fittedColumns(
  columns: readonly ResultColumn[],
  { name: at, columns: wanted }: Schema,
): readonly ResultColumn[] {
  const names = Object.keys(wanted);
  checkNames(
    `the query for ${at}`,
    names,
    columns.map(({ name }) => name),
  );
  const found = new Map(columns.map((column) => [column.name, column]));
  return names.flatMap((name) => {
    const column = found.get(name);
    const spec = wanted[name];
    if (column === undefined || spec === undefined) return [];
    const { kind } = spec;
    if (!sameKind(column.kind, kind))
      fail("table/mismatch-result", { column: name, query: column.kind, schema: kind });
    return [{ name, kind, sql: spec.nullable ? column.sql : filled(name, column.sql) }];
  });
}

function filled(name: string, cell: string): string {
  const reason = quoteText(
    `no value in column ${quoteName(name)}, which the schema says is never missing`,
  );
  return `CASE WHEN (${cell}) IS NULL THEN error(${reason}) ELSE ${cell} END`;
}
