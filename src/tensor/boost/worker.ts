/** @file What runs in a worker thread: the leader grows the trees, the hands take tasks. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { awaitStart, controlOf, isStopped, joinCrew, stopCrew, stops } from "./crew.ts";
import { openKernel } from "./kernel.ts";
import { openBooster } from "./rounds.ts";
import { factsOf, type WorkerNews, type WorkerTask } from "./workers.ts";

const { job, thread, stallMs } = workerData as WorkerTask;
const control = controlOf(job.memory, job.layout);
try {
  if (thread === 0) lead(parentPort as MessagePort);
  else {
    const kernel = openKernel(job.module, job.memory);
    kernel.code.open(job.layout.job);
    joinCrew(kernel, job.layout, thread);
  }
} catch (error) {
  stopCrew(control, stops.failed); // nobody waits for this thread in vain
  const facts = factsOf(error);
  if (facts === undefined) throw error;
  say(parentPort as MessagePort, { news: "error", error: facts });
}

function lead(port: MessagePort): void {
  const booster = openBooster(job, stallMs);
  if (!awaitStart(control)) return;
  for (let done = 1, goesOn = true; goesOn; done++) {
    goesOn = booster.round();
    if (isStopped(control)) return;
    say(port, { news: "tree", done });
  }
  say(port, { news: "grown", grown: booster.grown() });
}

function say(port: MessagePort, news: WorkerNews): void {
  port.postMessage(news);
}
