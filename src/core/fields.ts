/** @file Reading plain data that nobody has checked, field by field, each of the type that is asked for. */

/** Says that a stored field is damaged; it throws an error of the room that stored it. */
export type Damaged = (field: string, expected: string, got: string) => never;

/** The fields of a stored object; a field of another type is damaged. */
export interface Fields {
  readonly value: Readonly<Record<string, unknown>>;
  has(field: string): boolean;
  number(field: string): number;
  numberOrNull(field: string): number | null;
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
}

/** How fields are read. */
export interface FieldsOptions {
  /** What the object is called in a sentence where it is no object: "the state". */
  readonly name: string;
  readonly damaged: Damaged;
  /** Where the object lies inside another: `trees.` leads the names of its fields. Default nowhere. */
  readonly inside?: string;
}

/**
 * The fields of what was stored.
 *
 * @param candidate - What was read.
 * @param options - Its name, and what says that a field is damaged.
 * @returns Readers of fields.
 * @throws {@link FieldsOptions.damaged} says what
 * @example
 * ```ts
 * const damaged = (field: string, expected: string, got: string): never => {
 *   throw new Error(`${field}: expected ${expected}, got ${got}`);
 * };
 * const read = fieldsOf({ trees: { width: "3" } }, { name: "the state", damaged });
 * read.has("trees") // => true
 * let told = "";
 * try { read.fields("trees").number("width"); } catch (error) { told = String(error); }
 * told // => "Error: trees.width: expected a number, got string"
 * ```
 */
export function fieldsOf(candidate: unknown, options: FieldsOptions): Fields {
  const { name, damaged, inside = "" } = options;
  const value = isRecord(candidate) ? candidate : damaged(name, "an object", kindOf(candidate));
  const place = (field: string): string => `${inside}${field}`;
  const read = <T>(field: string, is: (got: unknown) => got is T, expected: string): T => {
    const got = value[field];
    return is(got) ? got : damaged(place(field), expected, kindOf(got));
  };
  const within = (item: unknown, at: string): Fields =>
    fieldsOf(item, { name: at, damaged, inside: `${at}.` });
  return {
    value,
    has: (field) => value[field] !== undefined,
    number: (field) => read(field, isNumber, "a number"),
    numberOrNull: (field) =>
      read(field, (got): got is number | null => got === null || isNumber(got), "a number or null"),
    text: (field) => read(field, (got) => typeof got === "string", "a text"),
    boolean: (field) => read(field, (got) => typeof got === "boolean", "true or false"),
    texts: (field) => read(field, isTexts, "a list of texts"),
    array: (field, type, length) => {
      const got = value[field];
      if (!(got instanceof type)) return damaged(place(field), `a ${type.name}`, kindOf(got));
      if (length !== undefined && got.length !== length)
        damaged(place(field), `${length} values`, `${got.length}`);
      return got;
    },
    fields: (field) => within(value[field], place(field)),
    list: (field) =>
      read(field, isList, "a list").map((item, i) => within(item, `${place(field)}[${i}]`)),
  };
}

/** Whether a value is an object with fields: no list, and not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const kindOf = (value: unknown): string => (value === null ? "null" : typeof value);
const isNumber = (got: unknown): got is number => typeof got === "number";
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isTexts = (value: unknown): value is readonly string[] =>
  isList(value) && value.every((text) => typeof text === "string");
