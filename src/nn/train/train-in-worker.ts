/** @file A training in a thread of its own, so that the caller's event loop stays free. */
import { Worker } from "node:worker_threads";
import { MillraceError } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { TrainingHooks, TrainingState, TrainingTask } from "./run-training.ts";

/** What the thread tells. An error of ours travels as its plain facts. */
export type TrainingNews =
  | { readonly news: "batch"; readonly done: number; readonly total: number }
  | { readonly news: "epoch"; readonly state: TrainingState }
  | { readonly news: "trained"; readonly state: TrainingState }
  | { readonly news: "error"; readonly error: ConstructorParameters<typeof MillraceError>[0] };

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"; // sources, or what tsc made of them
const workerFile = new URL(`./worker.${extension}`, import.meta.url);

/** What ends it at once, and, for tests, another file that runs in the thread. */
export interface WorkerOptions {
  readonly signal?: AbortSignal | undefined;
  readonly file?: URL;
}

/** Trains in a worker. @throws `nn/failed-training`, `nn/failed-worker`, or the signal's reason */
export function trainInWorker(
  task: TrainingTask,
  hooks: TrainingHooks,
  { signal, file = workerFile }: WorkerOptions = {},
): Promise<TrainingState> {
  signal?.throwIfAborted();
  const worker = new Worker(file, { workerData: task, name: "train" });
  const ended = Promise.withResolvers<TrainingState>();
  const abort = (): void => ended.reject(signal?.reason);
  signal?.addEventListener("abort", abort);
  worker.on("message", (message: TrainingNews) => {
    void heard(message, hooks, { worker, ...ended }).catch(ended.reject); // what a hook throws ends the training
  });
  worker.on("error", (error: Error) => {
    try {
      fail("nn/failed-worker", { reason: error.message }, { cause: error });
    } catch (told) {
      ended.reject(told);
    }
  });
  worker.on("exit", (code) => {
    try {
      fail("nn/failed-worker", { reason: `exit code ${code}` }); // without effect once it is settled
    } catch (told) {
      ended.reject(told);
    }
  });
  return ended.promise.finally(async () => {
    signal?.removeEventListener("abort", abort);
    await worker.terminate();
  });
}

interface Ended {
  readonly worker: Worker;
  readonly resolve: (state: TrainingState) => void;
  readonly reject: (error: unknown) => void;
}

async function heard(
  message: TrainingNews,
  hooks: TrainingHooks,
  { worker, resolve, reject }: Ended,
): Promise<void> {
  if (message.news === "batch") hooks.batch(message.done, message.total);
  else if (message.news === "epoch") worker.postMessage(await hooks.epoch(message.state));
  else if (message.news === "trained") resolve(message.state);
  else reject(new MillraceError(message.error));
}
