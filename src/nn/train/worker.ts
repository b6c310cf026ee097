/** @file What runs in the thread of a training: ONNX Runtime keeps the thread it is called on until it has answered. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { isMillraceError } from "../../core/index.ts";
import { requireRuntime } from "../runtime.ts";
import { runTraining, type TrainingTask } from "./run-training.ts";
import type { TrainingNews } from "./train-in-worker.ts";

const port = parentPort as MessagePort;
const task = workerData as TrainingTask;
const say = (news: TrainingNews): void => port.postMessage(news);

try {
  const runtime = await requireRuntime();
  const state = await runTraining(task, runtime, {
    batch: (done, total) => say({ news: "batch", done, total }),
    epoch: (reached) =>
      new Promise((goOn) => {
        port.once("message", (more: boolean) => goOn(more));
        say({ news: "epoch", state: reached });
      }),
  });
  say({ news: "trained", state });
} catch (error) {
  if (!isMillraceError(error)) throw error;
  const { code, kind, message, details } = error;
  say({ news: "error", error: { code, kind, message, details } });
}
port.close();
