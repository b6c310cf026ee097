/** @file Aggregations over windows of time that tiles can keep. */
import { type NumberExpr, toSql } from "../../table/index.ts";
import { type Span, spanMs } from "../table/span.ts";

/** What is summed up of a window. */
export type WindowAggregate = "sum" | "mean" | "min" | "max" | "count";

/** One aggregation over the time before a moment. */
export interface WindowMeasure<R extends string = string> {
  readonly aggregate: WindowAggregate;
  /** SQL of the number; null for `count` of rows. */
  readonly sql: string | null;
  readonly reads: readonly R[];
  readonly ms: number;
}

/** Makes aggregations; a window is [t − span, t), and its numbers are those that are finite. */
export interface WindowBuilder {
  sum<R extends string>(of: NumberExpr<R>, span: Span): WindowMeasure<R>;
  mean<R extends string>(of: NumberExpr<R>, span: Span): WindowMeasure<R>;
  min<R extends string>(of: NumberExpr<R>, span: Span): WindowMeasure<R>;
  max<R extends string>(of: NumberExpr<R>, span: Span): WindowMeasure<R>;
  /** How many rows there are. */
  count(span: Span): WindowMeasure<never>;
}

const of =
  (aggregate: WindowAggregate) =>
  <R extends string>(expr: NumberExpr<R>, span: Span): WindowMeasure<R> => {
    const x = toSql(expr);
    const sql = `CASE WHEN isfinite(${x}) THEN ${x} END`;
    return { aggregate, sql, reads: expr.reads, ms: spanMs(aggregate, span) };
  };

/** The builder that definitions are given. */
export const windowBuilder: WindowBuilder = {
  sum: of("sum"),
  mean: of("mean"),
  min: of("min"),
  max: of("max"),
  count: (span) => ({ aggregate: "count", sql: null, reads: [], ms: spanMs("count", span) }),
};

/** What a tile keeps of each different number: its columns, and their SQL over rows of the source. */
export interface TilePart {
  readonly column: string;
  readonly sql: string;
  /** Whether it counts rows: a whole number, 0 where there are none. */
  readonly counts: boolean;
}

/** The columns of a tile that a measure is made of. */
export interface MeasureParts {
  readonly n: string;
  readonly value: string | null;
}

/** What tiles keep for some measures, and where each measure finds it. */
export function tileParts(
  measures: readonly WindowMeasure[],
  time: string,
): { readonly parts: readonly TilePart[]; readonly of: readonly MeasureParts[] } {
  const numbers = [...new Set(measures.flatMap(({ sql }) => (sql === null ? [] : [sql])))];
  const parts = new Map<string, string>([["rows", "count(*)"]]);
  const found = measures.map(({ aggregate, sql }): MeasureParts => {
    if (sql === null) return { n: "rows", value: null };
    const i = numbers.indexOf(sql);
    const kept = aggregate === "mean" ? "sum" : aggregate;
    parts.set(`n${i}`, `count(${sql})`);
    // In the order of time, so that a sum has the same bits however many threads make it.
    parts.set(
      `${kept}${i}`,
      kept === "sum" ? `sum(${sql} ORDER BY ${time}, ${sql})` : `${kept}(${sql})`,
    );
    return { n: `n${i}`, value: `${kept}${i}` };
  });
  return {
    parts: [...parts].map(([column, sql]) => ({ column, sql, counts: sql.startsWith("count(") })),
    of: found,
  };
}
