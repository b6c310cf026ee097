/** @file Work for many things at once, with a bound: what is slow is far away, and there is much of it. */

/** How many requests of one kind are on their way to a store at a time. */
export const mostRequests = 32;

/**
 * Does the work for each item, at most `most` at a time. After the first failure nothing new is
 * begun; it is thrown when what was begun has ended.
 *
 * @returns The results in the order of the items.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const i = next++;
      try {
        results[i] = await work(items[i] as T);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(most, items.length) }, worker);
  for (const done of await Promise.allSettled(workers))
    if (done.status === "rejected") throw done.reason;
  return results;
}
