/** @file The check that rows suit a network and its loss. */
import { formatShape, sizeOf } from "../../tensor/index.ts";
import { fail } from "../errors.ts";
import type { Network } from "../network.ts";
import type { NetworkRows } from "./feed.ts";
import { type LossName, labelShape, takesClasses } from "./loss.ts";
import { inSlices } from "./turns.ts";

/**
 * Refuses rows of another shape, labels that are no classes, and numbers that are not finite. Many rows are looked at in slices,
 * between which the event loop turns.
 */
export async function checkRows(
  at: string,
  network: Network,
  { data, loss }: { readonly data: NetworkRows; readonly loss: LossName },
): Promise<void> {
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
  if (x instanceof Float32Array) await checkFinite(at, "x", x);
  await checkCodes(at, network, x);
  if (y instanceof Float32Array) return checkTruths(at, y, loss);
  const least = expected.length > 0 ? -1 : 0; // a step without a label is not counted
  await checkLabels(at, y, { least, classes: network.outputShape.at(-1) ?? 0 });
}

/** Refuses codes that the table of an embedding has not; other networks take any numbers. */
export async function checkCodes(
  at: string,
  { layers }: Network,
  x: Float32Array | Uint8Array,
): Promise<void> {
  const [first] = layers;
  const codes = first?.options["codes"];
  if (first?.kind !== "embedding" || typeof codes !== "number") return;
  const expected = `a whole number from 0 to ${codes - 1}, in a Float32Array`;
  if (x instanceof Uint8Array)
    return fail("nn/mismatch-rows", { at, what: "code 0 of x", expected, got: "bytes" });
  await inSlices(x.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const code = x[i] ?? -1;
      if (Number.isInteger(code) && code >= 0 && code < codes) continue;
      fail("nn/mismatch-rows", { at, what: `code ${i} of x`, expected, got: `${code}` });
    }
  });
}

/** Labels that are classes, `least` to the last. */
async function checkLabels(
  at: string,
  y: Int32Array,
  { least, classes }: { readonly least: number; readonly classes: number },
): Promise<void> {
  await inSlices(y.length, (from, to) => {
    for (let row = from; row < to; row++) {
      const label = y[row] ?? -1;
      if (label >= least && label < classes) continue;
      fail("nn/out-of-range-label", { at, row, expected: `0 to ${classes - 1}`, got: label });
    }
  });
}

/** Labels that are numbers: of a truth 0 to 1, of the hinge 0 or 1, of the others any that are finite. */
async function checkTruths(at: string, y: Float32Array, loss: LossName): Promise<void> {
  await checkFinite(at, "y", y);
  if (loss !== "binaryCrossEntropy" && loss !== "hinge") return;
  const isHinge = loss === "hinge";
  const expected = isHinge ? "0 or 1" : "0 to 1";
  await inSlices(y.length, (from, to) => {
    for (let row = from; row < to; row++) {
      const truth = y[row] ?? -1;
      if (isHinge ? truth === 0 || truth === 1 : truth >= 0 && truth <= 1) continue;
      fail("nn/out-of-range-label", { at, row, expected, got: truth });
    }
  });
}

const arrayOf = (classes: boolean): string =>
  classes ? "an Int32Array of classes" : "a Float32Array of numbers";

async function checkFinite(at: string, what: string, values: Float32Array): Promise<void> {
  await inSlices(values.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const value = values[i] ?? 0;
      if (value - value === 0) continue; // finite
      const expected = "a finite number";
      fail("nn/mismatch-rows", { at, what: `number ${i} of ${what}`, expected, got: `${value}` });
    }
  });
}
