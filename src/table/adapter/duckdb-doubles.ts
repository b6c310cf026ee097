/** @file Columns of numbers, read where they lie in DuckDB's memory while it makes the next. */
import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import bindings, { type DataChunk } from "@duckdb/node-bindings";

/** How the columns of a result are taken, some thousand rows at a time. */
export interface TakeDoubles {
  /**
   * Takes the columns of some rows, from the row `from` on, of `rows` in all; they are its own until it returns. It
   * begins anew at 0 when there turn out to be more rows, or fewer.
   */
  take(part: readonly Float64Array[], from: number, rows: number): void;
  /** How many rows there are, where that is known: then they are taken while the engine makes the next. */
  readonly rows?: number | undefined;
}

const presentDoubles = (sql: string): string =>
  `SELECT coalesce(COLUMNS(*), 'nan'::DOUBLE) FROM (${sql})`;

/** A column of a chunk whose type is DOUBLE, as it lies in memory. */
function doublesIn(chunk: DuckDBDataChunk, column: number): Float64Array {
  const { chunk: raw } = chunk as unknown as { readonly chunk: DataChunk };
  const size = chunk.rowCount * Float64Array.BYTES_PER_ELEMENT;
  const bytes = bindings.vector_get_data(bindings.data_chunk_get_vector(raw, column), size);
  return new Float64Array(bytes.buffer, bytes.byteOffset, chunk.rowCount);
}

/** Every column of a result, null as NaN. */
export async function doublesOf(
  connection: DuckDBConnection,
  sql: string,
): Promise<Float64Array<ArrayBuffer>[]> {
  const { chunks, columns: count, rows } = await allOf(connection, sql);
  const columns = Array.from({ length: count }, () => new Float64Array(rows));
  for (const { chunk, from } of chunks)
    for (const [j, column] of columns.entries()) column.set(doublesIn(chunk, j), from);
  return columns;
}

/** All chunks of a result, which the engine makes while the last ones are taken. */
async function allOf(connection: DuckDBConnection, sql: string) {
  const chunks: { readonly chunk: DuckDBDataChunk; readonly from: number }[] = [];
  let rows = 0;
  const columns = await eachChunk(connection, sql, (chunk) => {
    chunks.push({ chunk, from: rows });
    rows += chunk.rowCount;
  });
  return { chunks, columns, rows };
}

/** Hands over chunks in order, each while the engine makes the next; gives the number of columns. */
async function eachChunk(
  connection: DuckDBConnection,
  sql: string,
  take: (chunk: DuckDBDataChunk) => void,
): Promise<number> {
  const result = await connection.stream(presentDoubles(sql));
  let next = result.fetchChunk();
  try {
    for (let chunk = await next; chunk !== null && chunk.rowCount > 0; chunk = await next) {
      next = result.fetchChunk();
      take(chunk);
    }
  } finally {
    await next.catch(() => undefined); // the connection is free when nothing is under way
  }
  return result.columnCount;
}

const columnsIn = (chunk: DuckDBDataChunk, count: number): readonly Float64Array[] =>
  Array.from({ length: count }, (_, j) => doublesIn(chunk, j));

/** Hands over columns with the number of all rows: while the engine works where it is known, else afterwards. */
export async function takeDoubles(
  connection: DuckDBConnection,
  sql: string,
  { take, rows: expected }: TakeDoubles,
): Promise<void> {
  if (expected !== undefined) {
    let from = 0;
    await eachChunk(connection, sql, (chunk) => {
      if (from + chunk.rowCount <= expected)
        take(columnsIn(chunk, chunk.columnCount), from, expected);
      from += chunk.rowCount;
    });
    if (from === expected) return;
  }
  const { chunks, columns, rows } = await allOf(connection, sql);
  for (const { chunk, from } of chunks) take(columnsIn(chunk, columns), from, rows);
}

/** Hands over columns as they come, and keeps none. */
export async function streamDoubles(
  connection: DuckDBConnection,
  sql: string,
  take: (part: readonly Float64Array[]) => void,
): Promise<void> {
  await eachChunk(connection, sql, (chunk) => take(columnsIn(chunk, chunk.columnCount)));
}
