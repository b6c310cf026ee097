/** @file The shape of a command: arguments and options as data, work that returns data, lines made of the result. */
import type { Progress } from "../core/index.ts";

/** What an option or an argument holds. */
interface ValueSpec {
  /** The only values there are; the type of the value is one of them. */
  readonly choices?: readonly string[];
  /** The smallest and the largest number; with `whole`, no fractions. */
  readonly min?: number;
  readonly max?: number;
  readonly whole?: true;
  /** May be given several times; the value is a list, empty when it is not given at all. */
  readonly many?: true;
  readonly help: string;
}

/** One option of a command. Its name in camel case is written with hyphens: `maxFiles`, `--max-files`. */
export interface OptionSpec extends ValueSpec {
  readonly type: "string" | "number" | "boolean";
  /** A function where it depends on the surroundings; `--help` shows what it gives there. */
  readonly default?: string | number | boolean | (() => string);
  /** What stands for the value in `--help`: "FILE". */
  readonly value?: string;
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** A word that has a place of its own: `millrace history TABLE`. */
export interface ArgumentSpec extends ValueSpec {
  readonly type: "string" | "number";
  /** May be left out; only the last ones may. */
  readonly optional?: true;
  /** What stands for it in the usage line; its name in capitals when absent. */
  readonly value?: string;
}

/** The arguments of a command, in the order in which they are given. */
export type ArgumentSpecs = Readonly<Record<string, ArgumentSpec>>;
export type NoArguments = Readonly<Record<never, never>>;

type TypeOf<V> = V extends { readonly type: "boolean" }
  ? boolean
  : V extends { readonly type: "number" }
    ? number
    : V extends { readonly choices: readonly (infer C)[] }
      ? C
      : string;
type ManyOf<V, One> = V extends { readonly many: true } ? readonly TypeOf<V>[] : One;

/** The values of a command's options; one without a default may be undefined. */
export type ValuesOf<S extends OptionSpecs> = {
  readonly [K in keyof S]: ManyOf<
    S[K],
    S[K] extends { readonly default: unknown } ? TypeOf<S[K]> : TypeOf<S[K]> | undefined
  >;
};
/** The values of a command's arguments; an optional one may be undefined. */
export type ArgumentsOf<A extends ArgumentSpecs> = {
  readonly [K in keyof A]: ManyOf<
    A[K],
    A[K] extends { readonly optional: true } ? TypeOf<A[K]> | undefined : TypeOf<A[K]>
  >;
};

/** Where a command tells how far it is. People see it; programs that read `--json` do not. */
export interface Reporter {
  /** A line that stays. */
  note(line: string): void;
  /** Shows a stage while it works; the text it ends with stays, and null leaves nothing. */
  stage<T>(
    title: string,
    work: (progress: Progress) => Promise<T>,
    done: (result: T) => string | null,
  ): Promise<T>;
}

/** What a command is run with. */
export interface Surroundings {
  readonly reporter: Reporter;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whether `--json` was asked for. */
  readonly json: boolean;
  /** How the program is called: "./mill" in a checkout, "millrace" when installed. */
  readonly program: string;
  /** Columns of the terminal; Infinity where the output goes elsewhere. */
  readonly width: number;
  /** Asks a person, yes or no; absent where there is no terminal. */
  readonly ask?: (question: string) => Promise<boolean>;
  print(text: string): void;
}

/** A command of the command line. */
export interface Command<
  S extends OptionSpecs = OptionSpecs,
  R = unknown,
  A extends ArgumentSpecs = NoArguments,
> {
  readonly name: string;
  readonly summary: string;
  /** Sentences, which are joined and wrapped; a line that begins with a space is a command to copy, and stays as it is. */
  readonly about: readonly string[];
  /** Arguments by name, in their order; no name may be an option's too. */
  readonly arguments?: A;
  readonly options: S;
  readonly examples: readonly string[];
  /** Does the work and returns plain data; prints nothing. */
  run(values: ValuesOf<S> & ArgumentsOf<A>, around: Surroundings): Promise<R>;
  /** The result as lines for a person, signs that a terminal obeys shown; `--json` prints the data. */
  render(result: R, around: Surroundings): readonly string[];
  /** What `--json` prints; the result itself when absent. */
  data?(result: R): unknown;
  /** Work that goes on after the result is printed, such as a server; it may say, as `isBad`, how it went. */
  after?(result: R, around: Surroundings): Promise<boolean | undefined>;
  /** Whether what was found is bad although the work was done: the exit code is then 1. */
  isBad?(result: R): boolean;
}

/** Types a command; the value is returned as it came. */
export const command = <
  const S extends OptionSpecs,
  R,
  const A extends ArgumentSpecs = NoArguments,
>(
  it: Command<S, R, A>,
): Command<S, R, A> => it;

/** A command whose option types no longer matter: what the command line keeps in its list. */
export interface AnyCommand {
  readonly name: string;
  readonly summary: string;
  help(around: Pick<Surroundings, "program" | "width">): Promise<string>;
  /** Runs with these arguments, prints, and gives the exit code; errors are thrown. */
  execute(argv: readonly string[], around: ExecuteAround): Promise<number>;
}

/** Commands that belong together, under one heading of `millrace --help`. */
export interface CommandGroup {
  readonly title: string;
  /** The rooms they show, in the order of the flow. */
  readonly rooms: readonly string[];
  readonly commands: readonly AnyCommand[];
}

/** What running a command line needs. */
export type ExecuteAround = Omit<Surroundings, "json">;
