/** @file The texts that people give: principals, comments and tags, checked before they are kept. */
import { fail } from "./errors.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
const control = /[\u0000-\u001f\u007f]/;

/** A one-line text of 1 to `most` characters, without spaces around it. */
function checkLine(what: string, text: unknown, most: number): string {
  const isText = typeof text === "string" && text.isWellFormed();
  const isLine = isText && text !== "" && text.length <= most && text.trim() === text;
  if (isLine && !control.test(text)) return text;
  const expected = `1 to ${most} characters without control characters, and no space around them`;
  return fail("table/out-of-range-text", { what, expected, got: text });
}

/** Checks the name of a user or a group, and returns it. Throws `table/out-of-range-text`. */
export const checkPrincipal = (text: unknown): string =>
  checkLine("the name of a principal (a user or a group)", text, 255);

/** Checks a comment. Throws `table/out-of-range-text`. */
export function checkComment(text: unknown): void {
  const isText = typeof text === "string" && text.isWellFormed() && !text.includes("\u0000");
  if (text === null || (isText && text.length <= 10_000)) return;
  const expected = "a text of at most 10,000 characters, or null to take it away";
  fail("table/out-of-range-text", { what: "a comment", expected, got: text });
}

const mostTags = 50;

/** Checks tags: values by name, null for one to take away. Throws `table/out-of-range-text`. */
export function checkTags(tags: object): void {
  for (const [name, value] of Object.entries(tags)) {
    checkLine("the name of a tag", name, 255);
    if (value !== null && value !== "") checkLine(`the value of the tag ${name}`, value, 1000);
  }
}

/** Refuses more tags than a thing may have. Throws `table/out-of-range-text`. */
export function checkTagCount(what: string, names: ReadonlySet<string>): void {
  const expected = `at most ${mostTags} tags`;
  if (names.size > mostTags) fail("table/out-of-range-text", { what, expected, got: names.size });
}
