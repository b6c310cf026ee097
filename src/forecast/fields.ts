/** @file Reads the fields of a stored model's state, each of the type that is asked for. */
import { fail } from "./errors.ts";

/** The fields of an object that nobody has checked. */
export interface Fields {
  number(field: string): number;
  numberOrNull(field: string): number | null;
  text(field: string): string;
  boolean(field: string): boolean;
  numbers(field: string): Float64Array;
  texts(field: string): readonly string[];
  inner(field: string): Fields;
  /** The field as it stands. */
  raw(field: string): unknown;
}

/**
 * Fields of a candidate. Each throws `forecast/corrupt-state` where the field is of another type.
 *
 * @throws `forecast/corrupt-state`
 */
export function fieldsOf(candidate: unknown, name: string): Fields {
  const value = isRecord(candidate) ? candidate : damaged(name, "an object", typeof candidate);
  const at = (field: string): string => (name === "" ? field : `${name}.${field}`);
  const read = <T>(field: string, is: (got: unknown) => got is T, expected: string): T => {
    const got = value[field];
    return is(got) ? got : damaged(at(field), expected, got === null ? "null" : typeof got);
  };
  return {
    number: (field) => read(field, isNumber, "a number"),
    numberOrNull: (field) =>
      read(field, (got): got is number | null => got === null || isNumber(got), "a number or null"),
    text: (field) => read(field, isText, "a text"),
    boolean: (field) => read(field, (got) => typeof got === "boolean", "true or false"),
    numbers: (field) => read(field, (got) => got instanceof Float64Array, "a Float64Array"),
    texts: (field) => read(field, (got): got is string[] => Array.isArray(got) && got.every(isText), "a list of texts"), // biome-ignore format: one line
    inner: (field) => fieldsOf(value[field], at(field)),
    raw: (field) => value[field],
  };
}

const isNumber = (got: unknown): got is number => typeof got === "number";
const isText = (got: unknown): got is string => typeof got === "string";

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Throws `forecast/corrupt-state`. */
export function damaged(field: string, expected: string, got: string): never {
  return fail("forecast/corrupt-state", { field, expected, got });
}
