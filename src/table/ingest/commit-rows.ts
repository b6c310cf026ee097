/** @file One commit of the rows of one file or several, marked so that each file is taken once. */
import type { Hash } from "../../flow.ts";
import type { Commit } from "../delta/commit.ts";
import { isDone, markOf as markAction } from "../delta/opening.ts";
import { writePlan } from "../delta/write-plan.ts";
import { droppingRules } from "../expectations/table-expectations.ts";
import type { Lake } from "../lake.ts";
import type { RowOrigin } from "../lineage/origin.ts";
import { type Columns, type Schema, schema } from "../schema.ts";
import {
  alignedSql,
  commitWrite,
  type WriteContext,
  type WriteTask,
  writeJudged,
} from "../write-rows.ts";
import type { Target } from "./target.ts";

/** Rows of files, and the table they go into. */
export interface RowsToCommit {
  readonly target: Target;
  /** The rows' columns: the table's, and new ones that may be missing. */
  readonly columns: Columns;
  /** A SELECT of exactly the rows' columns. */
  readonly sql: string;
  /** Whether new columns are added to the table. */
  readonly evolve: boolean;
  /** The files, by those of their hashes that are known, and what the columns are made of. */
  readonly origin: (files: readonly Hash[]) => RowOrigin;
  readonly confirm: (metrics: Commit["metrics"]) => Promise<void>;
}

const schemaOf = ({ target, columns }: RowsToCommit): Schema => {
  const { name } = target.place;
  return schema(target.schema?.name ?? name.split(".").at(-1) ?? name, columns);
};

/** Thrown within a commit of which a file is in the table already. */
class AlreadyThere extends Error {}

/** Rows that are dropped are told, and kept in the quarantine once, by file. Throws where there are several. */
function checkAlone(files: readonly unknown[], { judge }: WriteContext): void {
  const drops = droppingRules(judge.expectations).length > 0;
  if (drops && files.length > 1)
    throw new Error("the table drops rows: each file needs its own commit");
}

/**
 * Appends the rows of files in one commit that marks each file and adds new columns.
 *
 * @param files - The files' hashes; one that is still made is waited for when the rows are written.
 * @returns undefined when one of the files is in the table already; then nothing stays of what was written.
 */
export async function commitFiles(
  lake: Lake,
  files: readonly (Hash | Promise<Hash>)[],
  rows: RowsToCommit,
): Promise<Commit | undefined> {
  const { confirm, evolve } = rows;
  const { place, markOf } = rows.target;
  const { engine, clock, ids } = lake;
  const given = schemaOf(rows);
  const table = { place, engine, clock, ids, schema: given, options: {}, newest: undefined };
  let hashes = files.filter((file) => typeof file === "string");
  const make: WriteTask["make"] = async (context) => {
    const { snapshot, shape } = context;
    checkAlone(files, context);
    const refuseKnown = (): void => {
      if (hashes.some((file) => isDone(snapshot, markOf(file)))) throw new AlreadyThere();
    };
    refuseKnown();
    return writeJudged(context, alignedSql(rows.sql, given, shape), async (written) => {
      hashes = await Promise.all(files);
      refuseKnown();
      const also = hashes.flatMap((file) => markAction(markOf(file), clock));
      return context.sealed(writePlan(context, { ...written, also }), written.judged);
    });
  };
  try {
    return await commitWrite(table, {
      options: { confirm, evolve },
      queued: false,
      removes: false,
      lineage: () => ({ effect: "add", origin: rows.origin(hashes) }),
      make,
      mark: () => (hashes[0] === undefined ? undefined : markOf(hashes[0])),
    });
  } catch (error) {
    if (error instanceof AlreadyThere) return undefined;
    throw error;
  }
}
