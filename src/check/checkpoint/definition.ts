/** @file Validation definitions and checkpoints as JSON: those of Great Expectations 1.x, read and written. */
import type { Json } from "../../flow.ts";
import {
  documentOf,
  itemsOf,
  type Part,
  partOf,
  recordOf,
  textIn,
  textOrNull,
} from "../json/read-json.ts";
import { writeJson } from "../json/suite-json.ts";
import { fullFormat, type ResultFormat, type ResultFormatName } from "../result.ts";

/** A thing named elsewhere. */
export interface Reference {
  readonly name: string;
  readonly id: string | null;
}

/** Which rows are judged by which suite. */
export interface ValidationDefinition {
  readonly name: string;
  readonly id: string | null;
  readonly datasource: Reference;
  readonly asset: Reference;
  readonly batchDefinition: Reference;
  readonly suite: Reference;
}

/** Something that is done with the results, as Great Expectations writes it. */
export interface ActionJson {
  readonly type: string;
  readonly name: string;
  readonly [key: string]: Json;
}

/** Validations that are run together, and what is done with the results. */
export interface Checkpoint {
  readonly name: string;
  readonly id: string | null;
  readonly validations: readonly Reference[];
  readonly actions: readonly ActionJson[];
  readonly resultFormat: ResultFormatName | ResultFormat;
}

const referenceOf = (part: Part): Reference => ({
  name: textIn(partOf(part, "name")),
  id: textOrNull(partOf(part, "id")),
});

const referenceJson = ({ name, id }: Reference): Json => ({ name, id });

/**
 * Reads a validation definition. Throws `json/corrupt-text`, `check/corrupt-json`.
 *
 * @example
 * ```ts
 * const orders = { name: "orders", id: null };
 * const text = writeValidationDefinition({ name: "v", id: null, datasource: orders, asset: orders, batchDefinition: orders, suite: orders });
 * readValidationDefinition(text).suite.name // => "orders"
 * ```
 */
export function readValidationDefinition(json: unknown): ValidationDefinition {
  const document = documentOf("readValidationDefinition", json);
  const data = partOf(document, "data");
  return {
    ...referenceOf(document),
    datasource: referenceOf(partOf(data, "datasource")),
    asset: referenceOf(partOf(data, "asset")),
    batchDefinition: referenceOf(partOf(data, "batch_definition")),
    suite: referenceOf(partOf(document, "suite")),
  };
}

/** Writes a validation definition as the JSON file of Great Expectations 1.x. */
export function writeValidationDefinition(definition: ValidationDefinition): string {
  const { name, id, datasource, asset, batchDefinition, suite } = definition;
  return writeJson({
    name,
    id,
    data: {
      datasource: referenceJson(datasource),
      asset: referenceJson(asset),
      batch_definition: referenceJson(batchDefinition),
    },
    suite: referenceJson(suite),
  });
}

/**
 * Reads a checkpoint; every action is kept, those that only Great Expectations runs too.
 *
 * @throws `json/corrupt-text`, `check/corrupt-json`, `option/out-of-range`
 * @example
 * ```ts
 * const read = readCheckpoint({ name: "nightly", validation_definitions: [{ name: "v", id: null }] });
 * read.validations[0]?.name // => "v"
 * ```
 */
export function readCheckpoint(json: unknown): Checkpoint {
  const document = documentOf("readCheckpoint", json);
  return {
    ...referenceOf(document),
    validations: itemsOf(partOf(document, "validation_definitions")).map(referenceOf),
    actions: itemsOf(partOf(document, "actions")).map((part) => ({
      ...recordOf(part),
      type: textIn(partOf(part, "type")),
      name: textIn(partOf(part, "name")),
    })),
    resultFormat: formatOf(partOf(document, "result_format")),
  };
}

function formatOf({ value = "SUMMARY" }: Part): ResultFormatName | ResultFormat {
  const given = value as ResultFormatName | ResultFormat;
  fullFormat(given);
  return given;
}

/** Writes a checkpoint as the JSON file of Great Expectations 1.x. */
export function writeCheckpoint(checkpoint: Checkpoint): string {
  return writeJson(checkpointJson(checkpoint));
}

/** A checkpoint as JSON. */
export function checkpointJson(checkpoint: Checkpoint): { readonly [key: string]: Json } {
  const { name, id, validations, actions, resultFormat } = checkpoint;
  return {
    name,
    id,
    validation_definitions: validations.map(referenceJson),
    actions,
    result_format: typeof resultFormat === "string" ? resultFormat : { ...resultFormat },
  };
}
