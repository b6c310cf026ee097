/** @file Which rows fitted features have seen. */
import type { NumbersFrame } from "./features-data.ts";
import type { FittedFeatures } from "./fitted.ts";
import { keyHashSql, trainedOn } from "./row-keys.ts";

/**
 * How many rows of a frame are known to have been fitted on, by the key of the schema. Of up to 100,000 training rows every
 * one is known; of n more, each with the probability 100,000 / n.
 *
 * @param features - Fitted features; those of a stored model remember too.
 * @param frame - Any rows.
 * @returns The number; undefined where the rows have no key by which they could be told.
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { id: int({ key: true }), age: int() });
 * const some = (sql: string) => frame({ engine, schema: people, sql: `SELECT range AS id, range AS age FROM range(${sql})` });
 * const fitted = await fitFeatures(features(people, (c) => ({ age: numeric(c.age) })), some("10"));
 * await countTrainedRows(fitted, some("5, 15")) // => 5
 * await engine.close();
 * ```
 */
export async function countTrainedRows(
  features: FittedFeatures,
  frame: NumbersFrame,
): Promise<number | undefined> {
  const { trained } = features.state;
  if (trained === undefined || !trained.by.every((name) => name in frame.schema.columns))
    return undefined;
  let hashes: Float64Array = new Float64Array();
  await frame.takeNumbers([keyHashSql(trained.by, frame.schema.columns)], {
    take: ([part], from, rows) => {
      if (from === 0) hashes = new Float64Array(rows);
      if (part !== undefined) hashes.set(part, from);
    },
  });
  return trainedOn(trained, hashes);
}
