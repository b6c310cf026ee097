/** @file The shape of a command: options as data, work that returns data, lines made of the result. */
import type { Progress } from "../core/index.ts";

/** One option of a command. */
export interface OptionSpec {
  readonly type: "string" | "number" | "boolean";
  readonly default?: string | number | boolean;
  /** What stands for the value in `--help`: "FILE". */
  readonly value?: string;
  readonly help: string;
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The values of a command's options; one without a default may be undefined. */
export type ValuesOf<S extends OptionSpecs> = {
  readonly [K in keyof S]: S[K] extends { readonly default: unknown }
    ? TypeOf<S[K]>
    : TypeOf<S[K]> | undefined;
};
type TypeOf<O> = O extends { readonly type: "boolean" }
  ? boolean
  : O extends { readonly type: "number" }
    ? number
    : string;

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
  print(text: string): void;
}

/** A command of the command line. */
export interface Command<S extends OptionSpecs = OptionSpecs, R = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly about: readonly string[];
  readonly options: S;
  readonly examples: readonly string[];
  /** Does the work and returns plain data; prints nothing. */
  run(values: ValuesOf<S>, around: Surroundings): Promise<R>;
  /** The result as lines for a person; `--json` prints the data instead. */
  render(result: R, around: Surroundings): readonly string[];
  /** What `--json` prints; the result itself when absent. */
  data?(result: R): unknown;
  /** Work that goes on after the result is printed, such as a server. */
  after?(result: R, around: Surroundings): Promise<void>;
}

/** Types a command; the value is returned as it came. */
export const command = <const S extends OptionSpecs, R>(it: Command<S, R>): Command<S, R> => it;

/** A command whose option types no longer matter: what the command line keeps in its list. */
export interface AnyCommand {
  readonly name: string;
  readonly summary: string;
  help(program: string): string;
  /** Runs with these arguments and prints; errors are thrown. */
  execute(argv: readonly string[], around: ExecuteAround): Promise<void>;
}

/** What running a command line needs. */
export type ExecuteAround = Omit<Surroundings, "json">;
