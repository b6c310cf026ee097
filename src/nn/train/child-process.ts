/** @file A program of this folder in a process of its own, with a pipe for arrays beside the messages. */
import { type ChildProcess, fork } from "node:child_process";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { fail } from "../errors.ts";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"; // sources, or what tsc made of them

/** The file descriptor of the pipe, in the process. */
export const pipeDescriptor = 4;

/** A process that was started. */
export interface StartedProcess {
  readonly child: ChildProcess;
  readonly pipe: Duplex;
  /** Resolves when it has gone. */
  readonly exited: Promise<void>;
}

/** The program of a name: its file. */
export const programFile = (name: "trainer" | "answerer" | "parallel/worker"): URL =>
  new URL(`./${name}.${extension}`, import.meta.url);

/** Starts a program; `died` is told once why it is there no more, with an error to throw that says `who`, where that is told. */
export function startProcess(
  file: URL,
  died: (error: unknown) => void,
  who?: string,
): StartedProcess {
  const stdio = ["inherit", "inherit", "inherit", "ipc", "pipe"] as const;
  const child = fork(fileURLToPath(file), { serialization: "advanced", stdio: [...stdio] });
  const say = (reason: string): void => {
    try {
      fail("nn/failed-worker", {
        reason: who === undefined ? reason : `${who}, process ${child.pid}: ${reason}`,
      });
    } catch (error) {
      died(error);
    }
  };
  const exited = new Promise<void>((resolve) => {
    child.on("error", ({ message }) => {
      say(message);
      if (child.pid === undefined) resolve(); // one that never began has no exit
    });
    child.on("exit", (code, by) => {
      say(by === null ? `exit code ${code}` : `ended by ${by}`);
      resolve();
    });
  });
  const pipe = child.stdio[pipeDescriptor];
  if (!(pipe instanceof Duplex)) throw new TypeError("a process without its pipe");
  pipe.on("error", () => undefined); // a process that is gone is told by its exit
  return { child, pipe, exited };
}
