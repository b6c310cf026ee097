/** @file Rows into a new Parquet file beside the log; durable before anyone commits it. */
import { mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock, Ids } from "../../core/index.ts";
import type { ColumnKind } from "../../flow.ts";
import { duckTypes, type Engine } from "../adapter/duckdb.ts";
import { fail } from "../errors.ts";
import type { Columns } from "../schema.ts";
import { quoteName, quoteText } from "../sql-text.ts";
import type { Add } from "./actions.ts";
import type { TablePlace } from "./snapshot.ts";
import { copiedFile, deltaStats, nullCount } from "./stats.ts";

/** What writing files needs. */
export interface Writer {
  readonly place: TablePlace;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** A file written and not yet committed. */
export interface Written {
  readonly adds: readonly Add[];
  readonly rows: number;
}

/**
 * Writes the rows of a SELECT to a Parquet file in the table's folder and syncs it to the disk.
 *
 * @returns No file for no rows.
 * @throws `table/mismatch-null`, `table/mismatch-value`, `table/failed-write`; then no file is left
 */
export async function writeFiles(writer: Writer, columns: Columns, sql: string): Promise<Written> {
  const { place, engine, clock, ids } = writer;
  const path = `part-00000-${ids()}-c000.zstd.parquet`;
  const target = place.bytes.locate(`${place.folder}/${path}`);
  const select = Object.entries(columns)
    .map(([name, { kind }]) => `${cellSql(name, kind)} AS ${quoteName(name)}`)
    .join(", ");
  try {
    await mkdir(dirname(target), { recursive: true });
    const copied = await engine.queryJson(
      `COPY (SELECT ${select} FROM (${sql})) TO ${quoteText(target)} (FORMAT parquet, COMPRESSION zstd, RETURN_STATS)`,
    );
    const files = copied.map(copiedFile).filter((file) => file.count > 0);
    for (const [column, { nullable }] of Object.entries(columns)) {
      const rows = files.reduce((sum, file) => sum + nullCount(file, column), 0);
      if (!nullable && rows > 0) fail("table/mismatch-null", { name: place.name, column, rows });
    }
    if (files.length === 0) {
      await rm(target, { force: true });
      return { adds: [], rows: 0 };
    }
    await sync(target);
    const adds = files.map((file) => ({
      path,
      partitionValues: {},
      size: file.sizeBytes,
      modificationTime: clock(),
      dataChange: true,
      stats: deltaStats(file, columns),
    }));
    return { adds, rows: files.reduce((sum, file) => sum + file.count, 0) };
  } catch (cause) {
    await rm(target, { force: true }).catch(() => undefined);
    return rethrow(place.name, cause);
  }
}

/** A cell of its column's type; a number with a fraction is not rounded into a whole one. */
function cellSql(name: string, kind: ColumnKind): string {
  const cell = quoteName(name);
  if (kind !== "int") return `${cell}::${duckTypes[kind]}`;
  const words = quoteText(`column ${name} holds whole numbers, got one with a fraction`);
  return `CASE WHEN ${cell}::DOUBLE <> trunc(${cell}::DOUBLE) THEN error(${words}) ELSE ${cell}::BIGINT END`;
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Throws the engine's and the system's errors as ours, and others as they are. */
function rethrow(name: string, cause: unknown): never {
  if (!(cause instanceof Error)) throw cause;
  const reason = cause.message.split("\n")[0] ?? "";
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  if (/^(Conversion|Invalid Input|Out of Range) Error/.test(reason))
    fail("table/mismatch-value", { name, reason }, { cause });
  if (/^IO Error|No space left/.test(reason) || /^E[A-Z]+$/.test(code))
    fail("table/failed-write", { name, reason }, { cause });
  throw cause;
}
