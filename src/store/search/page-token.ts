/** @file Page tokens: where the next page of a search begins, in the form that MLflow's clients hand back. */
import { fail } from "../errors.ts";

/**
 * The token of a page that begins at an offset.
 *
 * @example
 * ```ts
 * parsePageToken(pageToken(20)) // => 20
 * ```
 */
export const pageToken = (offset: number): string =>
  Buffer.from(JSON.stringify({ offset })).toString("base64");

/**
 * The offset at which a page begins; 0 without a token.
 *
 * @throws `store/corrupt-page-token`
 */
export function parsePageToken(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  const corrupt = (reason: string): never => fail("store/corrupt-page-token", { token, reason });
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(token)) return corrupt("could not base64-decode");
  const text = Buffer.from(token, "base64").toString();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return corrupt(`decoded value=${text}`);
  }
  const offset =
    typeof parsed === "object" && parsed !== null && "offset" in parsed
      ? Number(parsed.offset)
      : Number.NaN;
  return Number.isSafeInteger(offset) && offset > 0 ? offset : corrupt(`parsed value=${text}`);
}
