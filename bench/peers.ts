/** @file The Python in which the peers of the benches of tables run: made once, in .bench/delta. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where benches keep what they make. */
export const benchFolder = fileURLToPath(new URL("../.bench/", import.meta.url));
const python = join(benchFolder, "delta", "bin", "python");

/** Runs a script in a Python that has deltalake, in a process of its own, and gives what it prints. */
export function runDeltalake(script: string, args: readonly string[]): string {
  if (!existsSync(python)) {
    console.log("installing deltalake in .bench/delta …");
    execFileSync("python3", ["-m", "venv", join(benchFolder, "delta")]);
    const packages = ["deltalake==1.2.1", "pyarrow"];
    execFileSync(python, ["-m", "pip", "install", "--quiet", ...packages]);
  }
  return execFileSync(python, ["-c", script, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
}

/** The middle one of some values. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
