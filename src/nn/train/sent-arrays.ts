/** @file Arrays on their way to another process: through a pipe as they lie in memory, so that neither side waits for a copy. */
import type { Readable, Writable } from "node:stream";
import type { NetworkRows } from "./feed.ts";
import type { TrainingOrder, TrainingState } from "./training.ts";

type Numbers = Float32Array | Uint8Array | Int32Array;

/** An order whose arrays follow by the pipe, and how long they are. */
export interface SentOrder {
  readonly order: TrainingOrder;
  readonly lengths: readonly number[];
}

/** An order without its arrays: they are given to a pipe. */
export const packed = (order: TrainingOrder): SentOrder => ({
  order: resized(order, () => 0),
  lengths: arraysOf(order).map(({ length }) => length),
});

/** The order whole again, once its arrays have come. */
export async function unpacked({ order, lengths }: SentOrder, read: Reads): Promise<TrainingOrder> {
  const whole = resized(order, (i) => lengths[i] ?? 0);
  for (const numbers of arraysOf(whole)) await read(numbers);
  return whole;
}

/** The arrays of an order, in the order in which they are sent. */
export function arraysOf({ data, judged, state }: TrainingOrder): readonly Numbers[] {
  const { weights, kept, slots, best } = state;
  return [
    ...[data.x, data.y],
    ...(judged !== null && typeof judged === "object" ? [judged.x, judged.y] : []),
    ...[weights, kept, ...slots],
    ...(best === null ? [] : [best.weights, best.kept]),
  ];
}

/** An order with arrays of other lengths, all zeros. */
function resized(order: TrainingOrder, lengthOf: (i: number) => number): TrainingOrder {
  let i = 0;
  const next = (): number => lengthOf(i++);
  const rows = (from: NetworkRows): NetworkRows => ({
    ...from,
    x: from.x instanceof Float32Array ? new Float32Array(next()) : new Uint8Array(next()),
    y: from.y instanceof Float32Array ? new Float32Array(next()) : new Int32Array(next()),
  });
  const reals = (): Float32Array => new Float32Array(next());
  const data = rows(order.data);
  const judged =
    typeof order.judged === "object" && order.judged !== null ? rows(order.judged) : order.judged;
  const { slots, best, ...rest } = order.state;
  const state: TrainingState = {
    ...rest,
    weights: reals(),
    kept: reals(),
    slots: slots.map(reals),
    best: best === null ? null : { weights: reals(), kept: reals() },
  };
  return { ...order, data, judged, state };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Writes arrays into a pipe, and waits until they are on their way: they may change then. A pipe without a reader is no error here. */
export const given = (arrays: readonly Numbers[], pipe: Writable): Promise<void> =>
  new Promise((resolve) => {
    const some = arrays.filter(({ length }) => length > 0);
    if (some.length === 0) resolve();
    for (const [i, numbers] of some.entries())
      pipe.write(bytesOf(numbers), i === some.length - 1 ? () => resolve() : () => undefined);
  });

/** Writes arrays into a pipe; they have to stay as they are until they were read. */
export function give(arrays: readonly Numbers[], pipe: Writable): void {
  for (const numbers of arrays) if (numbers.length > 0) pipe.write(bytesOf(numbers));
}

/** Fills an array with what comes out of a pipe next; false where the pipe ended before. */
export type Reads = (numbers: Numbers) => Promise<boolean>;

/** Reads arrays out of a pipe, one after the other: one reader a pipe. */
export function openReads(pipe: Readable): Reads {
  const chunks: AsyncIterator<Uint8Array> = pipe[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  return async (numbers) => {
    const into = bytesOf(numbers);
    for (let at = 0; at < into.length; ) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done === true) return false;
        rest = next.value;
      }
      const some = rest.subarray(0, into.length - at);
      into.set(some, at);
      at += some.length;
      rest = rest.subarray(some.length);
    }
    return true;
  };
}
