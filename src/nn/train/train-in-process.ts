/**
 * @file A training in a process of its own: the caller's event loop stays free, a signal ends it at once, and whatever happens in the
 * native runtime cannot take the caller's process with it.
 */
import type { ChildProcess } from "node:child_process";
import { MillraceError } from "../../core/index.ts";
import type { Device } from "../../tensor/index.ts";
import { programFile, startProcess } from "./child-process.ts";
import { arraysOf, give, packed } from "./sent-arrays.ts";
import type { TrainingHooks, TrainingOrder, TrainingState } from "./training.ts";

/** What the process tells. An error of ours travels as its plain facts. */
export type TrainingNews =
  | { readonly news: "opened"; readonly device: Device }
  | { readonly news: "batch"; readonly done: number; readonly total: number }
  | { readonly news: "epoch"; readonly state: TrainingState }
  | { readonly news: "trained"; readonly state: TrainingState }
  | { readonly news: "error"; readonly error: ConstructorParameters<typeof MillraceError>[0] };

/** What ends it at once, and, for tests, another program. */
export interface ProcessOptions {
  readonly signal?: AbortSignal | undefined;
  readonly file?: URL;
}

/**
 * Trains in a process. Rows and weights go there by a pipe as they lie in memory: they have to stay as they are until the first epoch
 * begins.
 *
 * @throws `nn/failed-training`, `nn/failed-worker`, or the signal's reason
 */
export async function trainInProcess(
  order: TrainingOrder,
  hooks: TrainingHooks,
  { signal, file = programFile("trainer") }: ProcessOptions = {},
): Promise<TrainingState> {
  signal?.throwIfAborted();
  const ended = Promise.withResolvers<TrainingState>();
  const { child, pipe, exited } = startProcess(file, ended.reject); // without effect once it is settled
  const abort = (): void => ended.reject(signal?.reason);
  signal?.addEventListener("abort", abort);
  child.on("message", (message: TrainingNews) => {
    void heard(message, hooks, { child, ...ended }).catch(ended.reject); // what a hook throws ends the training
  });
  try {
    child.send(packed(order), () => undefined); // a process that is gone is told by its exit
    give(arraysOf(order), pipe);
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
