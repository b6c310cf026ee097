/** @file What can go wrong with matrices and kernels. */
import { caller, count, environment, failWith, list, quote } from "../core/index.ts";

/** The errors of this folder: code → sentence. */
export const tensorErrors = {
  "tensor/mismatch-shape": caller(
    (d: { at: string; expected: string; got: string }) =>
      `${d.at}: the shapes do not fit; expected ${d.expected}, got ${d.got}`,
  ),
  "tensor/mismatch-operands": caller(
    (d: { at: string; a: string; b: string }) =>
      `${d.at}: the shapes do not fit each other; got ${d.a} and ${d.b}. Sizes must be equal, or one of them 1.`,
  ),
  "tensor/mismatch-input": caller(
    (d: { at: string; expected: string; got: string }) =>
      `${d.at}: takes ${d.expected}; got ${d.got}`,
  ),
  "tensor/out-of-range-graph": caller(
    (d: { what: string; got: number; most: number }) =>
      `graph: there would be ${d.got} ${d.what}; expected at most ${d.most}`,
  ),
  "tensor/out-of-range-axis": caller(
    (d: { at: string; axis: number; shape: string }) =>
      `${d.at}: there is no axis ${d.axis} in the shape ${d.shape}; expected 0 to its rank − 1, or counted from the last with −1`,
  ),
  "tensor/failed-factorisation": caller(
    (d: { at: string; pivot: number; value: number; size: number }) =>
      `${d.at}: the matrix of shape [${d.size}, ${d.size}] is not positive definite; expected pivot ${d.pivot} above 0, got ${d.value}. Add to its diagonal, or drop a column that the others add up to.`,
  ),
  "tensor/out-of-range-memory": caller(
    (d: {
      at: string;
      needBytes: number;
      maxBytes: number;
      rows: number;
      features: number;
      advice?: string;
    }) =>
      `${d.at}: ${count(d.rows, "row")} × ${count(d.features, "feature")} need ${count(d.needBytes, "byte")} of memory; expected at most ${count(d.maxBytes, "byte")}. ${d.advice ?? "Use a smaller depth, fewer bins, fewer features or fewer rows."}`,
  ),
  "tensor/corrupt-onnx": caller(
    (d: { reason: string }) =>
      `onnx: the file is damaged, or no ONNX model: ${d.reason}. Export the model again.`,
  ),
  "tensor/out-of-range-onnx": caller(
    (d: { what: string; got: number; most: number }) =>
      `onnx: the model has ${d.got} ${d.what}; expected at most ${d.most}. Raise the limit only for a file that you trust.`,
  ),
  "tensor/unsupported-onnx": caller(
    (d: { what: string; expected: string }) =>
      `onnx: the model has ${d.what}; expected ${d.expected}`,
  ),
  "tensor/mismatch-checkpoint": caller(
    (d: { expected: string; got: string }) =>
      `descend: the checkpoint is of another training; expected ${d.expected}, got ${d.got}. Resume with the model and the optimiser that it was made with.`,
  ),
  "tensor/unknown-metric": caller(
    (d: { got: string; known: readonly string[] }) =>
      `earlyStopping: no epoch has the metric ${quote(d.got)}; expected one of ${list(d.known)}. Measure it, or monitor another.`,
  ),
  "tensor/out-of-range-code": caller(
    (d: { at: string; feature: number; row: number; got: number; max: number }) =>
      `${d.at}: feature ${d.feature} is categorical, and ${d.got} in row ${d.row} is not a code; expected a whole number from 0 to ${d.max}, or NaN where it is missing. Number the categories from 0 on.`,
  ),
  "tensor/out-of-range-levels": caller(
    (d: { at: string; feature: number; got: number; max: number }) =>
      `${d.at}: feature ${d.feature} has ${d.got} categories; expected at most ${d.max}. Put rare ones together, or leave the feature out.`,
  ),
  "tensor/missing-kernel": environment(
    (d: { path: string; lacks?: readonly string[] }) =>
      `tensor: ${d.path} is ${d.lacks === undefined ? "missing; expected the compiled kernel" : `of another version; expected a kernel with ${list(d.lacks)}`}. Run \`npm run kernels\`.`,
  ),
  "tensor/failed-worker": environment(
    (d: { thread: number; reason: string }) =>
      `tensor: worker thread ${d.thread} ended before its work was done (${d.reason}). Train with threads: 1.`,
  ),
  "tensor/timed-out-worker": environment(
    (d: { finished: number; workers: number; seconds: number }) =>
      `tensor: ${d.finished} of ${count(d.workers, "worker thread")} answered, and no other showed life for ${d.seconds} s. Train with threads: 1.`,
  ),
};

/** Throws one of {@link tensorErrors}. */
export const fail = failWith(tensorErrors);
