/** @file The program of a training's process: it is sent a task, and tells what comes of it. */
import { isMillraceError } from "../../core/index.ts";
import { requireRuntime } from "../runtime.ts";
import { runTraining } from "./run-training.ts";
import type { TrainingNews } from "./train-in-process.ts";
import type { TrainingTask } from "./training.ts";

const say = (news: TrainingNews): Promise<void> =>
  new Promise((resolve) => void process.send?.(news, () => resolve()));
const heard = <T>(): Promise<T> => new Promise((resolve) => process.once("message", (message) => resolve(message as T))); // biome-ignore format: one line

process.on("disconnect", () => process.exit(0)); // nobody is there any more
const task = await heard<TrainingTask>();
try {
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
  if (!isMillraceError(error)) throw error;
  const { code, kind, message, details } = error;
  await say({ news: "error", error: { code, kind, message, details } });
}
process.exit(0);
