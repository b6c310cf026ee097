/** @file Reading fitted features that were stored as JSON. */
import type { ColumnSpec, ColumnSpecs, Json } from "../../flow.ts";
import { type ExprNode, parseNode, readsOf, schema } from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Levels, Output, Stats } from "../feature.ts";
import type { FittedFeature } from "./features-data.ts";
import { type FittedFeatures, fittedFeatures } from "./fitted.ts";
import { formatHashes, mostHashes, parseHashes, type Trained } from "./row-keys.ts";

/**
 * The format that this version writes. 1 had nothing of the training rows, and nothing to undo a
 * feature with; 2 had the hashes of 256 of them as a list. Both are still read.
 */
export const featuresFormat = 3;

/**
 * The features of a state; they give the same bits as those that were stored.
 *
 * @param value - What `JSON.parse` or `parseJson` made of the state's JSON.
 * @returns The fitted features.
 * @throws `feature/unsupported-format` for a newer format, `feature/corrupt-state`,
 * `table/corrupt-expression`, `table/unknown-operation`
 * @example
 * ```ts
 * const node = { op: "column", name: "age", kind: "int" };
 * const age = { name: "age", transform: "numeric", options: {}, reads: ["age"], stats: {},
 *   outputs: [{ name: "age", node }] };
 * const inputs = { age: { kind: "int", nullable: false } };
 * const fitted = featuresFromState({ format: 1, inputs, features: [age] });
 * fitted.row({ age: 7 }) // => Float64Array.of(7)
 * ```
 */
export function featuresFromState(value: unknown): FittedFeatures {
  const state = record(value, "the state");
  const format = state["format"];
  if (typeof format !== "number") return damaged("format", "a number", format);
  if (format > featuresFormat)
    fail("feature/unsupported-format", { got: format, known: featuresFormat });
  const inputs = inputsOf(record(state["inputs"], "inputs"));
  const features = array(state["features"], "features").map(featureOf);
  for (const feature of features) checkReads(feature, inputs);
  const { trained } = state;
  return fittedFeatures({
    format: featuresFormat,
    inputs,
    features,
    ...(trained === undefined ? {} : { trained: trainedOf(trained) }),
  });
}

/** A feature must not read a column that the state has not, or has of another kind. */
function checkReads({ outputs, levels }: FittedFeature, inputs: ColumnSpecs): void {
  const nodes = outputs.map((output) => output.node);
  for (const node of levels === undefined ? nodes : [...nodes, levels.input])
    for (const column of readsOf(node))
      if (inputs[column.name]?.kind !== column.kind)
        damaged("inputs", `a column ${column.name} of kind ${column.kind}`, inputs[column.name]);
}

function trainedOf(value: unknown): Trained {
  const { by, hashes, sample } = record(value, "trained");
  const kept = sample === undefined ? text(hashes, "trained.hashes") : sampledHashes(sample);
  const count = parseHashes(kept)?.length ?? damaged("trained.hashes", "hashes as base64", kept);
  if (count > mostHashes) damaged("trained.hashes", `at most ${mostHashes}`, count);
  return { by: array(by, "trained.by").map((name) => text(name, "trained.by")), hashes: kept };
}

/** The hashes of format 2. */
function sampledHashes(sample: unknown): string {
  const hashes = array(sample, "trained.sample").map((hash) =>
    typeof hash === "number" ? hash : damaged("trained.sample", "a number", hash),
  );
  return formatHashes(Float64Array.from(hashes).sort());
}

/** A stored set of column specs, checked as a schema is. */
function inputsOf(value: Readonly<Record<string, unknown>>): ColumnSpecs {
  const specs = Object.entries(value).map(([name, spec]) => {
    return [name, isSpec(spec) ? spec : damaged(`inputs.${name}`, "a column", spec)] as const;
  });
  return schema("inputs", Object.fromEntries(specs)).columns;
}

/** Whether a value has the shape of a column; `schema` checks what it says. */
function isSpec(value: unknown): value is ColumnSpec {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  const { levels = [], pattern = "", ...rest } = value as Partial<Record<string, unknown>>;
  const texts = Array.isArray(levels) && levels.every((level) => typeof level === "string");
  return texts && typeof pattern === "string" && typeof rest["nullable"] === "boolean";
}

function featureOf(value: unknown, i: number): FittedFeature {
  const at = `features[${i}]`;
  const { name, transform, options, reads, stats, outputs, levels, inverse } = record(value, at);
  return {
    name: text(name, `${at}.name`),
    transform: text(transform, `${at}.transform`),
    options: record(options, `${at}.options`) as Readonly<Record<string, Json>>,
    reads: array(reads, `${at}.reads`).map((read) => text(read, `${at}.reads`)),
    stats: record(stats, `${at}.stats`) as Stats,
    outputs: array(outputs, `${at}.outputs`).map((output) => outputOf(output, at)),
    ...(levels === undefined ? {} : { levels: levelsOf(levels, at) }),
    ...(inverse === undefined ? {} : { inverse: inverseOf(inverse, { at, outputs }) }),
  };
}

function outputOf(value: unknown, at: string): Output {
  const { name, node } = record(value, `${at}.outputs`);
  const column = text(name, `${at}.outputs`);
  return { name: column, node: parseNode(node, `featuresFromState: ${column}`) };
}

/** What undoes a feature reads the columns that the feature makes. */
function inverseOf(value: unknown, of: { at: string; outputs: unknown }): ExprNode {
  const node = parseNode(value, `featuresFromState: ${of.at}.inverse`);
  const made = array(of.outputs, `${of.at}.outputs`).map((output) => outputOf(output, of.at).name);
  for (const { name, kind } of readsOf(node))
    if (kind !== "float" || !made.includes(name))
      damaged(`${of.at}.inverse`, `a column of ${made.join(", ")}`, name);
  return node;
}

function levelsOf(value: unknown, at: string): Levels {
  const { input, levels, unknown } = record(value, `${at}.levels`);
  if (unknown !== "zero" && unknown !== "refuse" && unknown !== "skip")
    return damaged(`${at}.levels`, "a policy for unknown levels", unknown);
  return {
    input: parseNode(input, `featuresFromState: ${at}.levels`),
    levels: array(levels, `${at}.levels`).map((level) => text(level, `${at}.levels`)),
    unknown,
  };
}

function record(value: unknown, field: string): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord
    ? (value as Readonly<Record<string, unknown>>)
    : damaged(field, "an object", value);
}

function array(value: unknown, field: string): readonly unknown[] {
  return Array.isArray(value) ? value : damaged(field, "a list", value);
}

function text(value: unknown, field: string): string {
  return typeof value === "string" ? value : damaged(field, "a text", value);
}

function damaged(field: string, expected: string, got: unknown): never {
  return fail("feature/corrupt-state", { field, expected, got: got ?? null });
}
