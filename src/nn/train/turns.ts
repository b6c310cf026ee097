/** @file Turns of the event loop in the middle of long work. */

/** Items of a slice: less than a millisecond of a loop over numbers. */
const sliceItems = 131_072;

/** Lets the event loop turn when the last turn is so many milliseconds ago: timers, requests and signals are heard then. */
export function openTurns(everyMs: number): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < everyMs) return;
    await new Promise(setImmediate);
    last = performance.now();
  };
}

/** Work over items in slices, with a turn of the event loop about every 4 ms. */
export async function inSlices(
  items: number,
  work: (from: number, to: number) => void,
  turn: () => Promise<void> = openTurns(4),
): Promise<void> {
  for (let from = 0; from < items; from += sliceItems) {
    work(from, Math.min(items, from + sliceItems));
    await turn();
  }
}
