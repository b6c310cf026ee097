/** @file What `--help` shows: of the program, and of one command. */
import type {
  ArgumentSpec,
  ArgumentSpecs,
  Command,
  CommandGroup,
  OptionSpec,
  OptionSpecs,
} from "./command.ts";
import { hanging, wrap } from "./text.ts";

/** The options that every command has. */
export const sharedOptions = {
  json: { type: "boolean", default: false, help: "print one JSON line for programs" },
  help: { type: "boolean", default: false, help: "show this help" },
} as const satisfies OptionSpecs;

/** An option's name as it is written after the two hyphens: "maxFiles" is "max-files". */
export const flagOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What stands for an argument in the usage line. */
export const placeOf = (name: string, spec: Pick<ArgumentSpec, "value">): string =>
  spec.value ?? flagOf(name).toUpperCase();

/** "history TABLE [OPTIONS]". */
export function usageOf(it: { readonly name: string; readonly arguments?: ArgumentSpecs }): string {
  const places = Object.entries(it.arguments ?? {}).map(([name, spec]) => {
    const place = `${placeOf(name, spec)}${spec.many === true ? "…" : ""}`;
    return spec.optional === true ? `[${place}]` : place;
  });
  return [it.name, ...places, "[OPTIONS]"].join(" ");
}

/** How the program is called, and how wide its terminal is. */
export interface HelpAround {
  readonly program: string;
  readonly width: number;
}

/** The help of one command. */
export function helpOf<S extends OptionSpecs, R, A extends ArgumentSpecs>(
  it: Command<S, R, A>,
  { program, width: columns }: HelpAround,
): string {
  const width = Math.min(columns, 100);
  const places = Object.entries(it.arguments ?? {}).map(
    ([name, spec]) => [placeOf(name, spec), withFacts(spec)] as const,
  );
  const options = Object.entries({ ...it.options, ...sharedOptions }).map(
    ([name, spec]) => [`--${flagOf(name)}${valuePlace(spec)}`, withFacts(spec)] as const,
  );
  return [
    ...wrap(`${program} ${it.name}: ${it.summary}`, width),
    "",
    ...wrap(`Usage: ${program} ${usageOf(it)}`, width),
    "",
    ...wrap(it.about.join(" "), width - 2).map((line) => `  ${line}`),
    ...(places.length === 0 ? [] : ["", "Arguments", ...hanging(places, width)]),
    "",
    "Options",
    ...hanging(options, width),
    "",
    "Examples",
    ...it.examples.map((example) => `  ${program} ${example}`),
    "",
  ].join("\n");
}

function valuePlace(spec: OptionSpec): string {
  return spec.type === "boolean" ? "" : ` ${spec.value ?? spec.type.toUpperCase()}`;
}

/** The help of an option with its choices and default. */
function withFacts(spec: OptionSpec | ArgumentSpec): string {
  const preset = "default" in spec ? spec.default : undefined;
  const usual = typeof preset === "function" ? preset() : preset;
  const facts = [
    ...(spec.choices === undefined ? [] : [spec.choices.join(", ")]),
    ...(spec.many === true ? ["may be repeated"] : []),
    ...(usual === undefined || typeof usual === "boolean" ? [] : [`default ${usual}`]),
  ];
  return facts.length === 0 ? spec.help : `${spec.help} (${facts.join("; ")})`;
}

/** The help of the program: its commands by group, in the order of the flow. */
export function programHelp(groups: readonly CommandGroup[], around: HelpAround): string {
  const { program } = around;
  const width = Math.min(around.width, 100);
  const checkout = [
    ["test", "Types, lint, layers and all tests of this checkout."],
    ["bench", "A measurement beside the real peer: ./mill bench NAME."],
  ] as const;
  const shown = [
    ...groups.map(({ title, commands }) => ({
      title,
      rows: commands.map(({ name, summary }) => [name, summary] as const),
    })),
    ...(program === "./mill" ? [{ title: "This checkout", rows: checkout }] : []),
  ].filter(({ rows }) => rows.length > 0);
  const left = Math.max(...shown.flatMap(({ rows }) => rows.map(([name]) => name.length)));
  return [
    "Millrace: from raw files to a watched model in production.",
    "",
    `Usage: ${program} COMMAND [OPTIONS]`,
    ...shown.flatMap(({ title, rows }) => ["", title, ...hanging(rows, width, left)]),
    "",
    ...wrap(`${program} COMMAND --help shows the options of a command, with examples.`, width),
    "",
  ].join("\n");
}
