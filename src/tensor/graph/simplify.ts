/**
 * @file A graph with fewer operations that gives the same numbers to the last bit: constants are computed, what is asked for twice is
 * computed once, and what changes nothing is left out.
 */
import type { OnnxTensor } from "../onnx/index.ts";
import { folded } from "./fold.ts";
import type { Graph, GraphStep, Tensor } from "./graph.ts";
import { sameShape } from "./shape.ts";

/** What is left of a graph. */
export interface Simplified {
  readonly steps: readonly GraphStep[];
  /** Constants of the graph and those that were computed, by name. */
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  /** The tensor that stands for another now. */
  readonly now: (tensor: Tensor) => Tensor;
}

/** Simplifies a graph. @param given - Inputs that are constants, by name. */
export function simplify(graph: Graph, given: ReadonlyMap<string, OnnxTensor>): Simplified {
  const constants = new Map([...graph.constants, ...given]);
  const places = new Map<string, Tensor>();
  const now = (tensor: Tensor): Tensor => places.get(tensor.name) ?? tensor;
  const makers = new Map<string, GraphStep>();
  const known = new Map<string, GraphStep>();
  const steps: GraphStep[] = [];
  for (const before of graph.steps) {
    const inputs = before.inputs.map((input) => input && now(input));
    const step = shortened({ ...before, inputs }, makers);
    const [output] = step.outputs;
    const value =
      step.outputs.length === 1 && output !== undefined
        ? folded(
            step,
            output,
            step.inputs.map((input) => input && constants.get(input.name)),
          )
        : undefined;
    const stands = value === undefined ? standsFor(step, constants) : undefined;
    const twin = known.get(keyOf(step));
    if (output !== undefined && value !== undefined) constants.set(output.name, value);
    else if (output !== undefined && stands !== undefined) places.set(output.name, stands);
    else if (twin !== undefined)
      for (const [i, one] of step.outputs.entries()) places.set(one.name, twin.outputs[i] ?? one);
    else {
      steps.push(step);
      known.set(keyOf(step), step);
      for (const one of step.outputs) makers.set(one.name, step);
    }
  }
  return { steps, constants, now };
}

/** Operations with the same key give the same. */
const keyOf = ({ operator, inputs, attributes, outputs }: GraphStep): string =>
  JSON.stringify([
    operator,
    inputs.map((input) => input?.name ?? null),
    attributes ?? null,
    outputs.map(({ shape, type }) => [shape, type]),
  ]);

/** A reshape of a reshape goes back to what was reshaped; a turn of a turn is one turn. */
function shortened(step: GraphStep, makers: ReadonlyMap<string, GraphStep>): GraphStep {
  const [input, ...rest] = step.inputs;
  const maker = input === undefined ? undefined : makers.get(input.name);
  const source = maker?.inputs[0];
  if (maker?.operator !== step.operator || source === undefined) return step;
  if (step.operator === "Reshape") return { ...step, inputs: [source, ...rest] };
  if (step.operator !== "Transpose") return step;
  const [first, second] = [permOf(maker), permOf(step)];
  return {
    ...step,
    inputs: [source],
    attributes: { perm: second.map((axis) => first[axis] ?? axis) },
  };
}

const permOf = ({ attributes }: GraphStep): readonly number[] => {
  const perm = attributes?.["perm"];
  return Array.isArray(perm) ? perm.map(Number) : [];
};

/** The input that an operation gives as it is: times 1, divided by 1, in its own shape, in its own order. */
function standsFor(
  step: GraphStep,
  constants: ReadonlyMap<string, OnnxTensor>,
): Tensor | undefined {
  const [a, b] = step.inputs;
  const [output] = step.outputs;
  if (a === undefined || output === undefined) return undefined;
  const isOne = (tensor: Tensor | undefined): boolean => {
    const value = constants.get(tensor?.name ?? "");
    return value?.type === "float" && value.values.length === 1 && value.values[0] === 1;
  };
  const isLike = (tensor: Tensor): boolean =>
    sameShape(tensor.shape, output.shape) && tensor.type === output.type;
  if (step.operator === "Mul" && isOne(a) && b !== undefined) return isLike(b) ? b : undefined;
  if (step.operator === "Mul" || step.operator === "Div")
    return isOne(b) && isLike(a) ? a : undefined;
  if (step.operator === "Reshape" || step.operator === "Expand") return isLike(a) ? a : undefined;
  const isOrdered = step.operator === "Transpose" && permOf(step).every((axis, i) => axis === i);
  return isOrdered ? a : undefined;
}
