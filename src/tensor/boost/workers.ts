/**
 * @file Growing trees on worker threads. The leader is a worker too, so that the calling thread
 * stays free, hears when a worker dies, and can stop the others.
 */
import type { Worker } from "node:worker_threads";
import { isMillraceError, type LongWork, MillraceError } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { allowStart, controlOf, stopCrew, stops } from "./crew.ts";
import { dismiss, hire } from "./hands.ts";
import type { BoostJob, Grown } from "./job.ts";

/** What a worker is told to do. */
export interface WorkerTask {
  readonly job: BoostJob;
  /** 0 leads. */
  readonly thread: number;
  readonly stallMs: number;
}

/** What the leader tells the calling thread, and every worker when it has left the crew. An error of ours travels as its plain facts. */
export type WorkerNews =
  | { readonly news: "free" }
  | { readonly news: "tree"; readonly done: number }
  | { readonly news: "grown"; readonly grown: Grown }
  | { readonly news: "error"; readonly error: ErrorFacts };

type ErrorFacts = ConstructorParameters<typeof MillraceError>[0];

/** The facts of an error, for a message between threads. */
export function factsOf(error: unknown): ErrorFacts | undefined {
  if (!isMillraceError(error)) return undefined;
  const { code, kind, message, details } = error;
  return { code, kind, message, details };
}

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"; // sources, or what tsc made of them
const workerFile = new URL(`./worker.${extension}`, import.meta.url);

/** How workers are started; tests start worse ones. */
export interface Staff {
  readonly file?: (thread: number) => URL;
  /** How long the leader waits without a sign of life. */
  readonly stallMs?: number;
  /** What the calling thread does while workers start, before any tree is grown. */
  readonly meanwhile?: () => Promise<void>;
}

/** Workers of jobs with more memory than this end with them: what a waiting thread still holds is not given back. */
const mostKeptBytes = 64 * 2 ** 20;

/** Grows the job's trees on `layout.threads` workers. @throws as `trainTrees` */
export async function growInWorkers(
  job: BoostJob,
  { signal, progress }: LongWork,
  { file = () => workerFile, stallMs = 60_000, meanwhile = async () => undefined }: Staff = {},
): Promise<Grown> {
  const { threads } = job.layout;
  const workers = Array.from({ length: threads }, (_, i) => hire(file(i), `boost ${i}`));
  const freed = workers.map((worker) => whenFree(worker));
  const abort = Promise.withResolvers<never>();
  const onAbort = (): void => abort.reject(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted === true) onAbort(); // it may have been aborted before anyone listened
  const total = job.options.trees;
  let mayStay = false;
  try {
    const tell = (done: number): void => progress?.({ done, total });
    const outcomes = workers.map((worker, i) => outcomeOf(worker, i, tell));
    for (const [thread, worker] of workers.entries())
      worker.postMessage({ job, thread, stallMs } satisfies WorkerTask);
    const start = meanwhile().then(() => allowStart(controlOf(job.memory, job.layout)));
    const grown = await Promise.race([abort.promise, never(start), ...outcomes]);
    mayStay = job.memory.buffer.byteLength <= mostKeptBytes;
    return grown;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    stopCrew(controlOf(job.memory, job.layout), stops.done);
    await Promise.all(
      workers.map(async (worker, i) => {
        if (mayStay && (await freed[i]) === true) dismiss(worker, file(i));
        else await worker.terminate();
      }),
    );
  }
}

/** Whether a worker has left the crew, once it has, or has ended instead. */
function whenFree(worker: Worker): Promise<boolean> {
  return new Promise((resolve) => {
    worker.on("message", ({ news }: WorkerNews) => {
      if (news === "free") resolve(true);
    });
    worker.on("exit", () => resolve(false));
  });
}

/** Fails as a promise does, and is never fulfilled. */
async function never(promise: Promise<unknown>): Promise<never> {
  await promise;
  return new Promise(() => undefined);
}

/** Settles when the leader has grown all trees, or when this worker fails or ends too soon. */
function outcomeOf(worker: Worker, thread: number, tell: (done: number) => void): Promise<Grown> {
  return new Promise((resolve, reject) => {
    const failed = (reason: string, cause?: unknown): void => {
      try {
        fail("tensor/failed-worker", { thread, reason }, { cause });
      } catch (error) {
        reject(error);
      }
    };
    worker.on("message", (message: WorkerNews) => {
      if (message.news === "tree") {
        try {
          tell(message.done);
        } catch (error) {
          reject(error); // the caller's own; nobody else would catch it here
        }
      } else if (message.news === "grown") resolve(message.grown);
      else if (message.news === "error") reject(new MillraceError(message.error));
    });
    worker.on("error", (error: Error) => failed(error.message, error));
    worker.on("exit", (code) => failed(`exit code ${code}`)); // without effect once it is settled
  });
}
