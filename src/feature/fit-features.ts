/** @file Fitting: what features learn from the training rows, always to the same bytes. */
import { type Column, type Columns, type Frame, toSql } from "../table/index.ts";
import { fail } from "./errors.ts";
import type { Feature, Stats } from "./feature.ts";
import { type Features, specsRead } from "./features.ts";
import { featuresFormat } from "./features-state.ts";
import { type FittedFeature, type FittedFeatures, fittedFeatures } from "./fitted.ts";

/**
 * Fits features to training rows. The statistics are summed in row order, so neither the number of
 * threads nor the machine changes a byte. O(n · d); one query.
 *
 * @param features - The definition.
 * @param frame - Training rows: never the test frame of `split`, which is refused.
 * @returns Fitted features: their state is JSON.
 * @throws `feature/conflict-test-rows`, `feature/missing-rows`, `feature/missing-column`,
 * `feature/mismatch-kind`, `feature/missing-values`, `feature/out-of-range-values`,
 * `feature/duplicate-names`
 * @example
 * ```ts
 * const engine = await openEngine();
 * const people = schema("people", { age: int() });
 * const rows = frame({ engine, schema: people, sql: "SELECT unnest([20, 30, 40]) AS age" });
 * const fitted = await fitFeatures(features(people, (c) => ({ age: minMax(c.age) })), rows);
 * fitted.row({ age: 25 }) // => Float64Array.of(0.25)
 * await engine.close();
 * ```
 */
export async function fitFeatures<
  R extends string,
  C extends Columns & Readonly<Record<R, Column>>,
>(features: Features<Columns, R>, frame: Frame<C>): Promise<FittedFeatures> {
  if (frame.part === "test") fail("feature/conflict-test-rows", {});
  checkColumns(features, frame.schema.columns);
  const entries = Object.entries<Feature>(features.byName);
  const inputs = entries.flatMap(([, { input }]) => (input === undefined ? [] : [input]));
  const rows = await frame.count();
  if (rows === 0) fail("feature/missing-rows", { at: "fitFeatures" });
  const columns = await frame.numbers(inputs.map((node) => toSql({ node })));
  const values = columns.values();
  const fitted = entries.map(([name, feature]): FittedFeature => {
    const column = feature.input === undefined ? undefined : values.next().value;
    const stats = column === undefined ? {} : measure(name, feature, column);
    return {
      name,
      transform: feature.transform,
      options: feature.options,
      reads: feature.reads,
      stats,
      outputs: feature.outputs(name, stats),
      ...(feature.levels === undefined ? {} : { levels: feature.levels }),
    };
  });
  checkOutputs(fitted);
  return fittedFeatures({ format: featuresFormat, inputs: specsRead(features), features: fitted });
}

function measure(name: string, feature: Feature, column: Float64Array): Stats {
  const present = column.filter((value) => !Number.isNaN(value));
  const at = { feature: name, rows: column.length };
  if (present.length === 0) fail("feature/missing-values", at);
  const stats = feature.measure(present);
  if (!Object.values(stats).every(Number.isFinite)) fail("feature/out-of-range-values", at);
  return Object.fromEntries(Object.entries(stats).map(([key, value]) => [key, value + 0])); // no -0
}

function checkColumns(features: Features, columns: Columns): void {
  for (const [column, { kind: expected }] of Object.entries(specsRead(features))) {
    const got = columns[column]?.kind;
    if (got === undefined)
      fail("feature/missing-column", { column, columns: Object.keys(columns) });
    else if (got !== expected) fail("feature/mismatch-kind", { column, expected, got });
  }
}

function checkOutputs(fitted: readonly FittedFeature[]): void {
  const seen = new Set<string>();
  for (const { name } of fitted.flatMap((feature) => feature.outputs)) {
    if (seen.has(name)) fail("feature/duplicate-names", { at: "fitFeatures", name });
    seen.add(name);
  }
}
