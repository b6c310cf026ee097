/** @file The program `millrace`: finds the command, runs it, and turns errors into words and exit codes. */
import { readFileSync } from "node:fs";
import { errorKinds, isMillraceError } from "../core/index.ts";
import { streamReporter } from "./adapter/ora.ts";
import type { AnyCommand } from "./command.ts";
import { commands } from "./commands.ts";
import { fail } from "./errors.ts";

const program = process.env["MILLRACE_COMMAND"] || "millrace";

function helpText(all: readonly AnyCommand[]): string {
  const own =
    program === "./mill" ? ["  test      types, lint, layers and all tests of this checkout"] : [];
  const bench =
    program === "./mill"
      ? ["  bench     a measurement beside the real peer: ./mill bench NAME"]
      : [];
  return [
    "Millrace: from raw files to a watched model in production.",
    "",
    `Usage: ${program} COMMAND [OPTIONS]`,
    "",
    "Commands",
    ...all.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`),
    ...own,
    ...bench,
    "",
    `${program} COMMAND --help shows the options of a command, with examples.`,
    "",
  ].join("\n");
}

function version(): string {
  const path = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}

async function run(argv: readonly string[]): Promise<void> {
  const print = (text: string): void => void process.stdout.write(text);
  const [word, ...rest] = argv;
  if (word === undefined || word === "--help" || word === "-h" || word === "help")
    return print(helpText(commands));
  if (word === "--version" || word === "-v" || word === "version") return print(`${version()}\n`);
  const found = commands.find(({ name }) => name === word);
  if (found === undefined)
    return fail("cli/unknown-command", { command: word, known: commands.map(({ name }) => name) });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  await found.execute(rest, {
    program,
    print,
    reporter: streamReporter(process.stderr),
    signal: stop.signal,
  });
}

/** Says what went wrong, for people and for programs, and gives the exit code. */
function report(error: unknown, json: boolean): number {
  if (isMillraceError(error)) {
    process.stderr.write(`error[${error.code}]: ${error.message}\n`);
    const { code, message, details } = error;
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
process.exitCode = await run(argv).then(
  () => 0,
  (error: unknown) => report(error, argv.includes("--json")),
);
