/** @file The words after a command's name, into the values of its arguments and options. */
import { parseArgs } from "node:util";
import type { ArgumentSpecs, Command, OptionSpec, OptionSpecs } from "./command.ts";
import { fail } from "./errors.ts";
import { flagOf, placeOf, sharedOptions, usageOf } from "./help.ts";

/** What was asked for; with `help` nothing else was looked at. */
export interface Asked {
  readonly values: Readonly<Record<string, Value | readonly Value[] | undefined>>;
  readonly json: boolean;
  readonly help: boolean;
}
type Value = string | number | boolean;
type Described = Pick<Command<OptionSpecs, unknown, ArgumentSpecs>, "name"> & {
  readonly options: OptionSpecs;
  readonly arguments?: ArgumentSpecs;
};

/**
 * Reads the words after a command's name.
 *
 * @throws `cli/unknown-option`, `cli/mismatch-option`, `cli/duplicate-option`,
 * `cli/missing-argument`, `cli/unknown-argument`, `cli/mismatch-argument`
 */
export function parseArguments(it: Described, argv: readonly string[]): Asked {
  const specs: OptionSpecs = { ...it.options, ...sharedOptions };
  const tokens = tokensOf(specs, argv);
  if (tokens.some((token) => token.kind === "option" && token.name === "help"))
    return { values: {}, json: false, help: true };
  const given = optionsGiven(it.name, specs, tokens);
  const options = Object.entries(specs).map(
    ([name, spec]) => [name, optionValue(it.name, { name, spec }, given.get(name))] as const,
  );
  const words = tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : []));
  const values = Object.fromEntries([...options, ...argumentValues(it, words)]);
  return { values, json: values["json"] === true, help: false };
}

function tokensOf(specs: OptionSpecs, argv: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type }]) => [
      flagOf(name),
      {
        type: type === "boolean" ? ("boolean" as const) : ("string" as const),
        ...(name === "help" ? { short: "h" } : {}),
      },
    ]),
  );
  const how = { options, strict: false, allowPositionals: true, tokens: true } as const;
  return parseArgs({ args: [...argv], ...how }).tokens;
}

type Token = ReturnType<typeof tokensOf>[number];
type OptionToken = Extract<Token, { readonly kind: "option" }>;

/** What each option was given, as texts; true for one that takes no value. */
function optionsGiven(
  command: string,
  specs: OptionSpecs,
  tokens: readonly Token[],
): ReadonlyMap<string, readonly (string | true)[]> {
  const byFlag = new Map(
    Object.entries(specs).map(([name, spec]) => [flagOf(name), { name, spec }]),
  );
  const known = [...byFlag.keys()];
  const given = new Map<string, (string | true)[]>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, spec } =
      byFlag.get(token.name) ??
      fail("cli/unknown-option", { command, option: token.rawName, known });
    const text =
      textOf(token, spec, known) ??
      fail("cli/mismatch-option", {
        command,
        option: token.name,
        expected: spec.type === "boolean" ? "no value" : (spec.value ?? "a value"),
        got: token.value ?? "",
      });
    const before = given.get(name) ?? [];
    if (before.length > 0 && spec.many !== true && spec.type !== "boolean")
      fail("cli/duplicate-option", { command, option: token.name });
    given.set(name, [...before, text]);
  }
  return given;
}

/** The text that an option was given; undefined where one is missing, or is too much. */
function textOf(
  { value, inlineValue }: OptionToken,
  spec: OptionSpec,
  flags: readonly string[],
): string | true | undefined {
  if (spec.type === "boolean") return value === undefined ? true : undefined;
  const isNextOption = inlineValue === false && flags.some((flag) => value === `--${flag}`);
  return isNextOption ? undefined : value;
}

function optionValue(
  command: string,
  { name, spec }: { name: string; spec: OptionSpec },
  given: readonly (string | true)[] = [],
): Value | readonly Value[] | undefined {
  const read = (text: string | true): Value =>
    text === true
      ? true
      : readValue(spec, text, (expected) =>
          fail("cli/mismatch-option", { command, option: flagOf(name), expected, got: text }),
        );
  if (spec.many === true) return given.map(read);
  const [first] = given;
  if (first !== undefined) return read(first);
  return typeof spec.default === "function" ? spec.default() : spec.default;
}

/** The arguments by name; the words that are left go to one that takes many. */
function argumentValues(it: Described, words: readonly string[]) {
  const specs = Object.entries(it.arguments ?? {});
  const usage = usageOf(it);
  const takesMany = specs.at(-1)?.[1].many === true;
  const extra = words[specs.length];
  if (!takesMany && extra !== undefined)
    fail("cli/unknown-argument", { command: it.name, argument: extra, usage });
  return specs.map(([name, spec], i) => {
    const own = spec.many === true ? words.slice(i) : words.slice(i, i + 1);
    const place = placeOf(name, spec);
    if (own.length === 0 && spec.optional !== true)
      fail("cli/missing-argument", { command: it.name, argument: place, help: spec.help, usage });
    const read = own.map((text) =>
      readValue(spec, text, (expected) =>
        fail("cli/mismatch-argument", { command: it.name, argument: place, expected, got: text }),
      ),
    );
    return [name, spec.many === true ? read : read[0]] as const;
  });
}

type Bounds = Pick<OptionSpec, "choices" | "min" | "max" | "whole">;

/** A text as the value that its spec asks for. */
function readValue(
  spec: Bounds & { readonly type: string },
  text: string,
  refuse: (expected: string) => never,
): Value {
  if (spec.choices !== undefined && !spec.choices.includes(text))
    return refuse(`one of ${spec.choices.join(", ")}`);
  if (spec.type !== "number") return text;
  const number = text.trim() === "" ? Number.NaN : Number(text);
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE, whole = false } = spec;
  const fits = number >= min && number <= max && (!whole || Number.isSafeInteger(number));
  return fits ? number : refuse(numberOf(spec));
}

/** "a whole number of at least 1 and at most 9". */
function numberOf({ min, max, whole }: Bounds): string {
  const bounds = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ];
  const what = whole === true ? "a whole number" : "a number";
  return bounds.length === 0 ? what : `${what} of ${bounds.join(" and ")}`;
}
