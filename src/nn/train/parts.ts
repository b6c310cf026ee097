/** @file Parts of batches: their gradients, gathered one after the other. */
import { type Random, random } from "../../core/index.ts";
import type { Session, Values } from "../../tensor/index.ts";
import { augmentation } from "./augment.ts";
import { countedOf } from "./counted.ts";
import { type Feed, masksOf, openFeed } from "./feed.ts";
import type { UpdateAt } from "./steps.ts";
import type { TrainingTask } from "./training.ts";

/** Where parts of n rows end: as equal as whole rows can be, none with fewer rows than `least`. */
export function partEnds(n: number, parts: number, least: number): readonly number[] {
  const count = Math.max(1, Math.min(parts, Math.floor(n / least)));
  return Array.from({ length: count }, (_, i) => Math.floor((n * (i + 1)) / count));
}

/** The rows `from` to `to` − 1 of an update's batch. */
export interface PartAt extends Omit<UpdateAt, "learningRate"> {
  readonly from: number;
  readonly to: number;
}

/** What some rows of a batch give: `gradient`, `loss` and `accuracy` are times their share of the batch. */
export interface Gathered {
  readonly gradient: Float32Array;
  readonly kept: Float32Array;
  readonly loss: number;
  readonly accuracy: number | null;
}

/** What steps read of rows: x, y and the masks of dropout, which are those of the rows in the whole batch. */
export function openBatches(task: TrainingTask) {
  const { train, augment, seed } = task;
  const shape = train.shape;
  const feed: Feed = openFeed(
    train,
    augment === null ? undefined : augmentation(augment, { shape, seed }),
  );
  const chance: Random = random(seed).stream("train");
  return ({ places, epoch, step, from, to }: PartAt): Readonly<Record<string, Values>> => ({
    ...feed(places.subarray(from, to), epoch),
    ...masksOf(task.step.masks, { of: places.length, from, to }, chance.stream(`masks/${step}`)),
  });
}

/** Gathers the gradient of rows at some weights and kept moments; the arrays that it gives are written to again by the next. */
export type Gathering = (
  at: PartAt,
  weights: Float32Array,
  start: Float32Array,
) => Promise<Gathered>;

/** Gathers the gradient of rows `at` in as many parts as the training asks for. */
export function openGathering(task: TrainingTask, session: Session): Gathering {
  const batches = openBatches(task);
  const size = task.state.weights.length;
  let [now, next] = [new Float32Array(size), new Float32Array(size)];
  return async (at, weights, start) => {
    const ends = partEnds(at.to - at.from, task.accumulate, task.leastRows);
    const counted = Math.max(1, countedOf(task.train, at.places));
    let [kept, loss, accuracy]: [Float32Array, number, number | null] = [start, 0, 0];
    now.fill(0);
    for (const [i, end] of ends.entries()) {
      const part = { ...at, from: at.from + (ends[i - 1] ?? 0), to: at.from + end };
      const share = countedOf(task.train, at.places.subarray(part.from, part.to)) / counted;
      const feeds = {
        ...batches(part),
        weights: vector(weights),
        kept: vector(kept),
        gradient: vector(now),
        share: number(share),
      };
      const told = await session.run(feeds, { ...toldInto(task), "next gradient": vector(next) });
      [now, next] = [told["next gradient"]?.data as Float32Array<ArrayBuffer>, now];
      kept = (told["next kept"]?.data as Float32Array | undefined) ?? kept;
      loss += share * Number(told["loss"]?.data[0]);
      const right = told["accuracy"]?.data[0];
      accuracy = right === undefined || accuracy === null ? null : accuracy + share * Number(right);
    }
    return { gradient: now, kept, loss, accuracy };
  };
}

/** How the graphs of a training are opened. */
export const howToOpen = ({ threads, on }: TrainingTask) =>
  ({ threads, provider: on.provider ?? "cpu" }) as const;

/** Where a run writes what a batch tells: the runtime gives only what it is given a place for. */
export const toldInto = ({ step, state }: TrainingTask): Readonly<Record<string, Values>> =>
  Object.fromEntries(
    step.told.map((name) => [
      name,
      name === "next kept" ? vector(new Float32Array(state.kept.length)) : number(0),
    ]),
  );

/** A vector, and a number, as a graph takes them. */
export const vector = (data: Float32Array): Values => ({
  type: "float",
  shape: [data.length],
  data,
});
export const number = (value: number): Values => ({
  type: "float",
  shape: [],
  data: Float32Array.of(value),
});
