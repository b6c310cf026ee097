/** @file Values of options that need a second look. */
import { fail } from "./errors.ts";

/** Names given one by one or with commas between them: `--cluster-by a,b --cluster-by c`. */
export const namesOf = (given: readonly string[]): readonly string[] =>
  given.flatMap((text) => text.split(",").map((name) => name.trim())).filter((name) => name !== "");

/**
 * Pairs written as NAME=VALUE, one each time the option is given.
 *
 * @throws `cli/mismatch-option`
 */
export function pairsOf(
  command: string,
  option: string,
  given: readonly string[],
): ReadonlyMap<string, string> {
  const pairs = given.map((text) => {
    const at = text.indexOf("=");
    if (at < 1 || at === text.length - 1)
      fail("cli/mismatch-option", { command, option, expected: "NAME=VALUE", got: text });
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return new Map(pairs);
}
