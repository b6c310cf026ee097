/** @file What can go wrong with networks. */
import { caller, count, didYouMean, environment, failWith, list, quote } from "../core/index.ts";

/** The errors of this folder: code → sentence. */
export const nnErrors = {
  "nn/mismatch-layer": caller(
    (d: { layer: string; expected: string; got: string }) =>
      `${d.layer}: takes ${d.expected}; got ${d.got}. Put flatten() or reshape() before it, or another layer.`,
  ),
  "nn/mismatch-option": caller(
    (d: { at: string; option: string; expected: string; got: unknown }) =>
      `${d.at}: the option ${d.option} does not fit; expected ${d.expected}, got ${d.got === undefined ? "none" : quote(d.got)}`,
  ),
  "nn/out-of-range-network": caller(
    (d: { layer: string; what: string; got: number; most: number }) =>
      `${d.layer}: the network would have ${d.got} ${d.what}; expected at most ${d.most}. Give it fewer steps, smaller rows or fewer layers.`,
  ),
  "nn/mismatch-logits": caller(
    (d: { loss: string; layer: string; activation: string }) =>
      `train: ${quote(d.layer)} ends with ${d.activation}, which ${d.loss} takes itself. Leave the activation out: the trained network tells probabilities.`,
  ),
  "nn/mismatch-rows": caller(
    (d: { at: string; what: string; expected: string; got: string }) =>
      `${d.at}: ${d.what} does not fit; expected ${d.expected}, got ${d.got}`,
  ),
  "nn/out-of-range-label": caller(
    (d: { at: string; row: number; expected: string; got: number }) =>
      `${d.at}: label ${d.row} is not a class; expected ${d.expected}, got ${d.got}`,
  ),
  "nn/missing-rows": caller(
    (d: { at: string; least: number; got: number }) =>
      `${d.at}: there are too few rows; expected at least ${count(d.least, "row")}, got ${d.got}`,
  ),
  "nn/missing-text": caller(
    (d: { at: string; got: string }) =>
      `${d.at}: there is no text to learn from; expected a text or a list of texts with words in them, got ${d.got}`,
  ),
  "nn/out-of-range-token": caller(
    (d: { at: string; got: number; vocabulary: number }) =>
      `${d.at}: ${d.got} is not a token; expected 0 to ${d.vocabulary - 1}. Take tokens of the tokeniser that is kept with the model.`,
  ),
  "nn/corrupt-language": caller(
    (d: { field: string; expected: string; got: string }) =>
      `language model: ${d.field} is damaged; expected ${d.expected}, got ${d.got}`,
  ),
  "nn/missing-weights": caller(
    (d: { weights: readonly string[] }) =>
      `train: every weight is frozen, so there is nothing to train; expected that frozen leaves some of ${list(d.weights)}`,
  ),
  "nn/unknown-convolution": caller(
    (d: { at: string; layer: string; layers: readonly string[] }) =>
      `${d.at}: there is no such convolution as ${quote(d.layer)}; expected one of ${list(d.layers, d.layer)}.${didYouMean(d.layer, d.layers)}`,
  ),
  "nn/unknown-class": caller(
    (d: { at: string; name: string; classes: readonly string[] }) =>
      `${d.at}: unknown class ${quote(d.name)}; the classes are ${list(d.classes, d.name)}.${didYouMean(d.name, d.classes)}`,
  ),
  "nn/mismatch-network": caller(
    (d: { at: string; expected: string; got: string }) =>
      `${d.at}: this network does not fit; expected ${d.expected}, got ${d.got}`,
  ),
  "nn/mismatch-checkpoint": caller(
    (d: { at: string; what: string; expected: string; got: string }) =>
      `${d.at}: this is the state of another training; ${d.what}: the checkpoint has ${d.got}, this training ${d.expected}. Go on with what it was made with, or begin anew with another file.`,
  ),
  "nn/corrupt-checkpoint": caller(
    (d: { at: string; reason: string }) =>
      `${d.at}: this is no whole checkpoint of a training (${d.reason}). Go on from an older one, or begin anew.`,
  ),
  "nn/failed-checkpoint": environment(
    (d: { path: string; doing: "read" | "written"; reason: string }) =>
      `train: the checkpoint ${quote(d.path)} cannot be ${d.doing} (${d.reason}). Look at its folder, its rights and the room on the disk.`,
  ),
  "nn/failed-training": caller(
    (d: { epoch: number; step: number; where: string; got: string; first: string }) =>
      `train: ${d.where} is ${d.got} in epoch ${d.epoch}, step ${d.step}; the first that is not finite: ${d.first}. Lower the learning rate, clip the gradient (clipNorm), or look for values in the data that are far too large.`,
  ),
  "nn/unsupported-model": caller(
    (d: { what: string; expected: string }) =>
      `import: the model has ${d.what}; expected ${d.expected}`,
  ),
  "nn/corrupt-model": caller(
    (d: { what: string; expected: string; got: string }) =>
      `import: ${d.what} does not fit; expected ${d.expected}, got ${d.got}. Save the model again.`,
  ),
  "nn/failed-model": caller(
    (d: { reason: string }) =>
      `import: ONNX Runtime does not take the model (${d.reason}). Export it for a set of operators of version 18, or from a newer release.`,
  ),
  "nn/unknown-tensor": caller(
    (d: { name: string; known: readonly string[] }) =>
      `import: there is no tensor ${quote(d.name)} in the model; its tensors are ${list(d.known)}.${didYouMean(d.name, d.known)}`,
  ),
  "nn/missing-session": caller(
    (d: { at: string }) =>
      `${d.at}: the model was closed; expected one that is open. Open it again, and close it when all is asked.`,
  ),
  "nn/failed-answer": caller(
    (d: { row: number; output: string }) =>
      `predict: the network says NaN for ${d.output} of row ${d.row}; expected numbers. Look for numbers in the row that are NaN or far too large; if there are none, train the network again.`,
  ),
  "nn/missing-runtime": environment(
    (d: { reason: string }) =>
      `nn: there is no ONNX Runtime (${d.reason}). Run \`npm install onnxruntime-node\`, or \`npm install onnxruntime-web\` where there is no binary for this machine.`,
  ),
  "nn/unknown-layer": caller(
    (d: { kind: string; kinds: readonly string[] }) =>
      `network: unknown layer ${quote(d.kind)}; the layers are ${list(d.kinds)}.${didYouMean(d.kind, d.kinds)}`,
  ),
  "nn/unsupported-layer": caller(
    (d: { layer: string; kinds: readonly string[] }) =>
      `networkModel: ${quote(d.layer)} is a layer of your own, which network.json cannot hold; expected ${list(d.kinds)}. Keep what trained.onnx() gives, and open it with importOnnx.`,
  ),
  "nn/mismatch-output": caller(
    (d: { expected: string; got: string }) =>
      `networkModel: the classes do not fit the network; expected ${d.expected}, got ${d.got}`,
  ),
  "nn/unsupported-format": caller(
    (d: { got: number; known: number }) =>
      `network: the file has format ${d.got}, and this Millrace reads up to ${d.known}. Update Millrace.`,
  ),
  "nn/corrupt-files": environment(
    (d: { reason: string }) => `network: its files are damaged: ${d.reason}. Take another copy.`,
  ),
  "nn/failed-worker": environment(
    (d: { reason: string }) =>
      `nn: the process that trains or answers ended before its work was done (${d.reason}). Try again with fewer rows a batch, or one thread.`,
  ),
};

/** Throws one of {@link nnErrors}. */
export const fail = failWith(nnErrors);
