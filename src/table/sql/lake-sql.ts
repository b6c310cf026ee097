/** @file lake.sql: a query over the tables of a lake as a frame, read when it is asked for. */
import { checkNames } from "../../core/index.ts";
import { type AnyRows, type Frame, frame } from "../frame.ts";
import { type Column, type Columns, type Schema, schema } from "../schema.ts";
import { quoteName } from "../sql-text.ts";
import { fittedColumns } from "./describe-columns.ts";
import { explainingEngine } from "./explain.ts";
import { type Planned, planQuery } from "./plan-query.ts";
import type { QueryLake } from "./query-lake.ts";
import type { QueryValues } from "./values.ts";

/** What `lake.sql` takes besides the query. */
export interface QueryOptions<C extends Columns = Columns> {
  /** Values of the query's parameters: a list for `?` and `$1`, names for `$name`. */
  readonly values?: QueryValues;
  /** Rows that the query names like a table of one part: `FROM customers` with { customers: frame }. */
  readonly frames?: Readonly<Record<string, AnyRows>>;
  /** Whether the query may read files of the machine (`read_csv`, `FROM 'x.parquet'`). Default false. */
  readonly files?: boolean;
  /** What the columns of the result are; they are checked, and the frame is typed by them. */
  readonly schema?: Schema<C>;
}

/** Asks a lake: with a schema in the options the frame is typed by it. */
export interface LakeSql {
  <C extends Columns>(
    query: string,
    options: QueryOptions<C> & { readonly schema: Schema<C> },
  ): Promise<Frame<C>>;
  (query: string, options?: QueryOptions): Promise<Frame>;
}

/** The method `sql` of a lake. */
export function lakeSql(lake: QueryLake): LakeSql {
  return async (query: string, options: QueryOptions = {}) => {
    checkNames("lake.sql", options, ["values", "frames", "files", "schema"]);
    const planned = await planQuery(lake, query, options);
    const localTimes = planned.columns.flatMap(({ name, isLocal }) =>
      isLocal === true ? [name] : [],
    );
    const found = { ...planned, localTimes };
    const wanted = options.schema;
    if (wanted === undefined) return frameOf(lake, found, schemaOf(planned));
    return frameOf(lake, { ...found, columns: fittedColumns(planned.columns, wanted) }, wanted);
  };
}

/** The columns as they came; any cell may be missing. */
function schemaOf({ columns }: Planned): Schema {
  const entries = columns.map(({ name, kind }): readonly [string, Column] => [
    name,
    { kind: kind === "category" ? "text" : kind, nullable: true },
  ]);
  return schema("query", Object.fromEntries(entries));
}

function frameOf<C extends Columns>(
  { engine }: QueryLake,
  { columns, text, keep, origin, localTimes }: Planned & Pick<AnyRows, "localTimes">,
  result: Schema<C>,
): Frame<C> {
  const select = columns.map(({ name, sql }) => `${sql} AS ${quoteName(name)}`);
  return frame({
    engine: explainingEngine(engine),
    schema: result,
    sql: () => `SELECT ${select.join(", ")} FROM (\n${text()}\n)`,
    keep,
    origin,
    localTimes,
  });
}
