/** @file The program of a training's process: it is sent a task, and tells what comes of it. */
import { Socket } from "node:net";
import { isMillraceError, type MillraceError } from "../../core/index.ts";
import { fail } from "../errors.ts";
import { requireRuntime } from "../runtime.ts";
import { pipeDescriptor } from "./child-process.ts";
import { runTraining } from "./run-training.ts";
import { openReads, type SentOrder, unpacked } from "./sent-arrays.ts";
import { partedTask } from "./split-rows.ts";
import type { TrainingNews } from "./train-in-process.ts";

const say = (news: TrainingNews): Promise<void> =>
  new Promise((resolve) => void process.send?.(news, () => resolve()));
const heard = <T>(): Promise<T> =>
  new Promise((resolve) => process.once("message", (message) => resolve(message as T)));

/** What went wrong in the runtime, as an error of ours. */
function failure(error: unknown): MillraceError {
  if (isMillraceError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  try {
    return fail("nn/failed-worker", { reason });
  } catch (told) {
    return failure(told);
  }
}

process.on("disconnect", () => process.exit(0)); // nobody is there any more
const sent = await heard<SentOrder>();
try {
  const read = openReads(new Socket({ fd: pipeDescriptor }));
  const task = partedTask(await unpacked(sent, read));
  const state = await runTraining(task, await requireRuntime(task.on.runtime), {
    opened: (device) => void say({ news: "opened", device }),
    batch: (done, total) => void say({ news: "batch", done, total }),
    epoch: async (reached) => {
      const more = heard<boolean>();
      await say({ news: "epoch", state: reached });
      return more;
    },
  });
  await say({ news: "trained", state });
} catch (error) {
  const { code, kind, message, details } = failure(error);
  await say({ news: "error", error: { code, kind, message, details } });
}
process.exit(0);
