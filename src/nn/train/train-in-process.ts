/**
 * @file A training in a process of its own: the caller's event loop stays free, a signal ends it at once, and whatever happens in the
 * native runtime cannot take the caller's process with it.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MillraceError } from "../../core/index.ts";
import type { Device } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { TrainingHooks, TrainingState, TrainingTask } from "./training.ts";

/** What the process tells. An error of ours travels as its plain facts. */
export type TrainingNews =
  | { readonly news: "opened"; readonly device: Device }
  | { readonly news: "batch"; readonly done: number; readonly total: number }
  | { readonly news: "epoch"; readonly state: TrainingState }
  | { readonly news: "trained"; readonly state: TrainingState }
  | { readonly news: "error"; readonly error: ConstructorParameters<typeof MillraceError>[0] };

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"; // sources, or what tsc made of them
const program = new URL(`./trainer.${extension}`, import.meta.url);

/** What ends it at once, and, for tests, another program. */
export interface ProcessOptions {
  readonly signal?: AbortSignal | undefined;
  readonly file?: URL;
}

/** Trains in a process. @throws `nn/failed-training`, `nn/failed-worker`, or the signal's reason */
export async function trainInProcess(
  task: TrainingTask,
  hooks: TrainingHooks,
  { signal, file = program }: ProcessOptions = {},
): Promise<TrainingState> {
  signal?.throwIfAborted();
  const child = fork(fileURLToPath(file), { serialization: "advanced" });
  const ended = Promise.withResolvers<TrainingState>();
  const abort = (): void => ended.reject(signal?.reason);
  signal?.addEventListener("abort", abort);
  child.on("message", (message: TrainingNews) => {
    void heard(message, hooks, { child, ...ended }).catch(ended.reject); // what a hook throws ends the training
  });
  const died = (reason: string): void => {
    try {
      fail("nn/failed-worker", { reason });
    } catch (error) {
      ended.reject(error); // without effect once it is settled
    }
  };
  child.on("error", ({ message }) => died(message));
  const exited = new Promise<void>((resolve) => {
    child.on("exit", (code, by) => {
      died(by === null ? `exit code ${code}` : `ended by ${by}`);
      resolve();
    });
  });
  try {
    child.send(task, () => undefined); // a process that is gone is told by its exit
    return await ended.promise;
  } finally {
    signal?.removeEventListener("abort", abort);
    child.kill("SIGKILL");
    await exited;
  }
}

interface Ended {
  readonly child: ChildProcess;
  readonly resolve: (state: TrainingState) => void;
  readonly reject: (error: unknown) => void;
}

async function heard(
  message: TrainingNews,
  hooks: TrainingHooks,
  { child, resolve, reject }: Ended,
): Promise<void> {
  if (message.news === "batch") hooks.batch(message.done, message.total);
  else if (message.news === "opened") hooks.opened?.(message.device);
  else if (message.news === "epoch") child.send(await hooks.epoch(message.state), () => undefined);
  else if (message.news === "trained") resolve(message.state);
  else reject(new MillraceError(message.error));
}
