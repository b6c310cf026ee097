/** @file The JSON Schema of one row of a request, made from a model's signature. */
import type { ColumnSpec, Json, Signature, TensorSpec } from "../flow.ts";

/** A JSON Schema (draft 2020-12), as plain JSON. */
export type JsonSchema = { readonly [key: string]: Json };

/**
 * The JSON Schema of one row: what {@link checkRow} accepts, for people and for other tools. A
 * nullable field may be null or absent; a field that the model does not read is refused. The levels
 * of a category are given as examples, because an unknown level is handled by the model, not by the
 * schema. O(d).
 *
 * @param signature - What the model takes and gives.
 * @returns A schema of `type: "object"`.
 * @example
 * ```ts
 * const inputs = { tenure: { kind: "int", nullable: false, min: 0 } } as const;
 * const rowSchema = requestSchema({ inputs, output: { name: "churn", kind: "bool" } });
 * rowSchema.required // => ["tenure"]
 * ```
 * @see JSON Schema, draft 2020-12.
 */
export function requestSchema(signature: Signature): JsonSchema {
  const columns = Object.entries(signature.inputs);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    additionalProperties: false,
    required: columns.filter(([, spec]) => !spec.nullable).map(([name]) => name),
    properties: Object.fromEntries(columns.map(([name, spec]) => [name, field(spec)])),
  };
}

function field(spec: ColumnSpec): JsonSchema {
  if (spec.tensor !== undefined) return arrayField(spec, spec.tensor);
  const { type, ...rest } = content(spec);
  const name = String(type);
  const described = spec.unit === undefined ? {} : { description: `in ${spec.unit}` };
  return { type: spec.nullable ? [name, "null"] : name, ...rest, ...described };
}

/** An array: lists of its shape, one list of all its numbers, or a text in base64. */
function arrayField(spec: ColumnSpec, { type, shape }: TensorSpec): JsonSchema {
  const size = shape.reduce((product, side) => product * side, 1);
  const [least, most] = type === "uint8" ? [spec.min ?? 0, spec.max ?? 255] : [spec.min, spec.max];
  const number: JsonSchema = {
    type: type === "float32" ? "number" : "integer",
    ...(least === undefined ? {} : { minimum: least }),
    ...(most === undefined ? {} : { maximum: most }),
  };
  const list = (items: JsonSchema, length: number): JsonSchema => ({
    type: "array",
    items,
    minItems: length,
    maxItems: length,
  });
  const nested = shape.reduceRight(list, number);
  const text: JsonSchema = { type: "string", contentEncoding: "base64" };
  const forms = [nested, ...(shape.length === 1 ? [] : [list(number, size)]), text];
  return { anyOf: [...forms, ...(spec.nullable ? [{ type: "null" }] : [])] };
}

function content(spec: ColumnSpec): JsonSchema {
  switch (spec.kind) {
    case "int":
      return {
        type: "integer",
        minimum: spec.min ?? Number.MIN_SAFE_INTEGER,
        maximum: spec.max ?? Number.MAX_SAFE_INTEGER,
      };
    case "float":
      return {
        type: "number",
        ...(spec.min === undefined ? {} : { minimum: spec.min }),
        ...(spec.max === undefined ? {} : { maximum: spec.max }),
      };
    case "bool":
      return { type: "boolean" };
    case "timestamp":
      return { type: "string", format: "date-time" };
    case "category":
      return { type: "string", examples: [...(spec.levels ?? [])] };
    case "text":
      return {
        type: "string",
        ...(spec.pattern === undefined ? {} : { pattern: wholePattern(spec.pattern) }),
      };
  }
}

/** A pattern that must match the whole text. */
export function wholePattern(pattern: string): string {
  return `^(?:${pattern})$`;
}
