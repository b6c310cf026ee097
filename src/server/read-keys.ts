/** @file The body of a request for features by key. */
import { didYouMean, list } from "../core/index.ts";
import type { LookUp } from "../serve/index.ts";
import { fail } from "./errors.ts";
import { isFields, maxRows, wordFor } from "./invocation.ts";

const fields = ["keys", "features"];

/**
 * Reads `{ "keys": [{…}, …], "features": [names] }`; without `features` all are meant. The keys are not
 * looked at; who looks them up checks them.
 *
 * @throws `server/mismatch-body`, `server/out-of-range-rows`
 */
export function readKeys(body: unknown): Pick<LookUp, "keys" | "features"> {
  const mismatch = (at: string, expected: string, got: string): never =>
    fail("server/mismatch-body", { at, expected, got });
  if (!isFields(body))
    return mismatch("the body", 'an object with "keys", and "features" if not all', wordFor(body));
  const other = Object.keys(body).find((name) => !fields.includes(name));
  if (other !== undefined)
    mismatch("the body", `the keys ${list(fields)}`, `"${other}".${didYouMean(other, fields)}`);
  const { keys, features } = body;
  if (!Array.isArray(keys))
    return mismatch("keys", "a list of keys, each an object", wordFor(keys));
  if (keys.length < 1 || keys.length > maxRows)
    fail("server/out-of-range-rows", { rows: keys.length, limit: maxRows });
  if (features === undefined || features === null) return { keys };
  if (!Array.isArray(features) || features.some((name) => typeof name !== "string"))
    return mismatch("features", "a list of names", wordFor(features));
  return { keys, features: features.map(String) };
}
