/** @file Why a column cannot tell when its row was true, and what makes moments of it. */
import { quoteName } from "../../table/index.ts";

/** The column, what is wrong with it, and what to do. */
export interface MomentFault {
  readonly column: string;
  readonly reason: string;
  readonly advice: string;
}

/** Times of a wall clock. */
export const localTimes = (column: string, reason: string): MomentFault => ({
  ...{ column, reason },
  advice: `Give a moment in UTC; in SQL, timezone('Europe/Paris', ${quoteName(column)}) makes one of a local time`,
});

/** Texts. */
export const textTimes = (column: string): MomentFault => ({
  ...{ column, reason: "it is a text" },
  advice: `In SQL, CAST(${quoteName(column)} AS TIMESTAMPTZ) reads texts that end in their zone, timezone('Europe/Paris', CAST(${quoteName(column)} AS TIMESTAMP)) those of a local time`,
});

/** A column of another kind. */
export function noTimes(column: string, kind: string): MomentFault {
  if (kind === "text") return textTimes(column);
  return { column, reason: `it is a ${kind} column`, advice: "Name a timestamp column" };
}
