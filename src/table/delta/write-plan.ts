/** @file The plan of a write of new rows: what it says of itself is the same wherever rows come from. */
import { type Action, type Add, removeOf } from "./actions.ts";
import type { Plan } from "./commit.ts";
import type { Opening } from "./opening.ts";
import type { Shape } from "./shape.ts";
import type { Written } from "./write-files.ts";

/** What a write goes into. */
interface Into {
  readonly shape: Shape;
  /** The table's rules; a write that changes them rests on what the table is. */
  readonly opening: Pick<Opening, "actions">;
}

/**
 * Plans a write of files beside those there, or in place of them.
 *
 * @param written - The new files, and what else is to be in the commit, such as marks.
 * @param replaced - The files whose place they take, all that are there, and when; absent for an append.
 */
export function writePlan(
  { shape, opening }: Into,
  { adds, rows, also = [] }: Written & { readonly also?: readonly Action[] },
  replaced?: { readonly files: Iterable<Add>; readonly atMs: number },
): Plan {
  const removes = [...(replaced?.files ?? [])].map((add) => removeOf(add, replaced?.atMs ?? 0));
  const metric =
    replaced === undefined ? { numFiles: adds.length } : { numRemovedFiles: removes.length };
  const isBlind = replaced === undefined && opening.actions.length === 0;
  return {
    operation: "WRITE",
    parameters: {
      mode: replaced === undefined ? "Append" : "Overwrite",
      partitionBy: shape.partitionBy,
    },
    metrics: { numOutputRows: rows, ...metric },
    actions: [...also, ...removes, ...adds.map((add) => ({ add }))],
    reads: isBlind ? "nothing" : "table",
  };
}
