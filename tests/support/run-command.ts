/** @file Runs a command in this process, and keeps what it prints; the program itself is run by `cli.ts`. */
import type { AnyCommand, ExecuteAround } from "../../src/cli/command.ts";

/** What a command left behind. */
export interface RanHere {
  /** The exit code of one that threw nothing. */
  readonly code: number;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/** How it is run. */
export interface RunOptions {
  readonly width?: number;
  readonly signal?: AbortSignal;
  /** Called with each text as it is printed. */
  readonly onPrint?: (text: string) => void;
  /** Called when a stage begins. */
  readonly onStage?: (title: string) => void;
  /** A person who answers; nobody is there when absent. */
  readonly ask?: (question: string) => Promise<boolean>;
}

/** Runs a command with its words; what it throws is thrown. */
export async function runCommand(
  command: AnyCommand,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<RanHere> {
  const { width = 80, signal = new AbortController().signal, onPrint, ask } = options;
  const printed: string[] = [];
  const notes: string[] = [];
  const around: ExecuteAround = {
    reporter: {
      note: (line) => void notes.push(line),
      stage: async (title, work, done) => {
        options.onStage?.(title);
        const result = await work(() => undefined);
        const text = done(result);
        if (text !== null) notes.push(`${title} ${text}`);
        return result;
      },
    },
    signal,
    program: "millrace",
    width,
    ...(ask === undefined ? {} : { ask }),
    print: (text) => {
      printed.push(text);
      onPrint?.(text);
    },
  };
  const code = await command.execute(argv, around);
  return { code, lines: printed.join("").split("\n").slice(0, -1), notes };
}

/** The data that a command prints with `--json`. */
export async function dataOf<T>(command: AnyCommand, argv: readonly string[]): Promise<T> {
  const { lines } = await runCommand(command, [...argv, "--json"]);
  return JSON.parse(lines.at(-1) ?? "null") as T;
}
