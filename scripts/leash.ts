/**
 * @file `node scripts/leash.ts PROGRAM ARGUMENTS…` runs a program for as long as the standard input is
 * open: when whoever started it ends, in whatever way, the program ends with all that it started.
 * Start it detached: the group of processes that it leads is what it ends.
 */
import { spawn } from "node:child_process";

const windows = process.platform === "win32";
const [program = "", ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], shell: windows });
child.on("error", (error) => {
  console.error(error.message);
  process.exit(70);
});
child.on("exit", (code) => process.exit(code ?? 70));

const end = (): void => {
  if (!windows) process.kill(-process.pid, "SIGKILL");
  child.kill("SIGKILL");
  process.exit(70);
};
process.stdin.on("error", end).on("end", end).resume();
