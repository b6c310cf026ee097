/** @file Pages of a search: one row more than asked for says whether there is another page. */
import { type SqlCondition, sql } from "../adapter/sqlite.ts";
import { pageToken } from "./page-token.ts";

/** A page of results. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The token of the next page; undefined on the last one. */
  readonly nextPageToken: string | undefined;
}

/** Where a page begins, and how long it is. */
export interface PagePlace {
  readonly offset: number;
  readonly maxResults: number;
}

/** The page of rows of which one more than its length was asked for. */
export async function pageOf<Row, T>(
  rows: readonly Row[],
  { offset, maxResults }: PagePlace,
  details: (rows: readonly Row[]) => Promise<readonly T[]>,
): Promise<Page<T>> {
  return {
    items: await details(rows.slice(0, maxResults)),
    nextPageToken: rows.length > maxResults ? pageToken(offset + maxResults) : undefined,
  };
}

/** Whether all conditions hold; of none, true. */
export const allOf = (conditions: readonly SqlCondition[]): SqlCondition =>
  sql`${sql.join([sql`1 = 1`, ...conditions], sql` and `)}`;
