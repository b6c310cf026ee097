/** @file What errors say of a header, and of a row that breaks a check. */
import { list, quote } from "../core/index.ts";

/** Names of a header that are one column. */
export interface Twins {
  /** As they are written in the file. */
  readonly names: readonly string[];
  /** The column that they would become. */
  readonly column: string;
}

/** `the header names "id" more than once`, or `the header's "a b", "a_b" become one column, "a_b"`. */
const twinsText = ({ names, column }: Twins): string =>
  new Set(names).size === 1
    ? `the header names ${quote(names[0])} more than once`
    : `the header's ${list(names)} become one column, ${quote(column)}`;

/** The same of all twins of a header. */
export const twinsTexts = (twins: readonly Twins[]): string => twins.map(twinsText).join("; ");

/** What a header has not, and what it has beside. */
export function headerFaults(d: {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}): string {
  return [
    ...(d.missing.length === 0 ? [] : [`lacks ${list(d.missing)}`]),
    ...(d.extra.length === 0 ? [] : [`has ${list(d.extra)}, which the table has not`]),
  ].join(" and ");
}

/** A row for which a check is not true, in the columns that the check is about. */
export interface SampleRow {
  readonly values: Readonly<Record<string, string | null>>;
  /** Whether the check is neither true nor false of it, for want of a value. */
  readonly isUnknown: boolean;
}

/** `, for example n = 3`. */
export function sampleText({ values, isUnknown }: SampleRow): string {
  const cells = Object.entries(values).map(([name, value]) =>
    value === null ? `${name} missing` : `${name} = ${quote(value)}`,
  );
  const why = isUnknown ? ": a missing value makes the check neither true nor false" : "";
  return cells.length === 0 ? "" : `, for example ${cells.join(", ")}${why}`;
}
