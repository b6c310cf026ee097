/** @file The losses of networks by name: what they take, and what they make of what comes out. */
import { batch, type Graph, ops, type Shape, sizeOf, type Tensor } from "../../tensor/index.ts";
import { fail } from "../errors.ts";

/** Names of losses. */
export const lossNames = [
  "crossEntropy",
  "binaryCrossEntropy",
  "squared",
  "absolute",
  "huber",
  "hinge",
] as const;
export type LossName = (typeof lossNames)[number];

/** What rows lose, and whether their answer is right where that means something. */
export interface Lost {
  /** For each row, [n], or for each step of each row, [n·t]. */
  readonly lost: Tensor;
  /** 1 where the answer is right, of classes. */
  readonly right?: Tensor;
  /** 1 where there is a label, else 0, of steps: what has none loses nothing, and is not counted. */
  readonly counted?: Tensor;
}

/** The mean of what is counted. */
export function meanOf(values: Tensor, counted: Tensor | undefined): Tensor {
  if (counted === undefined) return ops.mean(values);
  const { graph } = values;
  const [some, one] = [ops.sum(counted), graph.scalar(1)];
  return ops.divide(ops.sum(values), ops.where(ops.above(some, one), some, one));
}

/** Whether labels are numbers of classes. */
export const takesClasses = (loss: LossName): loss is "crossEntropy" => loss === "crossEntropy";

/** The shape of a row of labels. */
export const labelShape = (loss: LossName, out: Shape): Shape =>
  takesClasses(loss) ? out.slice(0, -1) : out;

/** What comes out of a network as users read it: probabilities of classes and of truth, numbers as they are. */
export function answered(loss: LossName, out: Tensor): Tensor {
  if (loss === "crossEntropy") return ops.softmax(out);
  return loss === "binaryCrossEntropy" ? ops.sigmoid(out) : out;
}

/** The loss of what came out, with an input `y` for the labels. @throws `nn/mismatch-layer` */
export function lossOf(loss: LossName, out: Tensor, graph: Graph): Lost {
  if (!takesClasses(loss)) {
    const y = graph.input("y", [batch, ...labelShape(loss, out.shape.slice(1))]);
    return { lost: pairwise[loss](out, y) };
  }
  const classes = out.shape.at(-1) ?? 0;
  if (out.shape.length < 2 || classes < 2)
    fail("nn/mismatch-layer", {
      layer: "crossEntropy",
      expected: "at least 2 numbers a row, a logit for each class",
      got: `${classes}`,
    });
  const y = graph.input("y", [batch, ...out.shape.slice(1, -1)], "int64");
  const rows = sizeOf(out.shape) / classes;
  const [logits, labels] = [ops.reshape(out, [rows, classes]), ops.reshape(y, [rows])];
  const isSteps = out.shape.length > 2;
  if (!isSteps)
    return { lost: ops.softmaxCrossEntropy(logits, labels), right: ops.isLargest(logits, labels) };
  const asReal = ops.toFloat(labels);
  const counted = ops.toFloat(ops.above(asReal, graph.scalar(-0.5)));
  const known = ops.toWhole(ops.relu(asReal)); // a class, where there is none
  const lost = ops.multiply(ops.softmaxCrossEntropy(logits, known), counted);
  return { lost, right: ops.multiply(ops.isLargest(logits, known), counted), counted };
}

const pairwise = {
  binaryCrossEntropy: ops.binaryCrossEntropy,
  squared: ops.squaredError,
  absolute: ops.absoluteError,
  huber: (z: Tensor, y: Tensor): Tensor => ops.huber(z, y),
  hinge: ops.hinge,
} as const;
