/** @file Boosting round by round: gradients, a tree for each output, margins, and what judges them. */
import { random } from "../../core/index.ts";
import { TreeWriter } from "../tree/tree-writer.ts";
import { leadCrew } from "./crew.ts";
import { type GivenGradients, openGradients } from "./gradients.ts";
import { openLeaves } from "./grow-leaves.ts";
import { openLevels } from "./grow-levels.ts";
import type { Branch } from "./growers.ts";
import type { BoostJob, Grown } from "./job.ts";
import { openJudge } from "./judge.ts";
import { openKernel } from "./kernel.ts";
import { realField } from "./layout.ts";
import { isShifted, quantileOf, renewedQuantile } from "./objectives.ts";
import { growsByLevel } from "./options.ts";
import { openSearch, type Scales } from "./search.ts";
import { openWalks } from "./walks.ts";
import { openWriting } from "./writing.ts";

/** Grows the rounds of one job, one call a round, in order. */
export interface Booster {
  /** Grows one tree per output; whether more should follow. */
  round(given?: GivenGradients): boolean;
  /** Margins of the training rows so far, [n · k] row by row: what gradients of the user's own are of. */
  margins(): Float64Array;
  grown(): Grown;
}

/** Opens the job in the leading thread. */
export function openBooster(job: BoostJob, stallMs?: number): Booster {
  const { layout, options } = job;
  const kernel = openKernel(job.module, job.memory);
  kernel.code.open(layout.job);
  const crew = leadCrew(kernel, layout, stallMs);
  const scales: Scales = { gradient: 1, hessian: 1 };
  const gradients = openGradients(kernel, crew, job, scales);
  const search = openSearch(kernel, job, scales);
  const grower = growsByLevel(options)
    ? openLevels(kernel, crew, job, search)
    : openLeaves(kernel, crew, job, search);
  const shape = { width: layout.width, outputs: layout.outputs, leafWidth: 1, average: false };
  const writer = new TreeWriter({ ...shape, base: job.base });
  const write = openWriting(job, writer, search, scales);
  const judge = openJudge(job);
  const drops = openDrops(job);
  const walks = openWalks(crew, job);
  const isPartial = options.rowSample < 1 || layout.trainRows < layout.rows;
  const hasOutside = !growsByLevel(options) && isPartial; // by levels every row is moved and updated
  const chooseRows = openSampler(job);
  let round = 0;

  const growTree = (plane: number, factor: number): void => {
    search.begin(writer.trees);
    grower.begin(plane, gradients.fused);
    const root = grower.grow(plane);
    const leaves = leavesOf(root);
    const renewed = renew(job, leaves, grower.rowsOf, plane);
    const values = leaves.map((leaf, i) => {
      const value = renewed?.[i] ?? search.leafValueOf(leaf.node);
      return { key: leaf.key, value: Math.fround(value * options.learningRate * factor) };
    });
    const byKey = new Map(values.map(({ key, value }) => [key, value]));
    const leafValueOf = (leaf: Branch): number => byKey.get(leaf.key)!;
    const place = options.dropRate > 0 ? writer.trees : 0;
    write(root, leafValueOf);
    if (layout.walkSlots > 0) walks.write(place, root, leafValueOf);
    grower.update(plane, values);
    if (hasOutside) walks.add(place, { plane, factor: 1, outside: true });
  };
  const addDropped = (dropped: readonly number[], sign: number): void => {
    for (const one of dropped)
      for (let plane = 0; plane < layout.outputs; plane++) {
        const factor = sign * drops.scales[one]!;
        walks.add(one * layout.outputs + plane, { plane, factor, outside: false });
      }
  };
  return {
    round: (given) => {
      const dropped = drops.choose(round);
      chooseRows(round);
      if (dropped.length > 0) addDropped(dropped, -1);
      gradients.prepare(given);
      for (let plane = 0; plane < layout.outputs; plane++)
        growTree(plane, 1 / (1 + dropped.length));
      if (!gradients.fused || judge !== undefined) grower.settle();
      drops.shrink(dropped);
      if (dropped.length > 0) addDropped(dropped, 1);
      round++;
      return (judge?.goesOn() ?? true) && round < options.trees;
    },
    margins: () => marginsOf(job),
    grown: () => {
      for (const [one, scale] of drops.scales.entries())
        for (let plane = 0; scale !== 1 && plane < layout.outputs; plane++)
          writer.scale(one * layout.outputs + plane, scale);
      const rounds = judge?.best() ?? round;
      const trees = writer.written(rounds * layout.outputs);
      return { trees, losses: Float64Array.from(judge?.losses ?? []), rounds };
    },
  };
}

