/** @file A command that is known by its name before its module is imported. */
import type { AnyCommand } from "./command.ts";

/** A command whose module is imported when it runs or when its own help is asked for. */
export function lazy(name: string, summary: string, load: () => Promise<AnyCommand>): AnyCommand {
  return {
    name,
    summary,
    help: async (around) => (await load()).help(around),
    execute: async (argv, around) => (await load()).execute(argv, around),
  };
}
