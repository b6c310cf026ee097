/** @file What every online store refuses in the same words. */

import { formatJson, invariant } from "../../core/index.ts";
import type { Cell } from "../../flow.ts";
import { fail } from "./errors.ts";
import { type OnlineBatch, type OnlineState, stateText } from "./store.ts";

/** The place of a column among the features. Throws `feature/unknown-online-column`. */
export function placeOf(state: OnlineState, column: string): number {
  const place = state.columns.findIndex(({ name }) => name === column);
  return place < 0 ? unknownColumn(state, column) : place;
}

/** Throws `feature/unknown-online-column`. */
export function unknownColumn({ table, columns }: OnlineState, column: string): never {
  return fail("feature/unknown-online-column", {
    table,
    column,
    columns: columns.map(({ name }) => name),
  });
}

/** Throws `feature/mismatch-online-key` when a key has not as many parts as the table's. */
export function checkLength({ table, key }: OnlineState, given: readonly Cell[]): void {
  if (given.length === key.length) return;
  fail("feature/mismatch-online-key", {
    table,
    key: key.map(({ name }) => name),
    got: given.length,
  });
}

/** Throws `feature/conflict-materialize`. */
export function conflicted(
  table: string,
  is: { readonly expected: OnlineState | null; readonly found: OnlineState | undefined },
): never {
  const expected = is.expected?.tableVersion ?? null;
  return fail("feature/conflict-materialize", {
    table,
    expected,
    found: is.found?.tableVersion ?? null,
  });
}

/** Throws `feature/conflict-materialize` when a batch does not begin at what is there. */
export function checkFrom({ state, from }: OnlineBatch, found: OnlineState | undefined): void {
  const text = (one: OnlineState | undefined): string => (one === undefined ? "" : stateText(one));
  if (text(found) !== text(from ?? undefined)) conflicted(state.table, { expected: from, found });
}

/** A batch that leaves rows keeps the columns, which say what they are. */
export function checkShape({ state, from, replaces = false }: OnlineBatch): void {
  if (from === null || replaces) return;
  const shape = ({ key, columns }: OnlineState): string => formatJson([key, columns]);
  invariant(shape(state) === shape(from), `${state.table}: other columns need other rows`);
}
