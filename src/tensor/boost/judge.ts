/** @file How well the rows that only judge are told, round by round, and when to stop. */
import { earlyStopping } from "../descent/early-stopping.ts";
import type { BoostJob } from "./job.ts";
import { aucOf, distanceOf, errorOf, isRising, isShifted, lossOf } from "./objectives.ts";
import { ndcgOf, queriesOf } from "./ranking.ts";

/** Judges after each round. */
export interface Judge {
  /** Measures; whether the rounds should go on. */
  goesOn(): boolean;
  readonly losses: readonly number[];
  /** Rounds up to the best one. */
  best(): number;
}

/** Opens the judge of a job; undefined where no rows judge. */
export function openJudge(job: BoostJob): Judge | undefined {
  const { layout, stopping, truth } = job;
  if (stopping === undefined || truth === undefined) return undefined;
  const { metric, patience, warmUp, minDelta, relative } = stopping;
  const [from, rows, k] = [layout.trainRows, layout.rows - layout.trainRows, layout.outputs];
  const y = truth.y.subarray(from);
  const weights = truth.weights?.subarray(from);
  const queries = queriesOf((truth.groups ?? new Float64Array(layout.rows)).subarray(from));
  const planes = Array.from({ length: k }, (_, c) =>
    new Float32Array(
      job.memory.buffer,
      layout.margins + 4 * layout.padded * c,
      layout.rows,
    ).subarray(from),
  );
  const shift = isShifted(job.objective.name) ? job.base[0]! : 0;
  const outputs = new Float64Array(rows * k);
  const measure = (): number => {
    for (const [c, plane] of planes.entries())
      for (let i = 0; i < rows; i++) outputs[i * k + c] = plane[i]! + shift;
    const judged = { outputs, k, y, weights };
    if (metric === "error") return errorOf(judged);
    if (metric === "auc") return aucOf(judged);
    if (metric === "rmse" || metric === "mae") return distanceOf(judged, metric === "rmse" ? 2 : 1);
    if (metric === "ndcg") return ndcgOf(queries, (row) => outputs[row]!, y);
    if (job.objective.name === "ranking") return 1 - ndcgOf(queries, (row) => outputs[row]!, y);
    return lossOf(job.objective, judged);
  };
  const losses: number[] = [];
  const mode = isRising(metric) ? "max" : "min";
  const rule = earlyStopping({ patience: Math.max(1, patience), warmUp, minDelta, relative, mode });
  let state = rule.start;
  const goesOn = (): boolean => {
    const loss = measure();
    losses.push(loss);
    state = rule.next(state, losses.length, loss);
    return patience === 0 || !state.stop;
  };
  const best = (): number => (patience === 0 ? losses.length : state.bestEpoch || losses.length);
  return { goesOn, losses, best };
}
