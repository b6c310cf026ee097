/** @file What keeps writers from a table that is dropped while they are at work. */
import { isMillraceError } from "../../core/index.ts";
import type { TablePlace } from "./log.ts";

/**
 * Asked when a write begins: throws `table/conflict-drop` for a table that is being dropped, and else
 * gives what is asked before the commit, and after it.
 */
export type Fence = () => Promise<FencePass>;

/** Throws `table/conflict-drop` or `table/conflict-dropped` when the table was dropped since. */
export type FencePass = () => Promise<void>;

/** Begins a write; outside a lake nothing is dropped. */
export const beginWrite = async ({ fence }: TablePlace): Promise<FencePass> =>
  fence === undefined ? async () => undefined : fence();

/** Whether an error says that the table was dropped. */
export const isDropped = (error: unknown): boolean =>
  isMillraceError(error, "table/conflict-drop") || isMillraceError(error, "table/conflict-dropped");

/**
 * Throws why a write failed: of a table that was dropped meanwhile, whose files vanish under its
 * writers, that it was.
 */
export async function explainDrop(pass: FencePass, error: unknown): Promise<never> {
  await pass().catch((dropped: unknown) => {
    if (isDropped(dropped)) throw dropped;
  });
  throw error;
}
