/** @file Rows parted into those to learn from and those that judge. */
import { random } from "../../core/index.ts";
import type { NetworkRows } from "./feed.ts";
import type { TrainingOrder, TrainingTask } from "./training.ts";

/** Rows that are left to learn from. */
export const learnedRows = ({ data, judged }: Pick<TrainingOrder, "data" | "judged">): number =>
  typeof judged === "number" ? data.rows - judgedRows(data.rows, judged) : data.rows;

/** Rows that judge, of a share of all: at least one, and one is left to learn from. */
const judgedRows = (rows: number, share: number): number =>
  Math.min(Math.max(1, Math.round(share * rows)), rows - 1);

/** The training of an order: its rows parted into those to learn from and, drawn by the seed, those that judge. */
export function partedTask({ data, judged, ...order }: TrainingOrder): TrainingTask {
  if (typeof judged !== "number") return { ...order, train: data, validation: judged };
  const count = judgedRows(data.rows, judged);
  const places = random(order.seed).stream("validation").shuffled(data.rows);
  const pick = (some: Uint32Array): NetworkRows => rowsAt(data, some.sort());
  const [validation, train] = [pick(places.slice(0, count)), pick(places.slice(count))];
  return { ...order, train, validation };
}

/** The first rows, or all where there are not so many. */
export const firstRows = (data: NetworkRows, count: number): NetworkRows =>
  rowsAt(
    data,
    Array.from({ length: Math.min(count, data.rows) }, (_, i) => i),
  );

/** Some rows, by their numbers. */
function rowsAt(data: NetworkRows, places: ArrayLike<number>): NetworkRows {
  const { length } = places;
  const [size, labels] = [data.x.length / data.rows, data.y.length / data.rows];
  const { x, y } = data;
  const [pickedX, pickedY] = [x.slice(0, length * size), y.slice(0, length * labels)];
  for (let i = 0; i < length; i++) {
    const row = places[i] ?? 0;
    pickedX.set(x.subarray(row * size, (row + 1) * size), i * size);
    pickedY.set(y.subarray(row * labels, (row + 1) * labels), i * labels);
  }
  return { ...data, rows: length, x: pickedX, y: pickedY };
}
