/** @file One commit of the rows of one file or several, marked so that each file is taken once. */
import type { Hash } from "../../flow.ts";
import type { Commit, Plan } from "../delta/commit.ts";
import { markOf as markAction } from "../delta/opening.ts";
import { readSnapshot } from "../delta/snapshot.ts";
import { frame } from "../frame.ts";
import type { Lake } from "../lake.ts";
import type { RowOrigin } from "../lineage/origin.ts";
import type { OpenTable } from "../opened.ts";
import { type Columns, type Schema, schema } from "../schema.ts";
import { commitWrite, writeJudged } from "../write-rows.ts";
import { fail } from "./errors.ts";
import { isIn, markOf, type Target } from "./target.ts";

/** Rows of files, and the table they go into. */
export interface RowsToCommit {
  readonly target: Target;
  /** The rows' columns: the table's, and new ones that may be missing. */
  readonly columns: Columns;
  /** A SELECT of exactly the rows' columns. */
  readonly sql: string;
  /** Whether new columns are added to the table. */
  readonly evolve: boolean;
  /** The files, and what the columns are made of. */
  readonly origin: RowOrigin;
  readonly confirm: (metrics: Commit["metrics"]) => Promise<void>;
}

const schemaOf = ({ target, columns }: RowsToCommit): Schema => {
  const { name } = target.place;
  return schema(target.schema?.name ?? name.split(".").at(-1) ?? name, columns);
};

/**
 * Appends the rows of one file in one commit that also marks the file and adds new columns.
 *
 * @returns `skipped` when the file is in the table already; then nothing was written.
 */
export async function commitFile(lake: Lake, file: Hash, rows: RowsToCommit): Promise<Commit> {
  const given = schemaOf(rows);
  const source = frame({ engine: lake.engine, schema: given, sql: rows.sql, origin: rows.origin });
  return lake
    .table(rows.target.place.name, given)
    .append(source, { txn: markOf(file), confirm: rows.confirm, evolve: rows.evolve });
}

/** Thrown within a commit of which a file is in the table already. */
class AlreadyThere extends Error {}

/**
 * Appends the rows of several files, which all fit a table that is there, in one commit that marks
 * each of them.
 *
 * @returns Whether it did; false when one of the files is in the table already.
 */
export async function commitFiles(
  lake: Lake,
  files: readonly Hash[],
  rows: RowsToCommit,
): Promise<boolean> {
  const { confirm, evolve } = rows;
  const { place } = rows.target;
  const { engine, clock, ids } = lake;
  const table: OpenTable<Columns> = {
    ...{ place, engine, clock, ids, schema: schemaOf(rows), options: {}, newest: undefined },
    existing: async () =>
      (await readSnapshot({ place, engine })) ??
      fail("table/missing-table", { name: place.name, known: [] }),
  };
  const make: Parameters<typeof commitWrite>[1]["make"] = async (context) => {
    if (files.some((file) => isIn(context.snapshot, file))) throw new AlreadyThere();
    return writeJudged(context, rows.sql, (written) => {
      const plan: Plan = {
        operation: "WRITE",
        parameters: { mode: "Append", partitionBy: context.shape.partitionBy },
        metrics: { numOutputRows: written.rows, numFiles: written.adds.length },
        actions: [
          ...files.flatMap((file) => markAction(markOf(file), clock)),
          ...written.adds.map((add) => ({ add })),
        ],
        reads: "nothing",
      };
      return context.sealed(plan, written.judged);
    });
  };
  try {
    await commitWrite(table, {
      options: { confirm, evolve },
      queued: false,
      removes: false,
      lineage: () => ({ effect: "add", origin: rows.origin }),
      make,
    });
    return true;
  } catch (error) {
    if (error instanceof AlreadyThere) return false;
    throw error;
  }
}
