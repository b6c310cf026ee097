/** @file The keys of a MERGE: those of the source must be there once, and say which files can match. */
import { fail } from "../errors.ts";
import type { Value } from "../expr/index.ts";
import { quoteName } from "../sql-text.ts";
import type { Add } from "./actions.ts";
import { order, rangesOf } from "./prune.ts";
import type { Shape } from "./shape.ts";
import type { Writer } from "./write-files.ts";

const sourceMark = "\u001f";

/** The name under which a MERGE knows a column of its source; no schema's column can have it. */
export const sourceName = (column: string): string => `${sourceMark}${column}`;

/** The column of the source that such a name stands for; undefined for a column of the table. */
export const columnInSource = (name: string): string | undefined =>
  name.startsWith(sourceMark) ? name.slice(sourceMark.length) : undefined;

const inSource = (column: string): string => quoteName(sourceName(column));

/** What decides which rows match. */
export interface MatchKeys {
  /** A table of the engine with the source's rows, its columns named by {@link sourceName}. */
  readonly source: string;
  readonly shape: Shape;
  /** Columns equal in both, or a condition. */
  readonly on: readonly string[] | { readonly sql: string };
}

/**
 * Every row of the source has a key, and no two have the same.
 *
 * @throws `table/mismatch-null`, `table/duplicate-key`
 */
export async function checkKeys(
  { place, engine }: Writer,
  { source, on }: { source: string; on: readonly string[] },
): Promise<void> {
  const { name } = place;
  const nulls = on.map((column, i) => `count(*) FILTER (${inSource(column)} IS NULL) AS n${i}`);
  const [counted] = await engine.query(`SELECT ${nulls.join(", ")} FROM ${source}`);
  for (const [i, column] of on.entries()) {
    const rows = Number(counted?.[`n${i}`] ?? 0);
    if (rows > 0) fail("table/mismatch-null", { name, column, rows });
  }
  const key = on.map(inSource).join(", ");
  const twice = `SELECT ${key} FROM ${source} GROUP BY ${key} HAVING count(*) > 1`;
  const [found] = await engine.query(`SELECT count(*) AS n FROM (${twice})`);
  const keys = Number(found?.["n"] ?? 0);
  if (keys === 0) return;
  const [sample] = await engine.query(`${twice} ORDER BY ${key} LIMIT 1`);
  fail("table/duplicate-key", { name, on, keys, sample: Object.values(sample ?? {})[0] });
}

/** The columns of a table of matches; no column of a schema can have such a name. */
export const match = {
  /** The number of the file of the table's row, and the row's number in it. */
  file: '"\u001ef"',
  row: '"\u001ep"',
  /** The number of the source's row. */
  source: '"\u001er"',
  /** The number of the clause that decides, or -1. */
  clause: '"\u001ea"',
} as const;

/** No row of the table may be changed by several rows of the source. Throws `table/duplicate-match`. */
export async function checkMatches({ place, engine }: Writer, matches: string): Promise<void> {
  const { file, row, clause } = match;
  const [found] = await engine.query(
    `SELECT count(*) AS n FROM (SELECT ${file}, ${row} FROM ${matches} WHERE ${file} IS NOT NULL AND ${clause} >= 0 GROUP BY ${file}, ${row} HAVING count(*) > 1)`,
  );
  const rows = Number(found?.["n"] ?? 0);
  if (rows > 0) fail("table/duplicate-match", { name: place.name, rows });
}

/** The files whose smallest and largest keys let them hold a key of the source. */
export async function pruneByKeys(
  { engine }: Writer,
  { on, shape, source }: MatchKeys,
  files: readonly Add[],
): Promise<readonly Add[]> {
  if ("sql" in on || files.length === 0) return files;
  const bounds = on.flatMap((key, i) => {
    const column = inSource(key);
    const kind = shape.columns[key]?.kind;
    const time = kind === "timestamp" ? `epoch_ms(${column})` : column;
    const value =
      kind === "text" || kind === "category" || kind === "bool" ? column : `${time}::DOUBLE`;
    return [`min(${value}) AS min${i}`, `max(${value}) AS max${i}`];
  });
  const [row] = await engine.query(`SELECT ${bounds.join(", ")} FROM ${source}`);
  const wanted = on.map((key, i) => ({
    key,
    min: (row?.[`min${i}`] ?? null) as Value,
    max: (row?.[`max${i}`] ?? null) as Value,
  }));
  return files.filter((add) => {
    const ranges = rangesOf(add, shape);
    return wanted.every(({ key, min, max }) => {
      const have = ranges(key);
      if (!have.present) return false;
      if (min === null || max === null) return false; // a source without keys matches nothing
      if (Number.isNaN(max)) return true; // in a join NaN is NaN, and statistics pass over it
      const below = have.max !== undefined && order(have.max, min) < 0;
      const above = have.min !== undefined && order(have.min, max) > 0;
      return !(below || above);
    });
  });
}
