/** @file The small words of every error sentence: quoting, lists, and "did you mean". */
import { namedByPeers } from "./peer-words.ts";

/** A value as an error shows it: strings quoted and cut at 60 characters. */
export function quote(value: unknown): string {
  if (typeof value === "bigint") return `${value}`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 62 ? `${text.slice(0, 60)}…${typeof value === "string" ? '"' : ""}` : text;
}

/** How many values a sentence lists. */
const mostListed = 10;

/**
 * Values as a sentence lists them, cut at ten: the first ones, or, of more names than that, those that
 * are nearest to one that was given.
 */
export function list(values: readonly unknown[], near?: string): string {
  if (values.length === 0) return "none";
  const isCut = values.length > mostListed;
  const first = isCut && near !== undefined ? nearestFirst(values, near) : values;
  const shown = first.slice(0, mostListed).map(quote).join(", ");
  return isCut ? `${shown} and ${values.length - mostListed} more` : shown;
}

function nearestFirst(values: readonly unknown[], near: string): readonly unknown[] {
  const given = near.toLowerCase();
  const away = values.map((value) => {
    const name = String(value).toLowerCase();
    return name.includes(given) || given.includes(name) ? 0 : editDistance(given, name);
  });
  return values
    .map((value, i) => ({ value, edits: away[i] ?? 0 }))
    .sort((a, b) => a.edits - b.edits)
    .map(({ value }) => value);
}

/** How many edits two names may be apart of which the longer has so many letters: a third of them, and two at most. */
const mostEdits = (letters: number): number => Math.min(2, Math.floor(letters / 3));

/**
 * ` Did you mean "…"?`, when one of the names is near to what was given: the same in another case, what a peer's
 * word stands for, or within one edit if the longer has three to five letters, within two if it has more.
 */
export function didYouMean(given: string, names: readonly string[]): string {
  const peers = namedByPeers(given, names);
  if (peers !== undefined && peers !== given) return ` Did you mean ${quote(peers)}?`;
  const near = names
    .map((name) => ({ name, edits: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= mostEdits(Math.max(given.length, name.length)))
    .sort((a, b) => a.edits - b.edits)[0];
  return near === undefined || near.name === given ? "" : ` Did you mean ${quote(near.name)}?`;
}

/** "1 row", "2 rows", with thousands separated. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

/** Levenshtein's distance, two letters that changed places being one edit, O(a·b). */
function editDistance(a: string, b: string): number {
  let last: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (last[j - 2] ?? Infinity) + 1 : Infinity;
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    [last, row] = [row, next];
  }
  return row[b.length] ?? 0;
}

/**
 * Signs that have no picture or that turn the text around them: terminals and pages obey them. The
 * two that join letters and pictures to one (U+200C, U+200D) only do that.
 */
const unseen = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * A text whose hidden signs are shown: control characters as pictures, others as their numbers, and
 * halves of surrogate pairs as �. What is shown of somebody else's text cannot move a terminal's
 * cursor or turn a line around.
 *
 * @example
 * ```ts
 * shown("a\nb") // => "a␊b"
 * ```
 */
export function shown(text: string): string {
  return text.toWellFormed().replace(unseen, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "␡" : `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
