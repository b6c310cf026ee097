/** @file The rows of features that tiles make: at which moments they are told, and what they say. */
import { quoteName } from "../../table/index.ts";
import { rowKeyOf } from "../table/feature-table.ts";
import { tileParts } from "./measures.ts";
import { momentSql, names, type WindowsPlan } from "./plan.ts";

/** Until when features are told, and what was told before. */
export interface TellingParts {
  /** A SELECT of all tiles. */
  readonly tiles: string;
  readonly untilMs: number;
  /** From when on what is told now is known. */
  readonly seenMs: number;
  /** Absent where nothing was told yet: then all was known when it was. */
  readonly before:
    | {
        readonly untilMs: number;
        /** A SELECT of the rows that are there. */
        readonly rows: string;
        /** A SELECT of the tiles that changed since. */
        readonly touched: string;
      }
    | undefined;
}

/** A SELECT of the rows of features at the moments at which a window changed, in the order of their keys. */
export function rowsSql(plan: WindowsPlan, parts: TellingParts): string {
  const values = valuesSql(plan, { moments: momentsSql(plan, parts), all: parts.tiles });
  return `SELECT ${names(Object.keys(plan.table.schema.columns))} FROM (${values}) ORDER BY ${names(rowKeyOf(plan.table))}`;
}

/** Entities and moments at which features are told, and from when on they were known. */
function momentsSql(plan: WindowsPlan, { tiles, untilMs, seenMs, before }: TellingParts): string {
  const { entity } = plan;
  const by = names(entity);
  const until = momentSql(untilMs);
  const ends = changesAfter(plan).map((ms) => `tile + to_milliseconds(${ms})`);
  const told = (of: string): string =>
    `SELECT ${by}, unnest([${ends.join(", ")}]) AS window_end FROM (${of})`;
  if (before === undefined)
    return `SELECT DISTINCT ${by}, window_end, window_end AS known_at FROM (${told(tiles)}) WHERE window_end <= ${until}`;
  const [last, seen] = [momentSql(before.untilMs), momentSql(seenMs)];
  const longest = Math.max(...changesAfter(plan));
  const earlier = `SELECT ${by}, window_end FROM (${told(before.touched)})
    UNION ALL SELECT ${entity.map((name) => `f.${quoteName(name)}`).join(", ")}, f.window_end
      FROM (${before.rows}) f JOIN (${before.touched}) d USING (${by})
      WHERE f.window_end > d.tile AND f.window_end <= d.tile + to_milliseconds(${longest})`;
  return `
    SELECT DISTINCT ${by}, window_end, ${seen} AS known_at FROM (${told(tiles)})
      WHERE window_end > ${last} AND window_end <= ${until}
    UNION ALL SELECT DISTINCT ${by}, window_end, ${seen} AS known_at FROM (${earlier})
      WHERE window_end <= ${last}`;
}

/** How long after the start of a tile windows change: when it enters, and when it has left each. */
function changesAfter({ everyMs, measures }: WindowsPlan): readonly number[] {
  return [everyMs, ...new Set(measures.map(([, { ms }]) => ms + everyMs))];
}

/** The aggregations of the tiles before each moment. */
function valuesSql(
  { entity, measures }: WindowsPlan,
  { moments, all }: { readonly moments: string; readonly all: string },
): string {
  const longest = Math.max(...measures.map(([, { ms }]) => ms));
  const { of } = tileParts(
    measures.map(([, measure]) => measure),
    "",
  );
  const values = measures.map(([name, { aggregate, ms }], i) => {
    const { n, value } = of[i] ?? { n: "rows", value: null };
    const within = `FILTER (t.tile >= m.window_end - to_milliseconds(${ms}))`;
    const count = `coalesce(sum(t.${n}) ${within}, 0)::DOUBLE`;
    if (value === null) return `${count} AS ${quoteName(name)}`;
    const kept =
      aggregate === "min" || aggregate === "max"
        ? `${aggregate}(t.${value})`
        : `sum(t.${value} ORDER BY t.tile)`;
    const whole = aggregate === "mean" ? `${kept} ${within} / ${count}` : `${kept} ${within}`;
    return `CASE WHEN ${count} > 0 THEN ${whole} END AS ${quoteName(name)}`;
  });
  const keys = [...entity.map(quoteName), "window_end", "known_at"].map((name) => `m.${name}`);
  const same = entity.map((name) => `t.${quoteName(name)} = m.${quoteName(name)}`).join(" AND ");
  return `SELECT ${keys.join(", ")}, ${values.join(", ")} FROM (${moments}) m LEFT JOIN (${all}) t
    ON ${same} AND t.tile < m.window_end AND t.tile >= m.window_end - to_milliseconds(${longest})
    GROUP BY ${keys.join(", ")}`;
}
