/** @file Types of expectations written as SQL: rows that must not be, and results that must agree. */
import type { Json } from "../../flow.ts";
import { quoteName } from "../../table/index.ts";
import { fail } from "../errors.ts";
import {
  type Definition,
  type Definitions,
  type Measured,
  numberOf,
  type SecondLook,
  type Site,
  textOf,
} from "./definition.ts";
import { kwargKinds as kinds, orElse, required } from "./kwargs.ts";
import { toCount } from "./values.ts";

/** At most so many rows of a query are kept in a result, and compared. */
const mostRows = 200;

/**
 * A query whose `{batch}` is the rows that are judged, and in which the other tables stand under their
 * names; `{{` and `}}` are braces.
 */
function querySql({ type, kwargs, tables }: Site, kwarg: string): string {
  const text = textOf(kwargs, kwarg).replace(/[;\s]+$/, "");
  const reason = 'a brace that is neither "{batch}" nor doubled';
  const sql = text.replaceAll(/\{\{|\}\}|\{batch\}|[{}]/g, (brace) => {
    if (brace === "{batch}") return "batch";
    return brace.length === 2 ? brace.charAt(0) : fail("check/failed-query", { type, reason });
  });
  const others = Object.entries(tables).map(
    ([name, other]) => `${quoteName(name)} AS NOT MATERIALIZED (${other.sql})`,
  );
  return others.length === 0 ? sql : `WITH ${others.join(", ")} SELECT * FROM (${sql})`;
}

type Row = Readonly<Record<string, Json>>;

const noRows: Definition = {
  kwargs: { unexpected_rows_query: required(kinds.name) },
  conditional: false,
  mostly: false,
  about: () => [],
  says: (kwargs) => `no rows come from ${textOf(kwargs, "unexpected_rows_query")}`,
  plan: (site) => {
    const sql = querySql(site, "unexpected_rows_query");
    return {
      kind: "measure",
      asks: [`(SELECT count(*) FROM (${sql}))`],
      judge: ([count]) => ({
        success: toCount(count) === 0,
        result: {
          observed_value: toCount(count),
          ...(toCount(count) === 0 ? { details: { unexpected_rows: [] } } : {}),
        },
      }),
      look: async (measured, second) => {
        if (!second.complete) return measured;
        const rows = await second.rows(`SELECT * FROM (${sql}) LIMIT ${mostRows}`);
        const details = { unexpected_rows: rows };
        return { ...measured, result: { ...measured.result, details } };
      },
    };
  },
};

/** Rows with how often each stands there, by their values in order. */
function tally(rows: readonly Row[]): Map<string, { readonly row: Row; count: number }> {
  const found = new Map<string, { readonly row: Row; count: number }>();
  for (const row of rows) {
    const key = JSON.stringify(Object.values(row));
    const one = found.get(key) ?? { row, count: 0 };
    one.count += 1;
    found.set(key, one);
  }
  return found;
}

/** Rows of the first that the second has not, each as often as it is more. */
function without(first: ReturnType<typeof tally>, second: ReturnType<typeof tally>): Row[] {
  return [...first].flatMap(([key, { row, count }]) =>
    Array.from({ length: Math.max(count - (second.get(key)?.count ?? 0), 0) }, () => row),
  );
}

function compare(base: readonly Row[], other: readonly Row[], mostly: number): Measured {
  const [mine, theirs] = [tally(base), tally(other)];
  const missing = without(theirs, mine);
  const larger = Math.max(base.length, other.length);
  const matches = other.length - missing.length;
  const percent = larger === 0 ? 0 : (1 - matches / larger) * 100;
  return {
    success: 100 - percent >= mostly * 100,
    result: {
      unexpected_count: larger - matches,
      unexpected_percent: percent,
      details: { missing_rows: missing, unexpected_rows: without(mine, theirs) },
    },
  };
}

const sameResults: Definition = {
  kwargs: {
    base_query: required(kinds.name),
    comparison_data_source_name: required(kinds.name),
    comparison_query: required(kinds.name),
    mostly: orElse(kinds.share, 1),
  },
  conditional: false,
  mostly: false,
  about: () => [],
  says: (kwargs) =>
    `${textOf(kwargs, "base_query")} gives what ${textOf(kwargs, "comparison_query")} gives in ${textOf(kwargs, "comparison_data_source_name")}`,
  plan: (site) => {
    const { type, kwargs, sources } = site;
    const base = querySql(site, "base_query");
    const name = textOf(kwargs, "comparison_data_source_name");
    const source =
      sources[name] ?? fail("check/missing-table", { type, name, known: Object.keys(sources) });
    const look = async (_: Measured, second: SecondLook): Promise<Measured> => {
      const mine = await second.rows(`SELECT * FROM (${base}) LIMIT ${mostRows}`);
      const theirs = await source(textOf(kwargs, "comparison_query"));
      const judged = compare(mine, theirs.slice(0, mostRows), numberOf(kwargs, "mostly") ?? 1);
      const { details, ...result } = judged.result;
      return second.complete ? judged : { ...judged, result };
    };
    return { kind: "measure", asks: [], judge: () => ({ success: false, result: {} }), look };
  },
};

export const queryMeasures: Definitions = {
  unexpected_rows_expectation: noRows,
  expect_query_results_to_match_comparison: sameResults,
};
