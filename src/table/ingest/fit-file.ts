/** @file What a file's columns are to its table: which column is which, and what evolution makes of the others. */
import type { ColumnKind } from "../../flow.ts";
import type { Column, Columns } from "../schema.ts";
import { bronzeColumns, isOwnColumn, keptColumn, rescuedName } from "./bronze.ts";
import type { Delivery } from "./delivery.ts";
import { fail } from "./errors.ts";
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
 * Finds out how a file goes into its table.
 *
 * @throws `table/conflict-column`, `table/mismatch-header`, `table/missing-rescued`
 */
export async function fitFile(delivery: Delivery, into: FitTarget): Promise<Fit> {
  const { file, names } = delivery;
  const own = names.filter(isOwnColumn);
  if (own.length > 0) fail("table/conflict-column", { file, columns: own });
  const { plan, target } = into;
  const { evolution } = plan;
  const given = target.schema?.columns;
  const now = evolution === "add" ? (into.columns ?? given) : (given ?? into.columns);
  if (now === undefined) return fitNew(delivery, plan);
  const delivered = Object.keys(now).filter((name) => !isOwnColumn(name));
  if (evolution === "fail") checkHeader(file, delivered, names);
  if (evolution === "rescue" && !(rescuedName in now))
    fail("table/missing-rescued", { name: target.place.name });
  const inFile = new Map(names.map((name) => [name.toLowerCase(), name]));
  const source = new Map<string, string>();
  for (const name of delivered) {
    const found = inFile.get(name.toLowerCase());
    if (found !== undefined) source.set(name, found);
    inFile.delete(name.toLowerCase());
  }
  const extra = [...inFile.values()];
  const fit = { source, added: [], empty: [] };
  if (evolution !== "add") return { ...fit, columns: now, unexpected: extra };
  const { columns, empty } = await newColumns(delivery, { names: extra, plan });
  const wanted: Columns = { ...columns, ...(rescuedName in now ? {} : keptColumn) };
  for (const name of extra) source.set(name, name);
  const added = into.columns === undefined ? [] : Object.keys(wanted);
  return { ...fit, columns: { ...now, ...wanted }, added, unexpected: [], empty };
}

/** A table made from its first file. */
async function fitNew(delivery: Delivery, plan: IngestPlan): Promise<Fit> {
  const { names } = delivery;
  const { columns, empty } = await newColumns(delivery, { names, plan });
  return {
    columns: { ...columns, ...(plan.technical ? bronzeColumns : {}), ...keptColumn },
    source: new Map(names.map((name) => [name, name])),
    added: [],
    unexpected: [],
    empty,
  };
}

async function newColumns(
  delivery: Delivery,
  { names, plan }: { names: readonly string[]; plan: IngestPlan },
): Promise<{ columns: Columns; empty: readonly string[] }> {
  if (names.length === 0) return { columns: {}, empty: [] };
  const typed = plan.types === "infer" || plan.format === "parquet";
  const found = typed ? await delivery.infer().catch(delivery.rethrow) : undefined;
  const columnOf = (kind: ColumnKind = "text"): Column => ({ kind, nullable: true });
  return {
    columns: Object.fromEntries(names.map((name) => [name, columnOf(found?.get(name)?.kind)])),
    empty: names.filter((name) => found?.get(name)?.empty === true),
  };
}

function checkHeader(file: string, delivered: readonly string[], header: readonly string[]): void {
  const [known, found] = [new Set(delivered), new Set(header)];
  const missing = delivered.filter((name) => !found.has(name));
  const extra = header.filter((name) => !known.has(name));
  if (missing.length > 0 || extra.length > 0)
    fail("table/mismatch-header", { file, missing, extra });
}
