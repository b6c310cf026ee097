/** @file Which keys, values and paths a run takes: MLflow's rules, so that its clients agree. */
import { posix } from "node:path";
import { isMillraceError } from "../core/index.ts";
import { checkKey as checkStoreKey } from "../store/index.ts";
import { fail } from "./errors.ts";

/** The longest texts, in characters, as in MLflow's `validation.py`. */
export const longest = { key: 250, param: 6000, tag: 8000, experimentName: 500 };

/**
 * Checks the key of a param, metric or tag.
 *
 * @param at - What is being logged, for the error: "logParams".
 * @throws `run/out-of-range-key` when it is empty, too long, or reads like a path out of place.
 */
export function checkLogKey(at: string, key: string): void {
  const reason = keyFault(key);
  if (reason !== undefined) fail("run/out-of-range-key", { at, key, reason });
}

function keyFault(key: string): string | undefined {
  if (key === "") return "is empty";
  if (key.length > longest.key) return `has ${key.length} characters`;
  const fault = logKeyFault(key);
  if (fault === "characters") return "has other characters in it";
  return fault === "path" ? "reads like a path" : undefined;
}

/**
 * What is wrong with the letters of a key, by MLflow's rules: characters that no key has, or names that lead elsewhere when they are
 * taken for a path.
 *
 * @example
 * ```ts
 * [logKeyFault("val/auc"), logKeyFault("a*b"), logKeyFault("a/../b")] // => [undefined, "characters", "path"]
 * ```
 */
export function logKeyFault(key: string): "characters" | "path" | undefined {
  if (!/^[\p{L}\p{N}_\-. :/]*$/u.test(key)) return "characters";
  const path = posix.normalize(key) !== key || key.endsWith("/") || key.startsWith("/");
  return path || key === "." || key.startsWith("..") ? "path" : undefined;
}

/** Checks the length of a text. Throws `run/out-of-range-value`. */
export function checkText(at: string, [key, value]: readonly [string, string], most: number): void {
  const expected = `at most ${most} characters`;
  if (value.length > most)
    fail("run/out-of-range-value", { at, key, expected, got: `${value.length}` });
}

/** Checks the path of an artifact, and returns it. Throws `run/out-of-range-path`. */
export function checkArtifactPath(path: string): string {
  try {
    return checkStoreKey(path);
  } catch (cause) {
    if (!isMillraceError(cause)) throw cause;
    return fail("run/out-of-range-path", { path, reason: cause.message }, { cause });
  }
}
