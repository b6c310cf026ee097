/** @file A heap of pairs: the most frequent first, of equal ones that of the smaller tokens. */

/** Two tokens beside each other, and how often. */
export interface CountedPair {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

const isBefore = (a: CountedPair, b: CountedPair): boolean => {
  if (a.count !== b.count) return a.count > b.count;
  return a.left === b.left ? a.right < b.right : a.left < b.left;
};

/** A queue of what is first by an order. Adding and taking cost O(log n). */
export function openQueue<T>(isFirst: (a: T, b: T) => boolean) {
  const heap: T[] = [];
  const at = (i: number): T => heap[i] as T;
  const swap = (i: number, j: number): void => {
    const held = at(i);
    heap[i] = at(j);
    heap[j] = held;
  };
  const push = (one: T): void => {
    heap.push(one);
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!isFirst(at(i), at(parent))) return;
      swap(i, parent);
      i = parent;
    }
  };
  const sink = (): void => {
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      if (left >= heap.length) return;
      const child = left + 1 < heap.length && isFirst(at(left + 1), at(left)) ? left + 1 : left;
      if (!isFirst(at(child), at(i))) return;
      swap(i, child);
      i = child;
    }
  };
  const pop = (): T | undefined => {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return last;
    const first = at(0);
    heap[0] = last;
    sink();
    return first;
  };
  return { push, pop };
}

/** An empty queue of pairs. */
export const openPairQueue = () => openQueue(isBefore);
