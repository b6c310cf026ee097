/** @file What is said about things of the catalog: the options of the commands that make and annotate them. */
import type { OptionSpec } from "./command.ts";
import { fail } from "./errors.ts";

export const commentOption = {
  type: "string",
  value: "TEXT",
  help: "what it is",
} as const satisfies OptionSpec;

export const tagOption = {
  type: "string",
  many: true,
  value: "NAME[=VALUE]",
  help: "a tag, with a value or without",
} as const satisfies OptionSpec;

export const ownerOption = {
  type: "string",
  value: "PRINCIPAL",
  help: "the user or group that it belongs to",
} as const satisfies OptionSpec;

/** Tags as they are written: "pii", "layer=silver". Throws `cli/mismatch-option`. */
export function tagsOf(
  command: string,
  given: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf("=");
      if (at === 0 || text === "")
        fail("cli/mismatch-option", {
          command,
          option: "tag",
          expected: "NAME or NAME=VALUE",
          got: text,
        });
      return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
