/** @file Which workspace a command works in. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { OptionSpec } from "./command.ts";

/** The folder that the environment names, else this one when it is a workspace, else the demo's. */
export function workspaceFolder(): string {
  const named = process.env["MILLRACE_DIR"];
  if (named !== undefined && named !== "") return named;
  return existsSync(join(process.cwd(), "lake.json")) ? "." : "millrace-demo";
}

/** The option `--dir` of every command that opens a workspace. */
export const dir = {
  type: "string",
  default: workspaceFolder,
  value: "FOLDER",
  help: "the workspace; MILLRACE_DIR names another",
} as const satisfies OptionSpec;
