/** @file Reverse-mode differentiation: the gradients of a scalar, as operations of the same graph. */
import { fail } from "../errors.ts";
import type { GradientRule, GraphStep, Tensor } from "./graph.ts";
import { zeros } from "./ops/arrange.ts";
import { add } from "./ops/elementwise.ts";
import { formatShape, sizeOf } from "./shape.ts";

/**
 * The gradients of a scalar by some tensors: the operations between are walked from the last to the first, and each adds what its
 * rule says. A tensor that the scalar does not depend on has a gradient of zeros. As many operations again as forward, at most a
 * few times more.
 *
 * @param of - The scalar, of shape [].
 * @param by - The tensors: inputs of the graph, or what operations gave.
 * @returns A gradient for each, of its shape.
 * @throws `tensor/mismatch-input` where `of` is no scalar
 * @see Griewank & Walther, Evaluating Derivatives, 2nd edition, chapter 3.
 */
export function gradients(of: Tensor, by: readonly Tensor[]): readonly Tensor[] {
  if (sizeOf(of.shape) !== 1)
    fail("tensor/mismatch-input", {
      at: "gradients",
      expected: "a scalar to differentiate",
      got: `the shape ${formatShape(of.shape)}`,
    });
  const { graph } = of;
  const steps = [...graph.steps]; // rules add more of them
  const needed = dependents(steps, by);
  const found = new Map<string, Tensor>([[of.name, graph.scalar(1)]]);
  const ends = new Set(by.map(({ name }) => name));
  for (const step of steps.toReversed()) {
    const { gradient: rule, sources } = wayOf(step, ends);
    if (rule === undefined || !step.outputs.some(({ name }) => needed.has(name))) continue;
    const given = step.outputs.map(({ name }) => found.get(name));
    if (given.every((g) => g === undefined)) continue;
    const asked = sources.map((input) => input !== undefined && needed.has(input.name));
    for (const [i, g] of rule(given, asked).entries()) {
      const input = sources[i];
      if (g === undefined || input === undefined || asked[i] !== true) continue;
      const before = found.get(input.name);
      found.set(input.name, before === undefined ? g : add(before, g));
    }
  }
  return by.map((tensor) => found.get(tensor.name) ?? zeros(tensor));
}

/** The rule of a step and what its gradient is of: the shorter way, unless that would go past a tensor that is asked for. */
function wayOf(
  step: GraphStep,
  ends: ReadonlySet<string>,
): { readonly gradient: GradientRule | undefined; readonly sources: GraphStep["inputs"] } {
  const { past, gradient, inputs } = step;
  const isAsked = inputs.some((input) => input !== undefined && ends.has(input.name));
  if (past !== undefined && !isAsked) return past;
  return { gradient, sources: step.sources ?? inputs };
}

/** Names of the tensors, and of all that depends on them. */
function dependents(steps: readonly GraphStep[], by: readonly Tensor[]): ReadonlySet<string> {
  const names = new Set(by.map(({ name }) => name));
  for (const { inputs, sources = inputs, outputs } of steps)
    if (sources.some((input) => input !== undefined && names.has(input.name)))
      for (const { name } of outputs) names.add(name);
  return names;
}
