/** @file Rows parted into those to learn from and those that judge. */
import { random } from "../../core/index.ts";
import { fail } from "../errors.ts";
import type { NetworkRows } from "./feed.ts";

/** A share of the rows, drawn by the seed, to judge, and the others to learn from. */
export function parted(data: NetworkRows, share: number, seed: number) {
  const count = Math.min(Math.max(1, Math.round(share * data.rows)), data.rows - 1);
  if (data.rows < 2) fail("nn/missing-rows", { at: "train", least: 2, got: data.rows });
  const order = random(seed).stream("validation").shuffled(data.rows);
  const pick = (places: Uint32Array): NetworkRows => rowsAt(data, places.sort());
  return { train: pick(order.slice(count)), validation: pick(order.slice(0, count)) };
}

/** The first rows, or all where there are not so many. */
export const firstRows = (data: NetworkRows, count: number): NetworkRows =>
  rowsAt(
    data,
    Array.from({ length: Math.min(count, data.rows) }, (_, i) => i),
  );

/** Some rows, by their numbers. */
function rowsAt(data: NetworkRows, places: ArrayLike<number>): NetworkRows {
  const picked = <T extends Float32Array | Uint8Array | Int32Array>(from: T, size: number): T => {
    const into = from.slice(0, places.length * size) as T;
    for (let i = 0; i < places.length; i++)
      into.set(from.subarray((places[i] ?? 0) * size, ((places[i] ?? 0) + 1) * size), i * size);
    return into;
  };
  const [size, labels] = [data.x.length / data.rows, data.y.length / data.rows];
  return { ...data, rows: places.length, x: picked(data.x, size), y: picked(data.y, labels) };
}
