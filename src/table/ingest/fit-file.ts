/** @file What a file's columns are to its table: which column is which, and what evolution makes of the others. */
import type { ColumnKind } from "../../flow.ts";
import { plainName } from "../delta/types.ts";
import type { Column, Columns } from "../schema.ts";
import { bronzeColumns, isOwnColumn, keptColumn, rescuedName } from "./bronze.ts";
import type { Delivery } from "./delivery.ts";
import { fail } from "./errors.ts";
import { checkTwins } from "./header.ts";
import type { IngestPlan } from "./options.ts";
import type { Target } from "./target.ts";

/** How a file goes into its table. */
export interface Fit {
  /** The table's columns when the file is in it. */
  readonly columns: Columns;
  /** The file's column for a column of the table; a column that is not here is missing. */
  readonly source: ReadonlyMap<string, string>;
  /** Columns that this file brought to a table that was there. */
  readonly added: readonly string[];
  /** Columns of the file that the table has not, and gets not. */
  readonly unexpected: readonly string[];
  /** Columns without a value in the file's first rows, of those whose kind was looked for. */
  readonly empty: readonly string[];
}

/** The table a file is to go into. */
export interface FitTarget {
  readonly target: Target;
  readonly plan: IngestPlan;
  /** The table's columns now; undefined when there is no table. */
  readonly columns: Columns | undefined;
}

/**
 * Finds out how a file goes into its table. A column of a name that a table may not have, such as
 * "Name (old)", goes into the column of that name without the signs, "Name_old"; into one of the very
 * name where another program made the table with it.
 *
 * @throws `table/conflict-column`, `table/mismatch-header`, `table/missing-rescued`, `table/duplicate-column`
 */
export async function fitFile(delivery: Delivery, into: FitTarget): Promise<Fit> {
  const { file, names } = delivery;
  const { plan, target } = into;
  const { evolution } = plan;
  const given = target.schema?.columns;
  const now = evolution === "add" ? (into.columns ?? given) : (given ?? into.columns);
  const named = tableNames(names, now ?? {});
  const own = names.filter((name) => isOwnColumn(named(name)));
  if (own.length > 0) fail("table/conflict-column", { file, columns: own });
  checkTwins(names, file, named);
  if (now === undefined) return fitNew(delivery, plan, named);
  const delivered = Object.keys(now).filter((name) => !isOwnColumn(name));
  if (evolution === "fail") checkHeader(file, delivered, names.map(named));
  if (evolution === "rescue" && !(rescuedName in now))
    fail("table/missing-rescued", { name: target.place.name });
  const { source, extra } = matched(delivered, names, named);
  const fit = { source, added: [], empty: [] };
  if (evolution !== "add") return { ...fit, columns: now, unexpected: extra };
  const { columns, empty } = await newColumns(delivery, { names: extra, plan, named });
  const wanted: Columns = { ...columns, ...(rescuedName in now ? {} : keptColumn) };
  for (const name of extra) source.set(named(name), name);
  const added = into.columns === undefined ? [] : Object.keys(wanted);
  return { ...fit, columns: { ...now, ...wanted }, added, unexpected: [], empty };
}

/** Which of the file's columns goes into which of the table's, and which go into none. */
function matched(
  delivered: readonly string[],
  names: readonly string[],
  named: Named,
): { readonly source: Map<string, string>; readonly extra: readonly string[] } {
  const inFile = new Map(names.map((name) => [named(name).toLowerCase(), name]));
  const source = new Map<string, string>();
  for (const name of delivered) {
    const found = inFile.get(name.toLowerCase());
    if (found !== undefined) source.set(name, found);
    inFile.delete(name.toLowerCase());
  }
  return { source, extra: [...inFile.values()] };
}

/** The name of the table's column for one of the file's. */
type Named = (name: string) => string;

function tableNames(names: readonly string[], now: Columns): Named {
  const there = new Set(Object.keys(now).map((name) => name.toLowerCase()));
  return (name) => {
    if (there.has(name.toLowerCase())) return name;
    return plainName(name) || `column${names.indexOf(name) + 1}`;
  };
}

/** A table made from its first file. */
async function fitNew(delivery: Delivery, plan: IngestPlan, named: Named): Promise<Fit> {
  const { names } = delivery;
  const { columns, empty } = await newColumns(delivery, { names, plan, named });
  return {
    columns: { ...columns, ...(plan.technical ? bronzeColumns : {}), ...keptColumn },
    source: new Map(names.map((name) => [named(name), name])),
    added: [],
    unexpected: [],
    empty,
  };
}

async function newColumns(
  delivery: Delivery,
  { names, plan, named }: { names: readonly string[]; plan: IngestPlan; named: Named },
): Promise<{ columns: Columns; empty: readonly string[] }> {
  if (names.length === 0) return { columns: {}, empty: [] };
  const typed = plan.types === "infer" || plan.format === "parquet";
  const found = typed ? await delivery.infer().catch(delivery.rethrow) : undefined;
  const columnOf = (kind: ColumnKind = "text"): Column => ({ kind, nullable: true });
  return {
    columns: Object.fromEntries(
      names.map((name) => [named(name), columnOf(found?.get(name)?.kind)]),
    ),
    empty: names.filter((name) => found?.get(name)?.empty === true).map(named),
  };
}

function checkHeader(file: string, delivered: readonly string[], header: readonly string[]): void {
  const [known, found] = [new Set(delivered), new Set(header)];
  const missing = delivered.filter((name) => !found.has(name));
  const extra = header.filter((name) => !known.has(name));
  if (missing.length > 0 || extra.length > 0)
    fail("table/mismatch-header", { file, missing, extra });
}
