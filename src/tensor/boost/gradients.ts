/** @file The gradients of a round: computed by the kernel, by ranking, or by the user, then scaled so that no sum overflows. */
import type { Crew } from "./crew.ts";
import type { BoostJob } from "./job.ts";
import type { Kernel } from "./kernel.ts";
import { realField, taskRows } from "./layout.ts";
import { addPairGradients, queriesOf } from "./ranking.ts";
import type { Scales } from "./search.ts";

/** Gradients and hessians of every training row and output, [n · k] row by row. */
export interface GivenGradients {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** Prepares the gradients of each round. */
export interface Gradients {
  /** Whether gradients are computed on the way of the pass that builds a root. */
  readonly fused: boolean;
  /** Chooses the sample's key; to be called before the gradients of a round are made. */
  prepare(given?: GivenGradients): void;
}

const integerRoom = 0.95 * 2 ** 31; // of a sum in 31 bits and a sign; the rest is for rounding

/**
 * How many times the mean weight the largest may be where scales are chosen beforehand: those leave the heaviest row
 * 2²⁰ steps, so that a row of mean weight still has 2¹². With heavier rows, scales follow what is measured.
 */
const mostUneven = 2 ** 8;

/** Opens the gradients of a job; `scales` is what they are multiplied by, written here. */
export function openGradients(
  kernel: Kernel,
  crew: Crew,
  job: BoostJob,
  scales: Scales,
): Gradients {
  const { layout, options, objective } = job;
  const { buffer } = kernel.memory;
  const view = new DataView(buffer, layout.job);
  const isEven = job.mostWeight * layout.trainRows <= mostUneven * job.weightSum;
  const fused = objective.name === "logLoss" && options.dropRate === 0 && isEven;
  const writeScales = (gradient: number, hessian: number): void => {
    Object.assign(scales, { gradient, hessian });
    const fields = {
      gradientScale: gradient,
      hessianScale: hessian,
      penalty: options.l2 * hessian,
      soft: options.l1 * gradient,
      minWeight: Math.max(1, options.minChildWeight * hessian),
      categoryPenalty: options.categoryL2 * hessian,
      smoothing: options.categorySmoothing * hessian,
    } as const;
    for (const [name, value] of Object.entries(fields))
      view.setFloat64(realField(name as keyof typeof fields), value, true);
  };
  // log loss: |gradient| ≤ weight, hessian ≤ weight / 4, so that scales can be known beforehand
  const most = 2 ** 20 / job.mostWeight;
  const bounded = (room: number): number => powerBelow(Math.min(most, room / job.weightSum));
  writeScales(bounded(integerRoom), bounded(0.95 * 2 ** 33));

  const plane = (c: number): Float32Array =>
    new Float32Array(buffer, layout.gradients + 8 * layout.padded * c, 2 * layout.padded);
  const write = ({ gradient, hessian }: GivenGradients): void => {
    const k = layout.outputs;
    for (let c = 0; c < k; c++) {
      const pairs = plane(c);
      for (let i = 0; i < layout.trainRows; i++) {
        pairs[2 * i] = Math.max(hessian[i * k + c]!, 0);
        pairs[2 * i + 1] = gradient[i * k + c]!;
      }
    }
  };
  const rank = openRanking(kernel, job);
  let [firstGradient, firstHessian] = [0, 0];
  const prepare: Gradients["prepare"] = (given) => {
    if (fused) return;
    if (given !== undefined) write(given);
    else if (rank !== undefined) write(rank());
    crew.run({ pass: "measure", step: taskRows });
    const sums = new Float64Array(buffer, layout.partials, 2 * Math.ceil(layout.rows / taskRows));
    let [gradient, hessian] = [0, 0];
    for (let i = 0; i < sums.length; i += 2) {
      gradient += sums[i]!;
      hessian += sums[i + 1]!;
    }
    const [g, h] = [scaleOf(gradient, firstGradient), scaleOf(hessian, firstHessian)];
    if (firstGradient === 0) firstGradient = g;
    if (firstHessian === 0) firstHessian = h;
    writeScales(g, h);
    crew.run({ pass: "quantise", step: taskRows });
  };
  return { fused, prepare };
}

/** The power of two by which a sum fits; never far above the first one, so that noise is not taken for signal. */
function scaleOf(sum: number, first: number): number {
  const scale = sum > 0 ? powerBelow(Math.min(integerRoom / sum, 2 ** 100)) : 1;
  return first === 0 ? scale : Math.min(scale, first * 4096);
}

function powerBelow(limit: number): number {
  return 2 ** Math.floor(Math.log2(limit));
}

/** Gradients of rankings from the margins; undefined for other objectives. */
function openRanking(kernel: Kernel, { layout, objective, truth }: BoostJob) {
  if (objective.name !== "ranking" || truth === undefined) return undefined;
  const rows = layout.trainRows;
  const queries = queriesOf((truth.groups ?? new Float64Array(rows)).subarray(0, rows));
  const margins = new Float32Array(kernel.memory.buffer, layout.margins, rows);
  const { weights } = truth;
  return (): GivenGradients => {
    const [gradient, hessian] = [new Float64Array(rows), new Float64Array(rows)];
    addPairGradients(
      queries,
      (row) => margins[row]!,
      truth.y,
      (row, g, h) => {
        const weight = weights?.[row] ?? 1;
        gradient[row]! += g * weight;
        hessian[row]! += h * weight;
      },
    );
    return { gradient, hessian };
  };
}
