/** @file Reading stored clusters and components, field by field. */
import { type Fields, fieldsOf as readFields } from "../core/index.ts";
import type { Matrix } from "../flow.ts";
import { fail } from "./errors.ts";

export { type Fields, isRecord } from "../core/index.ts";

/** The format that this version writes. */
export const clusterFormat = 1;

/** The fields of what was stored. Throws `cluster/corrupt-state`, as all of its fields do. */
export function fieldsOf(candidate: unknown, name: string): Fields {
  return readFields(candidate, { name, damaged });
}

/** A matrix of a shape that is known. */
export function storedMatrix(
  fields: Fields,
  field: string,
  shape: { readonly rows: number; readonly cols: number },
): Matrix {
  const inner = fields.fields(field);
  for (const side of ["rows", "cols"] as const)
    if (inner.number(side) !== shape[side])
      damaged(`${field}.${side}`, `${shape[side]}`, `${inner.number(side)}`);
  return { ...shape, data: inner.array("data", Float64Array, shape.rows * shape.cols) };
}

/** The fields that all share. */
export function commonOf(fields: Fields) {
  const names = fields.texts("names");
  return { names, warnings: fields.texts("warnings"), width: names.length };
}

/** Throws `cluster/corrupt-state`. */
export function damaged(field: string, expected: string, got: string): never {
  return fail("cluster/corrupt-state", { field, expected, got });
}
