/** @file Reading what was stored, field by field, each of the type that is asked for. */
import type { Matrix } from "../flow.ts";
import { fail } from "./errors.ts";

/** The format that this version writes. */
export const clusterFormat = 1;

/** The fields of a stored thing. */
export type Fields = ReturnType<typeof fieldsOf>;

/** Reads the fields of an object. Throws `cluster/corrupt-state`. */
export function fieldsOf(candidate: unknown, name: string) {
  const value = isRecord(candidate) ? candidate : damaged(name, "an object", typeof candidate);
  const number = (field: string): number => {
    const got = value[field];
    return typeof got === "number" ? got : damaged(field, "a number", typeof got);
  };
  const text = (field: string): string => {
    const got = value[field];
    return typeof got === "string" ? got : damaged(field, "a text", typeof got);
  };
  const boolean = (field: string): boolean => {
    const got = value[field];
    return typeof got === "boolean" ? got : damaged(field, "true or false", typeof got);
  };
  const texts = (field: string): readonly string[] => {
    const got: unknown = value[field];
    if (!Array.isArray(got)) return damaged(field, "a list of texts", typeof got);
    return got.map((one: unknown) =>
      typeof one === "string" ? one : damaged(field, "a list of texts", typeof one),
    );
  };
  const array = <A extends { readonly length: number }>(
    field: string,
    { type, length }: { readonly type: new (length: number) => A; readonly length: number },
  ): A => {
    const got = value[field];
    if (!(got instanceof type)) return damaged(field, `a ${type.name}`, typeof got);
    if (got.length !== length) damaged(field, `${length} values`, `${got.length}`);
    return got;
  };
  const anyArray = <A extends object>(field: string, type: new (length: number) => A): A => {
    const got = value[field];
    return got instanceof type ? got : damaged(field, `a ${type.name}`, typeof got);
  };
  const matrix = (
    field: string,
    shape: { readonly rows: number; readonly cols: number },
  ): Matrix => {
    const inner = fieldsOf(value[field], field);
    for (const side of ["rows", "cols"] as const)
      if (inner.number(side) !== shape[side])
        damaged(`${field}.${side}`, `${shape[side]}`, `${inner.number(side)}`);
    const length = shape.rows * shape.cols;
    return { ...shape, data: inner.array("data", { type: Float64Array, length }) };
  };
  /** The fields that all share. */
  const common = () => ({
    names: texts("names"),
    warnings: texts("warnings"),
    width: texts("names").length,
  });
  return { value, number, text, boolean, texts, array, anyArray, matrix, common };
}

/** Throws `cluster/corrupt-state`. */
export function damaged(field: string, expected: string, got: string): never {
  return fail("cluster/corrupt-state", { field, expected, got });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
