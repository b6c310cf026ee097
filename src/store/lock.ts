/** @file One at a time: a lock between the tasks of this process. */

/** Gives the lock to one task after another, in the order they asked. */
export interface Lock {
  /** Resolves when it is the caller's turn, with the function that ends the turn. */
  take(): Promise<() => void>;
}

/** Makes a lock that nobody holds. */
export function lock(): Lock {
  let last: Promise<void> = Promise.resolve();
  return {
    take: async () => {
      const before = last;
      const turn = Promise.withResolvers<void>();
      last = turn.promise;
      await before;
      return turn.resolve;
    },
  };
}
