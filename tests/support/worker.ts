/** @file A program that works until it is killed, and says in lines what it has done. */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** A program that is at work. */
export interface Worker {
  /** Resolves with the first line; throws what it wrote to its standard error where it ended before. */
  readonly begun: Promise<void>;
  /** Ends it at once, and gives the lines that it wrote. Throws where it had ended by itself. */
  kill(): Promise<readonly string[]>;
}

/** Starts a program of TypeScript. */
export function startWorker(program: string, ...args: readonly string[]): Worker {
  const child = spawn(process.execPath, [program, ...args]);
  let [said, errors, isKilled] = ["", "", false];
  child.stdout.on("data", (data) => {
    said += String(data);
  });
  child.stderr.on("data", (data) => {
    errors += String(data);
  });
  const ended = once(child, "close").then(() => {
    if (!isKilled) throw new Error(`${program} ended by itself: ${errors}`);
  });
  const begun = Promise.race([once(child.stdout, "data").then(() => undefined), ended]);
  ended.catch(() => undefined); // told by who waits
  return {
    begun,
    kill: async () => {
      isKilled = child.kill("SIGKILL");
      await ended;
      return said.split("\n").filter((line) => line !== "");
    },
  };
}
