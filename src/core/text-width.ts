/** @file How many places of a terminal a text takes: wide letters and pictures take two, marks none. */

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Texts of which each sign takes one place: Latin, Greek, Cyrillic, and what tables are drawn with. */
const narrow = /^[\x20-\x7e\u00a0-\u02ff\u0370-\u0482\u048a-\u0513\u2010-\u2022\u2026\u2190-\u21ff\u2200-\u22ff\u2400-\u243f\u2500-\u259f]*$/; // biome-ignore format: one pattern

/**
 * What terminals draw over two places: East Asian scripts, the forms of their width, and pictures.
 *
 * @see Unicode Standard Annex 11, East Asian Width: the ranges of W and F in which letters are.
 */
const wide =
  /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{RI}{2}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{3fffd}])/u;
const nothing = /^[\p{M}\p{Cf}\p{Cc}]+$/u;

/** Letters with their marks, as people count them. */
const lettersOf = (text: string): readonly string[] =>
  Array.from(segmenter.segment(text), ({ segment }) => segment);

function letterWidth(letter: string): number {
  if (wide.test(letter)) return 2;
  return nothing.test(letter) ? 0 : 1;
}

/**
 * Places of a terminal that a text takes: wide letters and pictures two, marks none.
 *
 * @example
 * ```ts
 * ["abc", "東京", "e\u0301"].map(widthOf) // => [3, 4, 1]
 * ```
 */
export function widthOf(text: string): number {
  if (narrow.test(text)) return text.length;
  return lettersOf(text).reduce((sum, letter) => sum + letterWidth(letter), 0);
}

/**
 * A text with spaces behind it, up to so many places of a terminal.
 *
 * @example
 * ```ts
 * padTo("東京", 6) // => "東京  "
 * ```
 */
export const padTo = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - widthOf(text)));

/**
 * A text cut to at most so many places of a terminal; what was cut shows as ….
 *
 * @example
 * ```ts
 * cutTo("東京都", 5) // => "東京…"
 * ```
 */
export function cutTo(text: string, width: number): string {
  if (text.length <= width && narrow.test(text)) return text;
  if (widthOf(text) <= width) return text;
  let kept = "";
  let taken = 0;
  for (const letter of lettersOf(text)) {
    taken += letterWidth(letter);
    if (taken > width - 1) break;
    kept += letter;
  }
  return `${kept}…`;
}
