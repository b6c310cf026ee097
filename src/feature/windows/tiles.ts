/** @file Tiles: partial aggregates of a source, one row per entity and stretch of time. */
import {
  type Column,
  type Columns,
  float,
  int,
  type Lake,
  quoteName,
  schema,
  type Table,
  timestamp,
} from "../../table/index.ts";
import { tileParts } from "./measures.ts";
import { names, type WindowsPlan } from "./plan.ts";

/** The table of partial aggregates, one row per entity and tile. */
export function tilesOf(lake: Lake, { table, entity, measures }: WindowsPlan): Table {
  const keys = entity.map((name): readonly [string, Column] => {
    const { description: _, ...column } = table.schema.columns[name] ?? float();
    return [name, { ...column, key: true }];
  });
  const { parts } = tileParts(
    measures.map(([, measure]) => measure),
    "",
  );
  const columns: Columns = {
    ...Object.fromEntries(keys),
    tile: timestamp({ key: true }),
    ...Object.fromEntries(
      parts.map(({ column, counts }) => [column, counts ? int() : float({ nullable: true })]),
    ),
  };
  return lake.table(`${table.name}__tiles`, schema(`${table.name} tiles`, columns));
}

/** The start of the tile of a row. */
const tileSql = ({ time, everyMs }: WindowsPlan): string =>
  `make_timestamptz(CAST(floor(epoch_ms(${quoteName(time)}) / ${everyMs}) AS BIGINT) * ${everyMs * 1000})`;

/** Rows that count: of an entity, at a moment. */
const countedSql = ({ entity, time }: WindowsPlan): string =>
  [...entity, time].map((column) => `${quoteName(column)} IS NOT NULL`).join(" AND ");

/** The tiles in which rows of a source, or of its changes, are. */
export const touchedSql = (plan: WindowsPlan, rows: string): string =>
  `SELECT DISTINCT ${names(plan.entity)}, ${tileSql(plan)} AS tile FROM (${rows}) WHERE ${countedSql(plan)}`;

/** All tiles of the rows of a source. */
export function tilesSql(plan: WindowsPlan, rows: string): string {
  const { parts } = tileParts(
    plan.measures.map(([, measure]) => measure),
    quoteName(plan.time),
  );
  const kept = parts.map(({ column, sql }) => `${sql} AS ${column}`).join(", ");
  return `SELECT ${names(plan.entity)}, ${tileSql(plan)} AS tile, ${kept} FROM (${rows}) WHERE ${countedSql(plan)} GROUP BY ALL`;
}

/** Those tiles that changed; one that has no rows any more stays, with nothing in it. */
export function changedTilesSql(plan: WindowsPlan, rows: string, changed: string): string {
  const { parts } = tileParts(
    plan.measures.map(([, measure]) => measure),
    "",
  );
  const filled = parts.map(({ column, counts }) =>
    counts ? `coalesce(${column}, 0) AS ${column}` : column,
  );
  const by = names([...plan.entity, "tile"]);
  return `SELECT ${by}, ${filled.join(", ")} FROM (${changed}) LEFT JOIN (${tilesSql(plan, rows)}) USING (${by})`;
}
