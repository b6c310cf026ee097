/** @file What is to be told, as numbers: true and false, or a number. */
import { type Frame, quoteName } from "../../table/index.ts";
import { fail } from "../errors.ts";

/** A label as an expression of numbers. */
export interface LabelNumbers {
  readonly name: string;
  /** SQL of a DOUBLE: 0 and 1, or a number; null where the label is missing. */
  readonly sql: string;
  readonly isBool: boolean;
  /** Whether there are so many rows that a column which tells the label is no wonder of chance. */
  readonly enough: boolean;
}

/** With fewer labels, or with fewer of either kind, any column may tell them by chance. */
const least = { rows: 30, ofEach: 5 };

/** The label as numbers. A text may be one of two values, or a number. Throws `feature/unsupported-label`. */
export async function labelNumbers(rows: Frame, name: string): Promise<LabelNumbers> {
  const kind = rows.schema.columns[name]?.kind ?? "missing";
  const of = await numbersOf(rows, name, kind);
  const [row] = await rows.engine.query(
    `SELECT count(y) AS n, least(count(*) FILTER (y = 0), count(*) FILTER (y = 1)) AS rare FROM (SELECT ${of.sql} AS y FROM (${rows.sql}))`,
  );
  const [n, rare] = [Number(row?.["n"]), Number(row?.["rare"])];
  return { name, ...of, enough: n >= least.rows && (!of.isBool || rare >= least.ofEach) };
}

async function numbersOf(rows: Frame, label: string, kind: string) {
  const name = quoteName(label);
  if (kind === "bool") return { sql: `CAST(${name} AS DOUBLE)`, isBool: true };
  if (kind === "int" || kind === "float") return { sql: `CAST(${name} AS DOUBLE)`, isBool: false };
  const refuse = (got: string): never =>
    fail("feature/unsupported-label", { at: "findLeaks", label, got });
  if (kind === "timestamp") return refuse("moments");
  const [found] = await rows.engine.query(
    `SELECT count(DISTINCT ${name}) AS values, count(${name}) = count(TRY_CAST(${name} AS DOUBLE)) AS numbers FROM (${rows.sql})`,
  );
  const values = Number(found?.["values"]);
  if (values <= 2) {
    const last = `(SELECT max(${name}) FROM (${rows.sql}))`;
    return { sql: `CAST(${name} = ${last} AS DOUBLE)`, isBool: true };
  }
  if (found?.["numbers"] !== true) return refuse(`${values} different texts`);
  return { sql: `TRY_CAST(${name} AS DOUBLE)`, isBool: false };
}
