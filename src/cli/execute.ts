/** @file A command run with the words that were given, and its result printed. */
import { shown } from "../core/index.ts";
import type {
  AnyCommand,
  ArgumentSpecs,
  ArgumentsOf,
  Command,
  ExecuteAround,
  OptionSpecs,
  ValuesOf,
} from "./command.ts";
import { helpOf } from "./help.ts";
import { parseArguments } from "./parse-arguments.ts";

/** Makes a command ready to run, its option types closed over. */
export function executable<S extends OptionSpecs, R, A extends ArgumentSpecs>(
  it: Command<S, R, A>,
): AnyCommand {
  return {
    name: it.name,
    summary: it.summary,
    help: async (around) => helpOf(it, around),
    execute: (argv, around) => execute(it, argv, around),
  };
}

async function execute<S extends OptionSpecs, R, A extends ArgumentSpecs>(
  it: Command<S, R, A>,
  argv: readonly string[],
  around: ExecuteAround,
): Promise<number> {
  const { values, json, help } = parseArguments(it, argv);
  if (help) {
    around.print(helpOf(it, around));
    return 0;
  }
  const surroundings = { ...around, json };
  const result = await it.run(values as ValuesOf<S> & ArgumentsOf<A>, surroundings);
  const text = json
    ? JSON.stringify(it.data === undefined ? result : it.data(result))
    : it.render(result, surroundings).map(shown).join("\n");
  if (text !== undefined && text !== "") around.print(`${text}\n`);
  const isBad = (await it.after?.(result, surroundings)) ?? it.isBad?.(result) ?? false;
  return isBad ? 1 : 0;
}
