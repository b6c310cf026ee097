/** @file The rows of a SELECT as they come, made only as fast as they are taken. */
import type { Engine, RowsPart } from "../../table/index.ts";

/**
 * The rows of a SELECT, some thousand at a time. The query waits while a part is worked on, so that no
 * more than one is in memory, and ends when nobody wants the next. What the query throws comes where
 * its next part would be.
 */
export async function* partsOf(
  engine: Pick<Engine, "stream">,
  sql: string,
): AsyncIterable<RowsPart> {
  let given = Promise.withResolvers<RowsPart | undefined>();
  let taken = Promise.withResolvers<void>();
  let isLeft = false;
  const query = engine
    .stream(sql, async (part) => {
      given.resolve(part);
      await taken.promise;
      if (isLeft) throw new Error("nobody wants the rest"); // ends the query; seen by nobody
    })
    .then(
      () => given.resolve(undefined),
      (error: unknown) => given.reject(error),
    );
  try {
    for (let part = await given.promise; part !== undefined; part = await given.promise) {
      yield part;
      given = Promise.withResolvers();
      taken.resolve();
      taken = Promise.withResolvers();
    }
  } finally {
    isLeft = true;
    taken.resolve();
    await query;
  }
}
