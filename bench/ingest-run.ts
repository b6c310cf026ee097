/** @file Runs a side of `ingest-side.ts` in a process of its own. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { benchFolder } from "./peers.ts";
import type { Taken } from "./turns.ts";

/** What one run of a side took: see `ingest-side.ts` for their names. */
export function sideInProcess(side: string, file: string): Taken {
  const script = join(import.meta.dirname, "ingest-side.ts");
  const args = [script, side, file, join(benchFolder, `ingest-${process.pid}`)];
  const printed = execFileSync(process.execPath, args, { encoding: "utf8" });
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "") as Taken;
}
