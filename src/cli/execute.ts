/** @file Arguments into values, a command run, and its result printed. */
import { parseArgs } from "node:util";
import type {
  AnyCommand,
  Command,
  ExecuteAround,
  OptionSpec,
  OptionSpecs,
  ValuesOf,
} from "./command.ts";
import { fail } from "./errors.ts";

const shared: OptionSpecs = {
  json: { type: "boolean", default: false, help: "print one JSON line for programs" },
  help: { type: "boolean", default: false, help: "show this help" },
};

/** Makes a command ready to run, its option types closed over. */
export function executable<S extends OptionSpecs, R>(it: Command<S, R>): AnyCommand {
  return {
    name: it.name,
    summary: it.summary,
    help: (program) => helpOf(it, program),
    execute: (argv, around) => execute(it, argv, around),
  };
}

async function execute<S extends OptionSpecs, R>(
  it: Command<S, R>,
  argv: readonly string[],
  around: ExecuteAround,
): Promise<void> {
  const { values, json, help } = parse(it, argv);
  if (help) return around.print(helpOf(it, around.program));
  const surroundings = { ...around, json };
  const result = await it.run(values, surroundings);
  const text = json
    ? JSON.stringify(it.data === undefined ? result : it.data(result))
    : it.render(result, surroundings).join("\n");
  if (text !== undefined && text !== "") around.print(`${text}\n`);
  await it.after?.(result, surroundings);
}

function parse<S extends OptionSpecs>(
  it: Pick<Command<S>, "name" | "options">,
  argv: readonly string[],
): { values: ValuesOf<S>; json: boolean; help: boolean } {
  const specs: OptionSpecs = { ...it.options, ...shared };
  const known = Object.keys(specs);
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      { type: spec.type === "boolean" ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: Record<string, string | boolean | undefined> = {};
  for (const token of tokens) {
    if (token.kind === "positional")
      fail("cli/unknown-option", { command: it.name, option: token.value, known });
    if (token.kind !== "option") continue;
    const spec = specs[token.name];
    if (spec === undefined)
      return fail("cli/unknown-option", { command: it.name, option: token.rawName, known });
    given[token.name] = spec.type === "boolean" ? true : token.value;
    if (spec.type !== "boolean" && token.value === undefined)
      fail("cli/mismatch-option", {
        command: it.name,
        option: token.name,
        expected: spec.value ?? "a value",
        got: "",
      });
  }
  const values = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      readValue(it.name, { name, spec }, given[name]),
    ]),
  );
  return {
    values: values as ValuesOf<S>,
    json: values["json"] === true,
    help: values["help"] === true,
  };
}

function readValue(
  command: string,
  { name, spec }: { name: string; spec: OptionSpec },
  given: string | boolean | undefined,
): string | number | boolean | undefined {
  if (given === undefined) return spec.default;
  if (spec.type !== "number") return given;
  const number = Number(given);
  if (given === "" || !Number.isFinite(number))
    fail("cli/mismatch-option", {
      command,
      option: name,
      expected: "a number",
      got: String(given),
    });
  return number;
}

/** The help of one command. */
function helpOf<S extends OptionSpecs, R>(it: Command<S, R>, program: string): string {
  const rows = Object.entries({ ...it.options, ...shared }).map(([name, spec]) => {
    const value = spec.type === "boolean" ? "" : ` ${spec.value ?? spec.type.toUpperCase()}`;
    const fallback =
      spec.default === undefined || spec.type === "boolean" ? "" : ` (default ${spec.default})`;
    return [`  --${name}${value}`, `${spec.help}${fallback}`] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    `${program} ${it.name}: ${it.summary}`,
    "",
    ...it.about.map((line) => `  ${line}`),
    "",
    "Options",
    ...rows.map(([left, right]) => `${left.padEnd(width)}${right}`),
    "",
    "Examples",
    ...it.examples.map((example) => `  ${program} ${example}`),
    "",
  ].join("\n");
}
