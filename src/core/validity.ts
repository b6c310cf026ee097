/** @file Whether what is true from a moment on counts at another. */

/** `expired`: older than its ttl; `future`: true from a later moment only. */
export type Validity = "valid" | "expired" | "future";

/**
 * Judges by age: valid when 0 ≤ nowMs − atMs ≤ ttlMs. What has no moment is always valid; without a ttl any age will do.
 *
 * @param is - The moment, and the most that it may be old; milliseconds.
 */
export function validityOf(
  is: { readonly atMs: number | null; readonly ttlMs: number | null },
  nowMs: number,
): Validity {
  const { atMs, ttlMs } = is;
  if (atMs === null) return "valid";
  if (atMs > nowMs) return "future";
  return ttlMs === null || nowMs - atMs <= ttlMs ? "valid" : "expired";
}
