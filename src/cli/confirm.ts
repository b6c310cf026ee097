/** @file Asking a person before something is removed for good. */
import { createInterface } from "node:readline/promises";
import type { Surroundings } from "./command.ts";
import { fail } from "./errors.ts";

/** Asks on the terminal; only "y" and "yes" are a yes. */
export async function askOnTerminal(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/**
 * Whether a person agrees, or `yes` says so already.
 *
 * @throws `cli/missing-confirmation` where nobody can be asked
 */
export async function confirmed(
  { command, question, yes }: { command: string; question: string; yes: boolean },
  { ask }: Pick<Surroundings, "ask">,
): Promise<boolean> {
  if (yes) return true;
  return ask === undefined ? fail("cli/missing-confirmation", { command }) : ask(question);
}
