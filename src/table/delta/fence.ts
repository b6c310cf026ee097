/** @file What keeps writers from a table that is dropped while they are at work. */
import { isMillraceError } from "../../core/index.ts";
import type { FencePass, TablePlace } from "./log.ts";

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
