/** @file Patterns of texts such as ids: guessed from a few texts, held only if all texts match. */

const classes: readonly (readonly [string, RegExp])[] = [
  ["\\d", /^[0-9]$/],
  ["[A-Z]", /^[A-Z]$/],
  ["[a-z]", /^[a-z]$/],
  ["[0-9a-f]", /^[0-9a-f]$/],
  ["[0-9A-F]", /^[0-9A-F]$/],
  ["[A-Za-z]", /^[A-Za-z]$/],
  ["[0-9A-Z]", /^[0-9A-Z]$/],
  ["[0-9a-z]", /^[0-9a-z]$/],
  ["[0-9A-Za-z]", /^[0-9A-Za-z]$/],
];
const longestText = 64;

/**
 * Regular expressions that all the given texts match whole, the tightest first. Each position is
 * one class of characters (digits, letters, hexadecimal digits, …) or a sign that never changes.
 * The second guess gives all positions with letters or digits the same class, so that it holds for
 * more texts than were seen.
 *
 * @param texts - At least two, all of the same length of at most 64 characters.
 * @returns None, one or two patterns, for a full match.
 * @example
 * ```ts
 * guessPatterns(["7590-VHVEG", "5575-GNVDE"])
 * // => ["\\d{4}-[A-Z]{5}", "[0-9A-Z]{4}-[0-9A-Z]{5}"]
 * ```
 */
export function guessPatterns(texts: readonly string[]): readonly string[] {
  const signs = texts.map((text) => [...text]);
  const length = signs[0]?.length ?? 0;
  if (signs.length < 2 || length === 0 || length > longestText) return [];
  if (signs.some((row) => row.length !== length)) return [];
  const columns = Array.from({ length }, (_, i) => [...new Set(signs.map((row) => row[i] ?? ""))]);
  const isWord = columns.map((column) => column.every((sign) => /^[0-9A-Za-z]$/.test(sign)));
  if (!isWord.includes(true)) return [];
  const tight = columns.map((column) => classOf(column));
  const wordSigns = [...new Set(columns.filter((_, i) => isWord[i]).flat())];
  const wide = classOf(wordSigns);
  const loose = tight.map((found, i) => (isWord[i] === true ? wide : found));
  const patterns = [tight, loose].flatMap((row) => {
    const known = row.filter((found) => found !== undefined);
    return known.length === length ? [runs(known)] : [];
  });
  return [...new Set(patterns)];
}

/** The tightest class of some signs; a sign alone that is no letter or digit is itself. */
function classOf(signs: readonly string[]): string | undefined {
  const [only = ""] = signs;
  const found = classes.find(([, has]) => signs.every((sign) => has.test(sign)))?.[0];
  if (found !== undefined) return found;
  if (signs.length !== 1) return undefined;
  return /^[\\^$.*+?()[\]{}|/]$/.test(only) ? `\\${only}` : only;
}

/** Equal neighbours as one with a count. */
function runs(parts: readonly string[]): string {
  const joined: { part: string; count: number }[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last?.part === part) last.count += 1;
    else joined.push({ part, count: 1 });
  }
  return joined.map(({ part, count }) => (count === 1 ? part : `${part}{${count}}`)).join("");
}
