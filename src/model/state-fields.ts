/** @file Reading the fields of a stored predictor, each of the type that is asked for. */
import type { Task } from "../flow.ts";
import { fail } from "./errors.ts";

/** A stored object; each method throws `model/corrupt-state` where a field is of another type. */
export interface Fields {
  readonly value: Readonly<Record<string, unknown>>;
  has(field: string): boolean;
  number(field: string): number;
  text(field: string): string;
  boolean(field: string): boolean;
  texts(field: string): readonly string[];
  /** A typed array, of the given length where one is given. */
  array<A extends { readonly length: number }>(
    field: string,
    type: abstract new (length: number) => A,
    length?: number,
  ): A;
  /** A nested object. */
  fields(field: string): Fields;
  /** A list of nested objects. */
  list(field: string): readonly Fields[];
  /** The task; undefined where there is none, which is binary. */
  task(): Task | undefined;
}

/** The fields of what was stored; `name` is for the sentence, and leads the names of its fields where it lies inside another. Throws `model/corrupt-state`. */
export function fieldsOf(candidate: unknown, name: string, inside = false): Fields {
  const place = (field: string): string => (inside ? `${name}.${field}` : field);
  const value = isRecord(candidate) ? candidate : damaged(name, "an object", typeof candidate);
  const read = <T>(field: string, is: (got: unknown) => got is T, expected: string): T => {
    const got = value[field];
    return is(got) ? got : damaged(place(field), expected, typeof got);
  };
  const array: Fields["array"] = (field, type, length) => {
    const got = value[field];
    if (!(got instanceof type)) return damaged(place(field), `a ${type.name}`, typeof got);
    if (length !== undefined && got.length !== length)
      damaged(place(field), `${length} values`, `${got.length}`);
    return got;
  };
  const own: Fields = {
    value,
    has: (field) => value[field] !== undefined,
    number: (field) => read(field, (got) => typeof got === "number", "a number"),
    text: (field) => read(field, (got) => typeof got === "string", "a text"),
    boolean: (field) => read(field, (got) => typeof got === "boolean", "true or false"),
    texts: (field) => read(field, isTexts, "a list of texts"),
    array,
    fields: (field) => fieldsOf(value[field], place(field), true),
    list: (field) =>
      read(field, isList, "a list").map((item, i) => fieldsOf(item, `${place(field)}[${i}]`, true)),
    task: () => (value["task"] === undefined ? undefined : taskFrom(fieldsOf(value["task"], place("task"), true))), // biome-ignore format: one line
  };
  return own;
}

function taskFrom(fields: Fields): Task {
  const kind = fields.text("kind");
  if (kind === "binary" || kind === "regression") return { kind };
  if (kind === "multiclass") return { kind, classes: fields.texts("classes") };
  return damaged("task", "binary, multiclass or regression", kind);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return isList(value) && value.every((text) => typeof text === "string");
}

/** Throws `model/corrupt-state`. */
export function damaged(field: string, expected: string, got: string): never {
  return fail("model/corrupt-state", { field, expected, got });
}
