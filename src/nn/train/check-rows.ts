/** @file The check that rows suit a network and its loss. */
import { formatShape, sizeOf } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { Network } from "../network.ts";
import type { NetworkRows } from "./feed.ts";
import { type LossName, labelShape, takesClasses } from "./loss.ts";

/** Refuses rows of another shape, labels that are no classes, and numbers that are not finite. */
export function checkRows(
  at: string,
  network: Network,
  { data, loss }: { readonly data: NetworkRows; readonly loss: LossName },
): void {
  const { rows, x, y, shape } = data;
  if (!(rows >= 1)) fail("nn/missing-rows", { at, least: 1, got: rows });
  const expected = labelShape(loss, network.outputShape);
  const facts = [
    {
      what: "the shape of a row",
      expected: formatShape(network.inputShape),
      got: formatShape(shape),
    },
    {
      what: "the shape of a row's labels",
      expected: formatShape(expected),
      got: formatShape(data.labelShape),
    },
    { what: "the length of x", expected: `${rows * sizeOf(shape)}`, got: `${x.length}` },
    { what: "the length of y", expected: `${rows * sizeOf(expected)}`, got: `${y.length}` },
    { what: "y", expected: arrayOf(takesClasses(loss)), got: arrayOf(y instanceof Int32Array) },
  ];
  for (const fact of facts)
    if (fact.expected !== fact.got) fail("nn/mismatch-rows", { at, ...fact });
  if (x instanceof Float32Array) checkFinite(at, "x", x);
  checkCodes(at, network, x);
  if (y instanceof Float32Array) checkTruths(at, y, loss);
  if (!(y instanceof Int32Array)) return;
  const classes = network.outputShape.at(-1) ?? 0;
  const least = expected.length > 0 ? -1 : 0; // a step without a label is not counted
  const row = y.findIndex((label) => label < least || label >= classes);
  if (row >= 0)
    fail("nn/out-of-range-label", { at, row, expected: `0 to ${classes - 1}`, got: y[row] ?? -1 });
}

/** Refuses codes that the table of an embedding has not; other networks take any numbers. */
export function checkCodes(at: string, { layers }: Network, x: Float32Array | Uint8Array): void {
  const [first] = layers;
  const codes = first?.options["codes"];
  if (first?.kind !== "embedding" || typeof codes !== "number") return;
  const expected = `a whole number from 0 to ${codes - 1}, in a Float32Array`;
  const place =
    x instanceof Uint8Array
      ? 0
      : x.findIndex((code) => !Number.isInteger(code) || code < 0 || code >= codes);
  if (place >= 0)
    fail("nn/mismatch-rows", {
      at,
      what: `code ${place} of x`,
      expected,
      got: x instanceof Uint8Array ? "bytes" : `${x[place]}`,
    });
}

/** Labels that are numbers: of a truth 0 to 1, of the hinge 0 or 1, of the others any that are finite. */
function checkTruths(at: string, y: Float32Array, loss: LossName): void {
  checkFinite(at, "y", y);
  const isTruth: ((value: number) => boolean) | undefined =
    loss === "binaryCrossEntropy"
      ? (v) => v >= 0 && v <= 1
      : loss === "hinge"
        ? (v) => v === 0 || v === 1
        : undefined;
  const row = isTruth === undefined ? -1 : y.findIndex((value) => !isTruth(value));
  if (row >= 0)
    fail("nn/out-of-range-label", {
      at,
      row,
      expected: loss === "hinge" ? "0 or 1" : "0 to 1",
      got: y[row] ?? -1,
    });
}

const arrayOf = (classes: boolean): string =>
  classes ? "an Int32Array of classes" : "a Float32Array of numbers";

function checkFinite(at: string, what: string, values: Float32Array): void {
  const place = values.findIndex((value) => !Number.isFinite(value));
  if (place >= 0)
    fail("nn/mismatch-rows", {
      at,
      what: `number ${place} of ${what}`,
      expected: "a finite number",
      got: `${values[place]}`,
    });
}
