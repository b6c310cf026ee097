/** @file Numbers as they are given to an imported model, checked against what its file says it takes. */
import type { OnnxPort, Values } from "../../tensor/index.ts";
import { fail } from "../errors.ts";

/** Numbers in the order of their rows; whole numbers of 32 bits are made 64 bits long where a model takes those. */
export type ImportedNumbers = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** Numbers with their shape, the batch included. */
export interface ImportedValues {
  readonly data: ImportedNumbers;
  readonly shape: readonly number[];
}

/** Types that can be given and are told. */
const kinds = ["float", "int64", "uint8", "bool"] as const;
type Kind = (typeof kinds)[number];

/** The shape of a port as an error shows it: [n, 3, 8, 8]. */
export const formatPort = ({ shape }: OnnxPort): string =>
  shape === null ? "any shape" : `[${shape.join(", ")}]`;

/** Whether an array of numbers stands for a type. */
const arrays: Readonly<Record<Kind, (data: ImportedNumbers) => Values["data"] | undefined>> = {
  float: (data) => (data instanceof Float32Array ? data : undefined),
  int64: (data) => {
    if (data instanceof BigInt64Array) return data;
    return data instanceof Int32Array ? BigInt64Array.from(data, BigInt) : undefined;
  },
  uint8: (data) => (data instanceof Uint8Array ? data : undefined),
  bool: (data) => (data instanceof Uint8Array ? data : undefined),
};
const words: Readonly<Record<Kind, string>> = {
  float: "a Float32Array",
  int64: "a BigInt64Array or Int32Array",
  uint8: "a Uint8Array",
  bool: "a Uint8Array",
};

/** The type of a port, where it is one that can be given. */
export const kindOf = ({ type }: OnnxPort): Kind | undefined => kinds.find((one) => one === type);

/** Values for a port. @throws `nn/mismatch-rows` with both shapes */
export function valuesFor(port: OnnxPort, { data, shape }: ImportedValues): Values {
  const what = `the input ${JSON.stringify(port.name)}`;
  const kind = kindOf(port) ?? "float";
  const taken = arrays[kind](data);
  if (taken === undefined)
    return fail("nn/mismatch-rows", {
      at: "predict",
      what,
      expected: words[kind],
      got: data.constructor.name,
    });
  const isFit =
    port.shape === null ||
    (port.shape.length === shape.length &&
      port.shape.every((dim, i) => typeof dim === "string" || dim === shape[i]));
  if (!isFit)
    fail("nn/mismatch-rows", {
      at: "predict",
      what,
      expected: formatPort(port),
      got: `[${shape.join(", ")}]`,
    });
  const length = shape.reduce((product, size) => product * size, 1);
  if (length !== taken.length)
    fail("nn/mismatch-rows", {
      at: "predict",
      what: `the length of ${what}`,
      expected: `${length} numbers for [${shape.join(", ")}]`,
      got: `${taken.length}`,
    });
  return { type: kind, shape, data: taken };
}

/** Numbers without a shape, as rows: all sizes but the first must be known. @throws `nn/mismatch-rows` */
export function rowsFor(port: OnnxPort, data: ImportedNumbers): ImportedValues {
  const [first, ...rest] = port.shape ?? [];
  const sizes = rest.filter((dim) => typeof dim === "number");
  const size = sizes.reduce((product, dim) => product * dim, 1);
  const what = `the input ${JSON.stringify(port.name)}`;
  if (first === undefined || sizes.length !== rest.length)
    fail("nn/mismatch-rows", {
      at: "predict",
      what,
      expected: `numbers with their shape, as { data, shape }, for ${formatPort(port)}`,
      got: "numbers without a shape",
    });
  if (data.length === 0 || data.length % size !== 0)
    fail("nn/mismatch-rows", {
      at: "predict",
      what: `the length of ${what}`,
      expected: `a multiple of ${size}, for ${formatPort(port)}`,
      got: `${data.length}`,
    });
  return { data, shape: [data.length / size, ...sizes] };
}
