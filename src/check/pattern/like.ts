/** @file SQL's LIKE patterns, for one value: `%` is any text, `_` any one character. */

/**
 * A LIKE pattern as a regular expression that matches whole texts; case matters.
 *
 * @param pattern - Characters, `%` and `_`.
 * @param sign - The character that makes the next one stand for itself; none by default.
 * @example
 * ```ts
 * likeRegex("a_c%").test("abcde") // => true
 * likeRegex("50!%", "!").test("50%") // => true
 * ```
 */
export function likeRegex(pattern: string, sign?: string): RegExp {
  let source = "";
  let escaped = false;
  for (const char of pattern) {
    if (!escaped && char === sign) escaped = true;
    else {
      source += !escaped && char === "%" ? "[^]*" : !escaped && char === "_" ? "[^]" : plain(char);
      escaped = false;
    }
  }
  return new RegExp(`^${source}$`, "u");
}

const plain = (char: string): string => (/[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char);
