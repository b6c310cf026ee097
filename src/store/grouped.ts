/** @file Writing together: tasks that are waiting share one transaction, and so one flush of the disk. */
import type { Kysely } from "./adapter/sqlite.ts";

/** Does a task in a transaction; resolves when what it wrote is on the disk. */
export type Write<Tables> = <T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;

/** A task that waits, and who waits for it. */
interface Task<Tables> {
  /** Does the work; gives what tells its caller once everything is committed. */
  readonly work: (db: Kysely<Tables>) => Promise<() => void>;
  readonly failed: (error: unknown) => void;
}

/** The most tasks of one transaction, so that none waits for ever. */
const mostTogether = 100;

/**
 * Writes by group commit: tasks that come while a transaction is under way are done in the next one,
 * one after the other, each behind a savepoint. One that throws is undone alone; when the commit
 * fails all of it is undone, and every task of the transaction fails.
 */
export function grouped<Tables>(db: Kysely<Tables>): Write<Tables> {
  const waiting: Task<Tables>[] = [];
  let isBusy = false;
  const drain = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    while (waiting.length > 0) await together(db, waiting.splice(0, mostTogether));
    isBusy = false;
  };
  return (work) =>
    new Promise((resolve, failed) => {
      waiting.push({
        failed,
        work: async (transaction) => {
          const result = await work(transaction);
          return () => resolve(result);
        },
      });
      void drain();
    });
}

async function together<Tables>(db: Kysely<Tables>, tasks: readonly Task<Tables>[]): Promise<void> {
  const told: (() => void)[] = [];
  const open = new Set(tasks);
  try {
    const transaction = await db.startTransaction().execute();
    try {
      for (const task of tasks) {
        const marked = await transaction.savepoint("task").execute();
        try {
          told.push(await task.work(marked));
          await marked.releaseSavepoint("task").execute();
        } catch (error) {
          await marked.rollbackToSavepoint("task").execute();
          await marked.releaseSavepoint("task").execute();
          open.delete(task);
          task.failed(error);
        }
      }
      await transaction.commit().execute();
    } catch (error) {
      if (!transaction.isCommitted) await transaction.rollback().execute();
      throw error;
    }
  } catch (error) {
    for (const task of open) task.failed(error);
    return;
  }
  for (const tell of told) tell();
}
