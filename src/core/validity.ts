/** @file Whether what is true from a moment on counts at another. */

/** `expired`: older than its ttl, or of windows that were not refreshed since; `future`: true from a later moment only. */
export type Validity = "valid" | "expired" | "future";

/**
 * Judges by age: valid when 0 ≤ nowMs − atMs ≤ ttlMs and nowMs < toldBeforeMs. What has no moment is always valid;
 * without a ttl any age will do.
 *
 * @param is - The moment, the most that it may be old, and before when anything is told; milliseconds.
 */
export function validityOf(
  is: {
    readonly atMs: number | null;
    readonly ttlMs: number | null;
    readonly toldBeforeMs: number | null;
  },
  nowMs: number,
): Validity {
  const { atMs, ttlMs, toldBeforeMs } = is;
  if (atMs === null) return "valid";
  if (atMs > nowMs) return "future";
  if (toldBeforeMs !== null && nowMs >= toldBeforeMs) return "expired";
  return ttlMs === null || nowMs - atMs <= ttlMs ? "valid" : "expired";
}
