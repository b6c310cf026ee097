/** @file What runs in a worker thread, one job after the other: the leader grows the trees, the hands take tasks. */
import { type MessagePort, parentPort } from "node:worker_threads";
import { awaitStart, controlOf, isStopped, joinCrew, stopCrew, stops } from "./crew.ts";
import { openKernel } from "./kernel.ts";
import { openBooster } from "./rounds.ts";
import { factsOf, type WorkerNews, type WorkerTask } from "./workers.ts";

const port = parentPort as MessagePort;
port.on("message", (task: WorkerTask) => {
  work(task);
  say({ news: "free" });
});

function work(task: WorkerTask): void {
  const { job, thread } = task;
  try {
    if (thread === 0) lead(task);
    else help(task);
  } catch (error) {
    stopCrew(controlOf(job.memory, job.layout), stops.failed); // nobody waits for this thread in vain
    const facts = factsOf(error);
    if (facts === undefined) throw error;
    say({ news: "error", error: facts });
  }
}

function lead({ job, stallMs }: WorkerTask): void {
  const control = controlOf(job.memory, job.layout);
  const booster = openBooster(job, stallMs);
  if (!awaitStart(control)) return;
  for (let done = 1, goesOn = true; goesOn; done++) {
    goesOn = booster.round();
    if (isStopped(control)) return;
    say({ news: "tree", done });
  }
  say({ news: "grown", grown: booster.grown() });
}

function help({ job, thread }: WorkerTask): void {
  const kernel = openKernel(job.module, job.memory);
  kernel.code.open(job.layout.job);
  joinCrew(kernel, job.layout, thread);
}

function say(news: WorkerNews): void {
  port.postMessage(news);
}
