/** @file The ids of requests: what may be one, and how the rows of one request share it. */
import { fail } from "./errors.ts";

const allowed = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

/**
 * Refuses an id that could not stand in a header or a table, and returns it otherwise.
 *
 * @param at - Who asks, for the error.
 * @throws `serve/mismatch-request-id`
 * @example
 * ```ts
 * checkRequestId("example", "r-1") // => "r-1"
 * ```
 */
export function checkRequestId(at: string, id: unknown): string {
  return typeof id === "string" && allowed.test(id)
    ? id
    : fail("serve/mismatch-request-id", { at, got: id });
}

/** The id of each of `rows` rows: the request's own for one row, `id/0`, `id/1` … for more. */
export function rowIds(id: string, rows: number): readonly string[] {
  return rows === 1 ? [id] : Array.from({ length: rows }, (_, i) => `${id}/${i}`);
}
