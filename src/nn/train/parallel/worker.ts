/** @file The program of a worker: it is sent a training once, and then, for each step, a part of the batch and the weights. */
import { Socket } from "node:net";
import { requireRuntime } from "../../runtime.ts";
import { pipeDescriptor } from "../child-process.ts";
import { type Gathering, howToOpen, openGathering, type PartAt } from "../parts.ts";
import { given, openReads, type SentOrder, unpacked } from "../sent-arrays.ts";
import { partedTask } from "../split-rows.ts";
import type { TrainingTask } from "../training.ts";

/** What a worker tells, at first and after each part; gradient and kept moments follow by the pipe. */
export interface WorkerNews {
  readonly loss: number;
  readonly accuracy: number | null;
  /** What went wrong, instead of all else. */
  readonly error?: string;
}

const say = (news: WorkerNews): void => void process.send?.(news);
const failed = (error: unknown): void =>
  say({ loss: 0, accuracy: null, error: error instanceof Error ? error.message : String(error) });

const pipe = new Socket({ fd: pipeDescriptor });
const read = openReads(pipe);

/** What gathers gradients, once the order has come. */
async function opened(sent: SentOrder): Promise<(part: PartAt) => Promise<void>> {
  const task: TrainingTask = partedTask(await unpacked(sent, read));
  const runtime = await requireRuntime(task.on.runtime);
  const model = task.parts?.gradient ?? new Uint8Array(0);
  const gather: Gathering = openGathering(task, await runtime.open(model, howToOpen(task)));
  const weights = new Float32Array(task.state.weights.length);
  const kept = new Float32Array(task.state.kept.length);
  return async (part) => {
    await read(weights);
    await read(kept);
    const { loss, accuracy, ...arrays } = await gather(part, weights, kept);
    say({ loss, accuracy }); // first: who reads the arrays waits for it
    await given([arrays.gradient, arrays.kept], pipe);
  };
}

process.on("disconnect", () => process.exit(0)); // nobody is there any more
process.once("message", (sent: SentOrder) => {
  opened(sent)
    .then((work) => {
      process.on("message", (part: PartAt) => void work(part).catch(failed));
      say({ loss: 0, accuracy: null });
    })
    .catch(failed);
});
