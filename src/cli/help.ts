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
  const places = Object.entries<ArgumentSpec>(it.arguments ?? {}).map(argumentRow);
  const options = Object.entries<OptionSpec>({ ...it.options, ...sharedOptions }).map(optionRow);
  return [
    ...wrap(`${program} ${it.name}: ${it.summary}`, width),
    "",
    ...wrap(`Usage: ${program} ${usageOf(it)}`, width),
    "",
    ...aboutLines(it.about, width),
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

/** Sentences, wrapped; between them commands to copy, which begin with a space and stay as they are. */
function aboutLines(about: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let sentences: string[] = [];
  const end = (): void => {
    if (sentences.length > 0)
      lines.push(...wrap(sentences.join(" "), width - 2).map((line) => `  ${line}`));
    sentences = [];
  };
  for (const line of about) {
    if (line.startsWith(" ")) end();
    (line.startsWith(" ") ? lines : sentences).push(line);
  }
  end();
  return lines;
}

/** Choices longer than this stand in the text, not in the option's place. */
const longestChoices = 20;

function optionRow([name, spec]: [string, OptionSpec]): readonly [string, string] {
  const choices = spec.choices?.join("|") ?? "";
  const isShort = choices.length <= longestChoices && spec.value === undefined;
  const other = choices === "" ? spec.type.toUpperCase() : "WORD";
  const place = spec.value ?? (isShort && choices !== "" ? choices : other);
  const left = spec.type === "boolean" ? "" : ` ${place}`;
  const usual = typeof spec.default === "function" ? spec.default() : spec.default;
  const facts = [
    ...(isShort ? [] : (spec.choices ?? [])),
    ...(spec.many === true ? ["may be repeated"] : []),
    ...(usual === undefined || typeof usual === "boolean" ? [] : [`default ${usual}`]),
  ];
  return [`--${flagOf(name)}${left}`, withFacts(spec.help, facts)];
}

function argumentRow([name, spec]: [string, ArgumentSpec]): readonly [string, string] {
  return [placeOf(name, spec), withFacts(spec.help, spec.choices ?? [])];
}

const withFacts = (help: string, facts: readonly string[]): string =>
  facts.length === 0 ? help : `${help} (${facts.join(", ")})`;

/** The help of the program: its commands by group, in the order of the flow. */
export function programHelp(groups: readonly CommandGroup[], around: HelpAround): string {
  const { program } = around;
  const width = Math.min(around.width, 100);
  const checkout = [
    [
      "run",
      "A TypeScript program of yours, millrace being this checkout: ./mill run --check FILE.ts.",
    ],
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
    ...wrap("Millrace: from raw files to a watched model in production.", width),
    "",
    `Usage: ${program} COMMAND [OPTIONS]`,
    ...shown.flatMap(({ title, rows }) => ["", title, ...hanging(rows, width, left)]),
    "",
    ...wrap(`${program} COMMAND --help shows the options of a command, with examples.`, width),
    "",
  ].join("\n");
}