/** The leaves below a branch, from left to right. */
function leavesOf(root: Branch): readonly Branch[] {
  const leaves: Branch[] = [];
  const stack = [root];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const kids = next.kids?.();
    if (kids === undefined) leaves.push(next);
    else stack.push(kids[1], kids[0]);
  }
  return leaves;
}

/** Values of leaves as quantiles of what is left to learn in their rows; undefined where −G/(H + λ) stays. */
function renew(
  job: BoostJob,
  leaves: readonly Branch[],
  rowsOf: (leaves: readonly Branch[]) => readonly Uint32Array[],
  plane: number,
): readonly number[] | undefined {
  const at = renewedQuantile(job.objective);
  if (at === undefined || job.truth === undefined) return undefined;
  const { layout, truth } = job;
  const margins = new Float32Array(
    job.memory.buffer,
    layout.margins + 4 * layout.padded * plane,
    layout.rows,
  );
  const labels = new Float32Array(job.memory.buffer, layout.labels, layout.rows);
  const rest = (row: number): number => labels[row]! - margins[row]!;
  const weight = (row: number): number => truth.weights?.[row] ?? 1;
  return rowsOf(leaves).map((rows, i) => {
    const { lower, upper } = leaves[i]!.node;
    return Math.min(upper, Math.max(lower, quantileOf(rows, rest, weight, at)));
  });
}

function marginsOf({ layout, memory, objective, base }: BoostJob): Float64Array {
  const k = layout.outputs;
  const shift = isShifted(objective.name) ? base[0]! : 0;
  const margins = new Float64Array(layout.trainRows * k);
  for (let c = 0; c < k; c++) {
    const plane = new Float32Array(
      memory.buffer,
      layout.margins + 4 * layout.padded * c,
      layout.trainRows,
    );
    for (let i = 0; i < plane.length; i++) margins[i * k + c] = plane[i]! + shift;
  }
  return margins;
}

/** The rows of each round's sample, from one named stream per round. */
function openSampler({ layout, memory, options }: BoostJob): (round: number) => void {
  const view = new DataView(memory.buffer, layout.job);
  const draws = random(options.seed).stream("boost");
  return (round) => {
    const stream = draws.stream(`rows/${round}`);
    view.setUint32(realField("rowKey"), stream.next() * 2 ** 32, true);
    view.setUint32(realField("rowKey") + 4, stream.next() * 2 ** 32, true);
    view.setBigUint64(realField("rowLimit"), BigInt(Math.round(options.rowSample * 2 ** 32)), true);
  };
}

/**
 * Which earlier rounds are left out while the next is grown, and what is left of each afterwards: k that were left out
 * and the new one share the work of k + 1 (DART).
 *
 * @see Rashmi & Gilad-Bachrach, AISTATS 2015. Peer: LightGBM `boosting="dart"`.
 */
function openDrops({ options }: BoostJob) {
  const draws = random(options.seed).stream("boost");
  const scales: number[] = [];
  const choose = (round: number): readonly number[] => {
    if (options.dropRate === 0) return [];
    const stream = draws.stream(`drop/${round}`);
    const skipped = stream.next() < options.skipDrop;
    const chosen = scales.flatMap((_, one) => (stream.next() < options.dropRate ? [one] : []));
    scales.push(1);
    return skipped ? [] : chosen;
  };
  const shrink = (dropped: readonly number[]): void => {
    for (const one of dropped) scales[one] = (scales[one]! * dropped.length) / (dropped.length + 1);
  };
  return { scales, choose, shrink };
}
