/** @file What rows do with characters, the same as DuckDB does in SQL. */
import { loweredBy } from "./lower-table.ts";

/** The white space that is trimmed: that of ASCII. */
export const spaces = " \t\n\r\f\v";

/** How many Unicode characters a text has; an emoji is one. */
export function characterCount(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) if ((text.codePointAt(i) ?? 0) > 0xffff) count -= 1;
  return count;
}

/** A text without white space at its ends. */
export function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && spaces.includes(text.charAt(start))) start += 1;
  while (end > start && spaces.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/**
 * A text in lower case, one character for one, by DuckDB's table: JavaScript's own knows more
 * characters in a newer Node, and makes two of some.
 */
export function lowered(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  let out = "";
  for (const character of text) out += loweredBy.get(character) ?? character;
  return out;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
