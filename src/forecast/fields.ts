/** @file Reading the fields of a stored forecast model. */
import { type Fields, fieldsOf as readFields } from "../core/index.ts";
import { fail } from "./errors.ts";

export type { Fields } from "../core/index.ts";

/** The fields of what was stored. Throws `forecast/corrupt-state`, as all of its fields do. */
export function fieldsOf(candidate: unknown, name: string): Fields {
  return readFields(candidate, { name, damaged });
}

/** Throws `forecast/corrupt-state`. */
export function damaged(field: string, expected: string, got: string): never {
  return fail("forecast/corrupt-state", { field, expected, got });
}
