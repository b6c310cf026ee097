/** @file Aggregations over windows of time that tiles can keep. */
import { formatJson } from "../../core/index.ts";
import { type ExprNode, type NumberExpr, quoteName, toSql } from "../../table/index.ts";
import { type Span, spanMs } from "../table/span.ts";

/** What is summed up of a window. */
export type WindowAggregate = "sum" | "mean" | "min" | "max" | "count";

/** One aggregation over the time before a moment. */
export interface WindowMeasure<R extends string = string> {
  readonly aggregate: WindowAggregate;
  /** SQL of the number; null for `count` of rows. */
  readonly sql: string | null;
  /** As people read it, and the same for the same meaning: `sum("paid") over 168 h`. */
  readonly text: string;
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
    const ms = spanMs(aggregate, span);
    const text = textOf(aggregate, nodeText(expr.node), ms);
    return { aggregate, sql: toSql(expr), text, reads: expr.reads, ms };
  };

/** An expression as calls: `times("paid", 100)`. */
function nodeText(node: ExprNode): string {
  if (node.op === "column") return quoteName(node.name);
  if (node.op === "literal")
    return typeof node.value === "string"
      ? `'${node.value.replaceAll("'", "''")}'`
      : String(node.value);
  const params = node.params === undefined ? [] : [formatJson(node.params)];
  return `${node.operation}(${[...node.args.map(nodeText), ...params].join(", ")})`;
}

const textOf = (aggregate: WindowAggregate, of: string, ms: number): string =>
  `${aggregate}(${of}) over ${ms / 3_600_000} h`;

/** The builder that definitions are given. */
export const windowBuilder: WindowBuilder = {
  sum: of("sum"),
  mean: of("mean"),
  min: of("min"),
  max: of("max"),
  count: (span) => {
    const ms = spanMs("count", span);
    return { aggregate: "count", sql: null, text: textOf("count", "*", ms), reads: [], ms };
  },
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
    const x = `CASE WHEN isfinite(${sql}) THEN ${sql} END`;
    const kept = aggregate === "mean" ? "sum" : aggregate;
    parts.set(`n${i}`, `count(${x})`);
    // In the order of time, so that a sum has the same bits however many threads make it.
    parts.set(`${kept}${i}`, kept === "sum" ? `sum(${x} ORDER BY ${time}, ${x})` : `${kept}(${x})`);
    return { n: `n${i}`, value: `${kept}${i}` };
  });
  return {
    parts: [...parts].map(([column, sql]) => ({ column, sql, counts: sql.startsWith("count(") })),
    of: found,
  };
}
