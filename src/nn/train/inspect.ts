/** @file Where numbers are no longer finite: the first place of a step, in words. */
import type { Runtime, Values } from "../../tensor/index.ts";
import type { InspectionTask } from "./training.ts";

/**
 * The first place that is not finite: a weight, else what a layer gives, else, from the last layer back, the gradient of a weight.
 *
 * @param task - The model that tells, and the names.
 * @param feeds - What the step was given.
 * @param runtime - What runs the model.
 */
export async function firstNotFinite(
  task: InspectionTask,
  feeds: Readonly<Record<string, Values>>,
  runtime: Runtime,
): Promise<string> {
  const before = weightNotFinite(task, feeds["weights"]?.data);
  if (before !== undefined) return `the weights "${before}", before the step`;
  const session = await runtime.open(task.model);
  try {
    const told = await session.run(feeds);
    const layer = task.layers.findIndex(
      (_, i) => !Number.isFinite(Number(told[`layer ${i}`]?.data[0])),
    );
    if (layer >= 0) return `what layer "${task.layers[layer]}" gives`;
    const gradient = told["gradient"]?.data;
    const flowing = weightNotFinite({ ...task, weights: task.weights.toReversed() }, gradient);
    if (flowing !== undefined) return `the gradient of "${flowing}"`;
    return `no single number: the largest gradient is that of "${largest(task, gradient)}"`;
  } finally {
    await session.close();
  }
}

type Numbers = Values["data"] | undefined;

function weightNotFinite({ weights }: InspectionTask, values: Numbers): string | undefined {
  const isBad = (at: number): boolean => !Number.isFinite(Number(values?.[at]));
  return weights.find(({ offset, length }) =>
    Array.from({ length }, (_, i) => offset + i).some(isBad),
  )?.name;
}

/** The squares of finite numbers may have a sum that is not: the weight whose gradient is largest. */
function largest({ weights }: InspectionTask, gradient: Numbers): string {
  const size = ({ offset, length }: InspectionTask["weights"][number]): number => {
    let most = 0;
    for (let i = offset; i < offset + length; i++)
      most = Math.max(most, Math.abs(Number(gradient?.[i])));
    return most;
  };
  return weights.reduce((best, one) => (size(one) > size(best) ? one : best)).name;
}
