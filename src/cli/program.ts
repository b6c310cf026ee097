/** @file The program `millrace`: finds the command, runs it, and turns errors into words and exit codes. */
import { readFileSync } from "node:fs";
import { errorKinds, isMillraceError, shown } from "../core/index.ts";
import { streamReporter } from "./adapter/ora.ts";
import type { AnyCommand } from "./command.ts";
import { commandGroups } from "./commands.ts";
import { askOnTerminal } from "./confirm.ts";
import { fail } from "./errors.ts";
import { programHelp } from "./help.ts";
import { sentenceOf } from "./sentences.ts";

const program = process.env["MILLRACE_COMMAND"] || "millrace";

function version(): string {
  const path = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}

const width = process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
const stopping = "stopping when the work in hand is done; Ctrl-C again stops at once.\n";
const print = (text: string): void => void process.stdout.write(text);

function find(word: string): AnyCommand {
  const commands = commandGroups.flatMap((group) => group.commands);
  const found = commands.find(({ name }) => name === word);
  if (found !== undefined) return found;
  return fail("cli/unknown-command", { command: word, known: commands.map(({ name }) => name) });
}

/** Runs what was asked for and gives the exit code. */
async function run(argv: readonly string[]): Promise<number> {
  const [word, ...rest] = argv;
  const about = word === "help" ? rest[0] : undefined;
  if (about !== undefined) print(await find(about).help({ program, width }));
  else if (word === undefined || word === "--help" || word === "-h" || word === "help")
    print(programHelp(commandGroups, { program, width }));
  else if (word === "--version" || word === "-v" || word === "version") print(`${version()}\n`);
  else return execute(find(word), rest);
  return 0;
}

async function execute(found: AnyCommand, argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      stop.abort(new Error(`stopped by ${signal}`));
      setTimeout(() => process.stderr.write(stopping), 1000).unref();
    });
  return found.execute(argv, {
    program,
    print,
    width,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask: askOnTerminal } : {}),
    reporter: streamReporter(process.stderr),
    signal: stop.signal,
  });
}

/** Says what went wrong, for people and for programs, and gives the exit code. */
function report(error: unknown, json: boolean): number {
  if (isMillraceError(error)) {
    const { code, details } = error;
    const message = sentenceOf(error, program);
    process.stderr.write(`error[${code}]: ${shown(message)}\n`);
    if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, details } })}\n`);
    return errorKinds[error.kind].exit;
  }
  if (error instanceof Error && /^stopped by SIG/.test(error.message)) {
    process.stderr.write("stopped; run the same command again to go on where it was.\n");
    return 130;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`internal error, a bug in Millrace: ${text}\n`);
  if (json)
    process.stdout.write(
      `${JSON.stringify({ error: { code: "internal/failed", message: text } })}\n`,
    );
  return errorKinds.internal.exit;
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});
const argv = process.argv.slice(2);
const code = await run(argv).catch((error: unknown) => report(error, argv.includes("--json")));
if (code === 130) process.exit(code); // work that looks at no signal would hold the process
process.exitCode = code;
