/** @file What lessons measure, and the row that shows how their models are asked. */
import type { FittedModel } from "../../model/index.ts";
import { type AnyRows, quoteName } from "../../table/index.ts";
import type { Measured } from "./lesson.ts";

/** Scores without those that have no value. */
export const measuredOf = (scores: Readonly<Record<string, number | undefined>>): Measured =>
  Object.fromEntries(
    Object.entries(scores).flatMap(([name, value]) =>
      value === undefined || Number.isNaN(value) ? [] : [[name, value]],
    ),
  );

/** The first row that a model learned from, as a request would send it. */
export async function exampleOf(
  { signature }: Pick<FittedModel, "signature">,
  { engine, sql }: AnyRows,
) {
  const names = Object.keys(signature.inputs).map(quoteName);
  const [row = {}] = await engine.query(`SELECT ${names.join(", ")} FROM (${sql}) LIMIT 1`);
  return row;
}
