/** @file Where the rows of a training set come from: the labels, and one version of each feature table. */
import { type Columns, type Frame, narrowed, type RowOrigin } from "../../table/index.ts";
import type { Demand } from "./demand.ts";
import type { Joined } from "./join-sql.ts";

/** What a joined frame is made of. */
export interface JoinedParts {
  readonly labels: Frame;
  readonly moment: string | undefined;
  readonly joined: readonly Joined[];
  /** One per lookup. */
  readonly tables: readonly { readonly frame: Frame }[];
  readonly demands: readonly Demand[];
  /** The columns at the end. */
  readonly columns: Columns;
}

const unknown = { from: [], unknown: true } as const;

/** The origin of the rows: keys and times decide which features stand in which row. */
export function joinOrigin(parts: JoinedParts): RowOrigin {
  const { labels, moment, joined, tables, demands } = parts;
  const columns = new Map(
    Object.keys(labels.schema.columns).map(
      (name) => [name, labels.origin?.columns.get(name) ?? unknown] as const,
    ),
  );
  for (const [i, { columns: taken }] of joined.entries())
    for (const [name, from] of Object.entries(taken))
      columns.set(name, tables[i]?.frame.origin?.columns.get(from) ?? unknown);
  for (const { name, reads } of demands) {
    const parts = reads.map((column) => columns.get(column) ?? unknown);
    columns.set(name, {
      from: parts.flatMap(({ from }) => from),
      unknown: parts.some((part) => part.unknown),
    });
  }
  const sources = [labels, ...tables.map(({ frame }) => frame)].flatMap(
    ({ origin }) => origin?.sources ?? [],
  );
  const seen = new Set<string>();
  const origin: RowOrigin = {
    sources: sources.filter((source) => {
      const key = JSON.stringify(source);
      return !seen.has(key) && seen.add(key) !== undefined;
    }),
    columns,
    rows: labels.origin?.rows ?? unknown,
  };
  const deciding = [...joined.flatMap(({ by }) => by), ...(moment === undefined ? [] : [moment])];
  const whole = narrowed(origin, deciding);
  return {
    ...whole,
    columns: new Map([...columns].filter(([name]) => Object.hasOwn(parts.columns, name))),
  };
}
