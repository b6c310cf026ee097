/** @file Runs the command line as a person does: its own process, its words, its exit code. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What a command left behind. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const main = join(import.meta.dirname, "../../src/cli/main.ts");

/** Runs `millrace` with arguments and waits for its end. */
export async function runCli(args: readonly string[], cwd: string): Promise<Ran> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, MILLRACE_COMMAND: "" },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => {
    stdout += String(data);
  });
  child.stderr.on("data", (data) => {
    stderr += String(data);
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

/** The JSON of a command's last line. */
export function lastJson<T>({ stdout }: Ran): T {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null") as T;
}
