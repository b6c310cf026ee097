/** @file What runs in a worker thread of a forest: it takes the next tree until none is left. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type ForestJob, type GrownTree, nextTree, openForestGrower } from "./forest-grower.ts";

/** What a worker is started with. */
export interface ForestTask {
  readonly job: ForestJob;
  readonly thread: number;
}

/** What a worker tells: a tree and its number. */
export interface ForestNews extends GrownTree {
  readonly tree: number;
}

const { job, thread } = workerData as ForestTask;
const port = parentPort as MessagePort;
const grow = openForestGrower(job, thread);
const next = nextTree(job);
for (;;) {
  const tree = Atomics.add(next, 0, 1);
  if (tree >= job.keys.length) break;
  const grown = grow(tree);
  const news: ForestNews = { tree, ...grown };
  port.postMessage(news, [grown.records, grown.sets.buffer, grown.drawn.buffer]);
}
