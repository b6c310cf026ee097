/** @file The check that there is text to learn from. */
import { fail } from "../errors.ts";

/** The texts as a list. @throws `nn/missing-text` where there are none, or all are empty */
export function checkTexts(at: string, given: string | readonly string[]): readonly string[] {
  const texts = typeof given === "string" ? [given] : given;
  if (texts.length === 0) fail("nn/missing-text", { at, got: "no text" });
  const other = texts.find((text) => typeof text !== "string");
  if (other !== undefined) fail("nn/missing-text", { at, got: `a ${typeof other}` });
  if (texts.every((text) => text.trim() === ""))
    fail("nn/missing-text", { at, got: "only empty texts" });
  return texts;
}
