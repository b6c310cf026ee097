/** @file Batches of rows as the graphs take them, and the masks of dropout. */
import type { Random } from "../../core/index.ts";
import { sizeOf, type Values } from "../../tensor/index.ts";
import type { Augment } from "./augment.ts";
import type { MaskSpec } from "./step-graph.ts";

/** Rows for a network: each `size` numbers, bytes being times `byteScale`, and the labels of each row. */
export interface NetworkRows {
  readonly rows: number;
  readonly x: Float32Array | Uint8Array;
  /** The shape of a row of x, and of y. */
  readonly shape: readonly number[];
  /** Numbers, or numbers of classes, row by row. */
  readonly y: Float32Array | Int32Array;
  readonly labelShape: readonly number[];
}

/** What a byte of an image is worth: 255 is 1. */
export const byteScale = 1 / 255;
/** The number of each byte: i/255, as a graph divides it. */
const numbersOfBytes = Float32Array.from({ length: 256 }, (_, i) => i / 255);

/** A batch: the rows of these numbers, as they are in an epoch. */
export type Feed = (
  places: ArrayLike<number>,
  epoch?: number,
) => { readonly x: Values; readonly y: Values };

/** Copies rows into batches; the arrays are used again for each batch of as many rows. `augment` changes images on the way. */
export function openFeed(data: NetworkRows, augment?: Augment): Feed {
  const [size, labels] = [sizeOf(data.shape), sizeOf(data.labelShape)];
  const put = augment === undefined ? copied(data.x, size) : changed(data.x, size, augment);
  let x = new Float32Array(0);
  let y: Float32Array | BigInt64Array = new Float32Array(0);
  return (places, epoch = 0) => {
    const n = places.length;
    if (x.length !== n * size) {
      x = new Float32Array(n * size);
      y =
        data.y instanceof Int32Array ? new BigInt64Array(n * labels) : new Float32Array(n * labels);
    }
    for (let i = 0; i < n; i++) {
      const row = places[i] ?? 0;
      put(x, { row, to: i * size, epoch });
      for (let j = 0; j < labels; j++) setLabel(y, i * labels + j, data.y[row * labels + j] ?? 0);
    }
    return {
      x: { type: "float", shape: [n, ...data.shape], data: x },
      y: {
        type: y instanceof BigInt64Array ? "int64" : "float",
        shape: [n, ...data.labelShape],
        data: y,
      },
    };
  };
}

/** Writes a row into a batch. */
type Put = (
  batch: Float32Array,
  at: { readonly row: number; readonly to: number; readonly epoch: number },
) => void;

const copied =
  (source: Float32Array | Uint8Array, size: number): Put =>
  (batch, { row, to }) => {
    const from = row * size;
    if (source instanceof Float32Array) batch.set(source.subarray(from, from + size), to);
    else for (let j = 0; j < size; j++) batch[to + j] = numbersOfBytes[source[from + j] ?? 0] ?? 0;
  };

function changed(source: Float32Array | Uint8Array, size: number, augment: Augment): Put {
  const unit = source instanceof Uint8Array ? byteScale : 1;
  return (batch, { row, to, epoch }) => {
    augment(source, batch, { from: row * size, to, epoch, row });
    if (unit !== 1) for (let j = to; j < to + size; j++) batch[j] = (batch[j] ?? 0) * unit;
  };
}

function setLabel(y: Float32Array | BigInt64Array, at: number, label: number): void {
  if (y instanceof BigInt64Array) y[at] = BigInt(label);
  else y[at] = label;
}

/** Rows `from` to `to` − 1 of a batch `of` as many. */
export interface MaskedRows {
  readonly of: number;
  readonly from: number;
  readonly to: number;
}

/** Masks of a step: true with a chance of 1 − rate, 16 bits a draw. A part of a batch gets what its rows have in the whole. */
export function masksOf(
  specs: readonly MaskSpec[],
  { of, from, to }: MaskedRows,
  chance: Random,
): Readonly<Record<string, Values>> {
  return Object.fromEntries(
    specs.map(({ name, shape, rate }): [string, Values] => {
      const size = Math.abs(sizeOf(shape));
      const bits = chance.stream(name);
      const least = Math.round(rate * 65_536);
      const data = new Uint8Array(of * size);
      for (let i = 0; i < data.length; i += 2) {
        const word = Math.floor(bits.next() * 2 ** 32);
        data[i] = Number((word & 0xffff) >= least);
        if (i + 1 < data.length) data[i + 1] = Number(word >>> 16 >= least);
      }
      const rows = data.subarray(from * size, to * size);
      return [name, { type: "uint8", shape: [to - from, ...shape], data: rows }];
    }),
  );
}
