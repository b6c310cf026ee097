/** @file What is counted of each column before features are proposed. */
import type { ColumnKind } from "../../flow.ts";
import { type Frame, quoteName } from "../../table/index.ts";

/** One column of some rows, in numbers. */
export interface ColumnFacts {
  readonly column: string;
  readonly kind: ColumnKind;
  readonly rows: number;
  readonly missing: number;
  /** How many different values there are. */
  readonly distinct: number;
  /** Of a text, the mean number of words; 0 of everything else. */
  readonly words: number;
}

/** The facts of columns, from one query. O(n · d). */
export async function columnFacts(
  rows: Frame,
  columns: readonly string[],
): Promise<readonly ColumnFacts[]> {
  const asked = columns.flatMap((column, i) => {
    const name = quoteName(column);
    const isText = rows.schema.columns[column]?.kind === "text";
    const words = `avg(length(trim(${name})) - length(replace(trim(${name}), ' ', '')) + 1)`;
    return [
      `count(${name}) AS present_${i}`,
      `count(DISTINCT ${name}) AS distinct_${i}`,
      `${isText ? words : "0"} AS words_${i}`,
    ];
  });
  const [found = {}] = await rows.engine.query(
    `SELECT count(*) AS all_rows, ${["1 AS one", ...asked].join(", ")} FROM (${rows.sql})`,
  );
  const all = Number(found["all_rows"]);
  return columns.map((column, i) => ({
    column,
    kind: rows.schema.columns[column]?.kind ?? "text",
    rows: all,
    missing: all - Number(found[`present_${i}`]),
    distinct: Number(found[`distinct_${i}`]),
    words: Number(found[`words_${i}`] ?? 0),
  }));
}
