/**
 * @file Worker threads that wait for the next job: starting one, and compiling its program, takes as long as growing a
 * small model. Those that nobody asks for in a while end; none of them keeps the process alive.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/** How long a thread waits for a job before it ends. */
const patienceMs = 60_000;

interface Waiting {
  readonly worker: Worker;
  readonly href: string;
  readonly end: NodeJS.Timeout;
}

const waiting: Waiting[] = [];

/** A thread that runs a file: one that waits, else a new one. */
export function hire(file: URL, name: string): Worker {
  const place = waiting.findIndex(({ href }) => href === file.href);
  const [found] = place < 0 ? [] : waiting.splice(place, 1);
  if (found === undefined) return new Worker(file, { name });
  clearTimeout(found.end);
  forget(found.worker);
  found.worker.ref();
  return found.worker;
}

/** Lets a thread that has done its job wait for the next; it ends where enough wait already. */
export function dismiss(worker: Worker, file: URL): void {
  forget(worker);
  worker.on("error", () => undefined); // it is told by its exit
  if (waiting.length >= availableParallelism()) return void worker.terminate();
  const leave = (): void => {
    const place = waiting.findIndex((one) => one.worker === worker);
    if (place >= 0) waiting.splice(place, 1);
  };
  const end = setTimeout(() => {
    leave();
    void worker.terminate();
  }, patienceMs);
  worker.on("exit", () => {
    clearTimeout(end);
    leave();
  });
  end.unref();
  worker.unref();
  waiting.push({ worker, href: file.href, end });
}

/** Takes the listeners of the last job away, and leaves those by which Node counts them. */
function forget(worker: Worker): void {
  for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
}
