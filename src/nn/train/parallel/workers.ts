/**
 * @file Training by several processes: a batch is cut into a part for each, this process computes the first part, and the gradients are
 * summed in the order of the parts.
 *
 * @see Li et al., PyTorch Distributed: Experiences on Accelerating Data Parallel Training, VLDB 2020.
 */

import { fail } from "../../errors.ts";
import { programFile, startProcess } from "../child-process.ts";
import { type Gathered, type Gathering, type PartAt, partEnds } from "../parts.ts";
import { arraysOf, give, given, openReads, packed } from "../sent-arrays.ts";
import type { TrainingOrder, TrainingTask } from "../training.ts";
import type { WorkerNews } from "./worker.ts";

/** Processes that share batches. */
export interface Workers {
  readonly gather: Gathering;
  close(): Promise<void>;
}

/**
 * Opens the workers of a training besides this process, which gathers by `own`; none where it asks for one.
 *
 * @throws `nn/failed-worker` that names the worker, here and when it is asked
 */
export async function openWorkers(task: TrainingTask, own: Gathering): Promise<Workers> {
  const others = Array.from({ length: task.workers - 1 }, (_, i) => openWorker(task, i + 2));
  const close = async (): Promise<void> =>
    void (await Promise.all(others.map((one) => one.close())));
  try {
    for (const one of others) await one.heard();
  } catch (error) {
    await close();
    throw error;
  }
  const gather: Gathering = async (at, weights, start) => {
    const ends = partEnds(at.to - at.from, task.workers, task.leastRows).map(
      (end) => at.from + end,
    );
    const parts = ends.map((to, i) => ({ ...at, from: ends[i - 1] ?? at.from, to }));
    const [first = { ...at }, ...rest] = parts;
    const asked = others.slice(0, rest.length);
    await Promise.all(asked.map((one, i) => one.ask(rest[i] ?? first, [weights, start])));
    const gathered = [await own(first, weights, start)];
    for (const one of asked) gathered.push(await one.answer());
    return summed(gathered, parts);
  };
  return { gather: others.length === 0 ? own : gather, close };
}

/** The sum of what parts give, in their order; moments that are kept are the mean of theirs by rows. */
function summed(gathered: readonly Gathered[], parts: readonly PartAt[]): Gathered {
  const [first, ...rest] = gathered as [Gathered, ...Gathered[]];
  const { gradient } = first;
  let { loss, accuracy } = first;
  for (const one of rest) {
    for (let i = 0; i < gradient.length; i++)
      gradient[i] = (gradient[i] ?? 0) + (one.gradient[i] ?? 0);
    loss += one.loss;
    accuracy = accuracy === null || one.accuracy === null ? null : accuracy + one.accuracy;
  }
  const rows = parts.map(({ from, to }) => to - from);
  const all = rows.reduce((sum, some) => sum + some, 0);
  const kept = first.kept.map((_, i) =>
    gathered.reduce((sum, one, p) => sum + ((rows[p] ?? 0) / all) * (one.kept[i] ?? 0), 0),
  );
  return { gradient, kept, loss, accuracy };
}

/** One process besides this. */
function openWorker(task: TrainingTask, number: number) {
  let news = Promise.withResolvers<WorkerNews>();
  let dead: unknown;
  const died = (error: unknown): void => {
    dead ??= error;
    news.reject(error);
  };
  const who = `worker ${number} of ${task.workers}`;
  const { child, pipe, exited } = startProcess(programFile("parallel/worker"), died, who);
  const wait = (): void => {
    news = Promise.withResolvers<WorkerNews>();
    news.promise.catch(() => undefined); // is heard when it is asked for
    if (dead !== undefined) news.reject(dead);
  };
  wait();
  child.on("message", (message: WorkerNews) => news.resolve(message));
  const order = orderOf(task);
  child.send(packed(order), () => undefined); // a process that is gone is told by its exit
  give(arraysOf(order), pipe);
  const read = openReads(pipe);
  const size = task.state.weights.length;
  const [gradient, kept] = [new Float32Array(size), new Float32Array(task.state.kept.length)];
  const heard = async (): Promise<WorkerNews> => {
    const told = await news.promise;
    if (told.error !== undefined)
      fail("nn/failed-worker", { reason: `${who}, process ${child.pid}: ${told.error}` });
    return told;
  };
  return {
    heard,
    ask: (part: PartAt, vectors: readonly Float32Array[]): Promise<void> => {
      wait();
      child.send({ ...part, places: part.places.slice() }, () => undefined);
      return given(vectors, pipe);
    },
    answer: async (): Promise<Gathered> => {
      const { loss, accuracy } = await heard();
      for (const numbers of [gradient, kept])
        if (!(await read(numbers).catch(() => false))) {
          await exited;
          throw dead;
        }
      return { gradient, kept, loss, accuracy };
    },
    close: async (): Promise<void> => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** What a worker is sent: the rows to learn from, and no more than the gradient needs. */
function orderOf({ train: data, validation: _, state, ...task }: TrainingTask): TrainingOrder {
  const bare = { ...state, slots: [], best: null, stopping: null, history: [] };
  return { ...task, data, judged: null, state: bare, evaluation: new Uint8Array(0), workers: 1 };
}
