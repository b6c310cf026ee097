/** @file A request's body as JSON, refused before it can do harm. */
import { fail } from "./errors.ts";

/** Rows of cells need three levels; the rest is room. */
const maxDepth = 16;

/**
 * Parses a body. Nesting past 16 levels is refused before parsing. O(length).
 *
 * @throws `server/corrupt-body`
 */
export function readBody(text: string): unknown {
  if (depthOf(text) > maxDepth)
    fail("server/corrupt-body", { reason: `it is nested more than ${maxDepth} levels deep` });
  try {
    return JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (cause) {
    const reason = text.trim() === "" ? "it is empty" : (cause as Error).message;
    return fail("server/corrupt-body", { reason }, { cause });
  }
}

const codes = { quote: 34, backslash: 92 };
const opening = new Set([91, 123]); // [ {
const closing = new Set([93, 125]); // ] }

/** The deepest nesting of brackets outside of texts. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === codes.quote) i = endOfText(json, i);
    else if (opening.has(code)) deepest = Math.max(deepest, ++depth);
    else if (closing.has(code)) depth -= 1;
  }
  return deepest;
}

/** The place of the quote that ends the text which begins at `start`. */
function endOfText(json: string, start: number): number {
  let i = start + 1;
  while (i < json.length && json.charCodeAt(i) !== codes.quote)
    i += json.charCodeAt(i) === codes.backslash ? 2 : 1;
  return i;
}
