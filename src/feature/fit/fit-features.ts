/** @file Fitting: what features learn from the training rows, always to the same bytes. */
import { checkNames } from "../../core/index.ts";
import {
  type Column,
  type Columns,
  checkFrame,
  type Frame,
  isHeldOut,
  quoteName,
} from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Feature, Learned, Measured } from "../feature.ts";
import { type Features, specsRead } from "../features.ts";
import { type Answered, answer, type Questions } from "./answer.ts";
import type { FittedFeature } from "./features-data.ts";
import { featuresFormat } from "./features-state.ts";
import { type FittedFeatures, fittedFeatures } from "./fitted.ts";
import { formatHashes, keptHashes, keyHashSql, keyOf } from "./row-keys.ts";

/** Options of {@link fitFeatures}. */
export interface FitFeaturesOptions<C extends Columns = Columns> {
  /** The label, for features that learn from it, such as `targetEncode`: a bool column. */
  readonly label?: keyof C & string;
}

/**
 * Fits features to training rows. Numbers are summed in row order, so neither the number of threads
 * nor the machine changes a byte. O(n · d); a query for numbers, one for counts, one for texts.
 *
 * The key of the schema, if it has one, is what training rows are told apart by: its hashes are kept, by which
 * test rows that were trained on are refused later.
 *
 * @param features - The definition.
 * @param frame - Training rows: never the test frame of `split`, which is refused.
 * @param options - The label, if a feature learns from it.
 * @returns Fitted features: their state is JSON.
 * @throws `feature/conflict-test-rows`, `feature/missing-rows`, `feature/missing-column`,
 * `feature/mismatch-kind`, `feature/missing-values`, `feature/out-of-range-values`,
 * `feature/duplicate-names`, `feature/missing-label`, `feature/mismatch-label`,
 * `feature/missing-key`, `feature/conflict-label-read`
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
>(
  features: Features<Columns, R>,
  frame: Frame<C>,
  options: FitFeaturesOptions<C> = {},
): Promise<FittedFeatures> {
  if (features?.byName === undefined) fail("feature/missing-features", { at: "fitFeatures" });
  checkFrame("fitFeatures", frame);
  checkNames("fitFeatures", options, ["label"]);
  const { label } = options;
  if (isHeldOut(frame)) fail("feature/conflict-test-rows", {});
  if (label !== undefined && features.reads.some((column) => column === label))
    fail("feature/conflict-label-read", { label });
  checkColumns(features, frame.schema.columns);
  const entries = Object.entries<Feature>(features.byName);
  const by = keyOf(frame.schema.columns);
  const keyHash = by.length === 0 ? undefined : keyHashSql(by, frame.schema.columns);
  await checkFolds(entries, { frame, label, keyHash });
  const requests = entries.flatMap(([, feature]) => feature.requests);
  const answers = await answer({ frame, requests, keyHash, label });
  if (answers.rows === 0) fail("feature/missing-rows", { at: "fitFeatures" });
  let first = 0;
  const learned = entries.map(([name, feature]) => {
    const measured = answers.from(first);
    first += feature.requests.length;
    return { name, feature, ...learn(name, feature, measured) };
  });
  const fitted = learned.map(fittedFeature);
  checkOutputs(fitted);
  const { keyHashes } = answers;
  const trained =
    keyHashes === undefined ? {} : { trained: { by, hashes: formatHashes(keptHashes(keyHashes)) } };
  return fittedFeatures(
    { format: featuresFormat, inputs: specsRead(features), features: fitted, ...trained },
    { sql: frame.sql, rows: answers.rows, keyHashes, folds: learned.map(({ folds }) => folds) },
  );
}

function learn(name: string, feature: Feature, measured: Answered): Learned {
  const { rows } = measured;
  const there = <V extends { readonly length: number }>(values: V): V => {
    if (values.length === 0) fail("feature/missing-values", { feature: name, rows });
    return values;
  };
  const checked: Measured = {
    ...measured,
    numbers: (request) => there(measured.numbers(request)),
    sorted: (request) => there(measured.sorted(request)),
    counts: (request) => {
      const found = measured.counts(request);
      if (found.counts.length === 0) fail("feature/missing-values", { feature: name, rows });
      return found;
    },
    finite: (stats) => {
      if (!allFinite(stats)) fail("feature/out-of-range-values", { feature: name, rows });
      return stats;
    },
  };
  return feature.learn(name, checked);
}

/** Whether all numbers in a value are finite. */
function allFinite(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(allFinite);
}

function fittedFeature(of: Learned & { name: string; feature: Feature }): FittedFeature {
  const { name, feature, stats, outputs, levels, inverse } = of;
  return {
    name,
    transform: feature.transform,
    options: feature.options,
    reads: feature.reads,
    stats,
    outputs,
    ...(levels === undefined ? {} : { levels }),
    ...(inverse === undefined ? {} : { inverse }),
  };
}

function checkColumns(features: Features, columns: Columns): void {
  for (const [column, { kind: expected }] of Object.entries(specsRead(features))) {
    const got = columns[column]?.kind;
    if (got === undefined)
      fail("feature/missing-column", { column, columns: Object.keys(columns) });
    else if (got !== expected) fail("feature/mismatch-kind", { column, expected, got });
  }
}

/** The label must be there, true or false, and in every row. */
async function checkLabel(frame: Frame<Columns>, label: string): Promise<void> {
  const kind = frame.schema.columns[label]?.kind ?? "missing";
  if (kind !== "bool") fail("feature/mismatch-label", { label, got: kind });
  const condition = `count(*) FILTER (${quoteName(label)} IS NULL)`;
  const [found] = await frame.engine.query(`SELECT ${condition} AS n FROM (${frame.sql})`);
  const rows = Number(found?.["n"]);
  if (rows > 0) fail("feature/mismatch-label", { label, got: `missing in ${rows} rows` });
}

/** What learns from the label needs one, and a key that tells rows apart. */
async function checkFolds(
  entries: readonly (readonly [string, Feature])[],
  { frame, label, keyHash }: Omit<Questions, "requests">,
): Promise<void> {
  const [first] = entries.filter(([, { requests }]) =>
    requests.some(({ measure }) => measure === "labels"),
  );
  if (first === undefined) return;
  const [feature] = first;
  if (label === undefined) return fail("feature/missing-label", { feature });
  if (keyHash === undefined) fail("feature/missing-key", { feature });
  await checkLabel(frame, label);
}

function checkOutputs(fitted: readonly FittedFeature[]): void {
  const seen = new Set<string>();
  for (const { name } of fitted.flatMap((feature) => feature.outputs)) {
    if (seen.has(name)) fail("feature/duplicate-names", { at: "fitFeatures", name });
    seen.add(name);
  }
}
