/** @file Arrays of numbers in requests: an image as nested lists, as one list, or as base64. */
import { Buffer } from "node:buffer";
import type { ColumnSpec, TensorSpec } from "../flow.ts";

/** An array of numbers as its cell, or what was expected. */
export type TensorCell = { readonly cell: string } | { readonly expected: string };

/** How deep lists of a request may be nested. */
const deepest = 8;

/**
 * Prepares the check of a cell that holds an array. It may come as nested lists of its shape (axes of size 1 may be left out or
 * stand anywhere), as one list of its numbers, or as the base64 of its little-endian bytes.
 */
export function tensorCheck(spec: ColumnSpec, tensor: TensorSpec): (value: unknown) => TensorCell {
  const size = tensor.shape.reduce((product, side) => product * side, 1);
  const isRight = numberTest(spec, tensor);
  const [from, to] = bounds(spec, tensor);
  const range = `${from === -Infinity ? "" : ` from ${from}`}${to === Infinity ? "" : ` to ${to}`}`;
  const expected = `${size} ${tensor.type === "float32" ? "numbers" : "whole numbers"}${range} as lists of shape [${tensor.shape.join(", ")}], as one list, or in base64`;
  return (value) => {
    const numbers =
      typeof value === "string" ? decoded(value, tensor, size) : listed(value, tensor.shape, size);
    if (numbers === undefined || !numbers.every(isRight)) return { expected };
    return { cell: tensorText(numbers, tensor) };
  };
}

function bounds({ min, max }: ColumnSpec, { type }: TensorSpec): readonly [number, number] {
  const all = type === "uint8" ? [0, 255] : [-Infinity, Infinity];
  return [Math.max(min ?? -Infinity, all[0] ?? 0), Math.min(max ?? Infinity, all[1] ?? 0)];
}

function numberTest(spec: ColumnSpec, tensor: TensorSpec): (value: unknown) => boolean {
  const [from, to] = bounds(spec, tensor);
  const isKind = tensor.type === "float32" ? Number.isFinite : Number.isSafeInteger;
  return (value) =>
    isKind(value) &&
    from <= (value as number) &&
    (value as number) <= to &&
    Number.isFinite(Math.fround(value as number));
}

/** The numbers of lists, or undefined where their shape is another. */
function listed(
  value: unknown,
  shape: readonly number[],
  size: number,
): readonly number[] | undefined {
  const sides: number[] = [];
  for (let at: unknown = value; Array.isArray(at) && sides.length <= deepest; at = at[0])
    sides.push(at.length);
  const large = (all: readonly number[]): string => all.filter((side) => side !== 1).join();
  const isFlat = sides.length === 1 && sides[0] === size;
  if (sides.length > deepest || sides.length === 0 || (!isFlat && large(sides) !== large(shape)))
    return undefined;
  const numbers: number[] = [];
  const walk = (list: unknown, depth: number): boolean => {
    if (depth === sides.length) return numbers.push(list as number) > 0;
    return (
      Array.isArray(list) &&
      list.length === sides[depth] &&
      list.every((one) => walk(one, depth + 1))
    );
  };
  return walk(value, 0) && numbers.length === size ? numbers : undefined;
}

/** Bytes of a number. */
const widths = { uint8: 1, float32: 4, int64: 8 } as const;

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The numbers of a text in base64, or undefined. */
function decoded(text: string, { type }: TensorSpec, size: number): readonly number[] | undefined {
  const width = widths[type];
  if (text.length !== 4 * Math.ceil((size * width) / 3) || !base64.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== size * width) return undefined;
  if (type === "uint8") return [...bytes];
  if (type === "int64")
    return Array.from({ length: size }, (_, i) => Number(bytes.readBigInt64LE(8 * i)));
  return Array.from({ length: size }, (_, i) => bytes.readFloatLE(4 * i));
}

/** Numbers as the cell of a table: base64 of their little-endian bytes. */
export function tensorText(numbers: ArrayLike<number>, { type }: TensorSpec): string {
  if (type === "uint8") return Buffer.from(Uint8Array.from(numbers)).toString("base64");
  const bytes = Buffer.alloc(widths[type] * numbers.length);
  if (type === "int64") {
    for (let i = 0; i < numbers.length; i++) bytes.writeBigInt64LE(BigInt(numbers[i] ?? 0), 8 * i);
    return bytes.toString("base64");
  }
  for (let i = 0; i < numbers.length; i++) bytes.writeFloatLE(numbers[i] ?? 0, 4 * i);
  return bytes.toString("base64");
}
