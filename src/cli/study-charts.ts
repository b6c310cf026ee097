/** @file The charts of a study, by name. */
import {
  type ChartSpec,
  contourChart,
  frontChart,
  importancesChart,
  parallelChart,
  type SearchPoint,
  searchHistoryChart,
  sliceChart,
} from "../plot/index.ts";
import { paramImportances, type StudyReader } from "../tune/index.ts";
import { fail } from "./errors.ts";

/** What can be drawn of a study. */
export const chartNames = [
  "history",
  "slice",
  "contour",
  "parallel",
  "importances",
  "front",
] as const;

/** Draws a chart of a study; params that a chart needs and that are not given are the most important ones. */
export async function chartOf(
  study: StudyReader,
  chart: (typeof chartNames)[number],
  params: readonly string[],
): Promise<ChartSpec> {
  const [first] = study.objectives;
  if (first === undefined) return fail("cli/missing-params", { chart, needed: 0 });
  const { metric, direction } = first;
  const subtitle = `study ${study.name}`;
  if (chart === "importances")
    return importancesChart(await paramImportances(study), {
      title: `What matters to ${metric}`,
      subtitle,
    });
  if (chart === "front") return front(study, subtitle);
  const points = await pointsOf(study);
  if (chart === "history") {
    const all = await study.trials();
    const failed = all.flatMap(({ number, state }) => (state === "failed" ? [number] : []));
    return searchHistoryChart(points, { metric, direction, subtitle, failed, trials: all.length });
  }
  if (chart === "parallel")
    return parallelChart(points, { metric, subtitle, ...(params.length > 0 ? { params } : {}) });
  const needed = chart === "slice" ? 1 : 2;
  const [x, y] = params.length >= needed ? params : await mostImportant(study, needed);
  if (x === undefined || (needed === 2 && y === undefined))
    return fail("cli/missing-params", { chart, needed });
  if (y === undefined || chart === "slice")
    return sliceChart(points, { metric, param: x, subtitle });
  return contourChart(points, { metric, x, y, subtitle });
}

async function mostImportant(study: StudyReader, needed: number): Promise<readonly string[]> {
  return (await paramImportances(study)).slice(0, needed).map(({ name }) => name);
}

async function pointsOf(study: StudyReader): Promise<readonly SearchPoint[]> {
  const trials = await study.trials();
  return trials.flatMap(({ number, value, params, isFeasible }) =>
    value === null ? [] : [{ number, value, params, isFeasible }],
  );
}

async function front(study: StudyReader, subtitle: string): Promise<ChartSpec> {
  const [x, y] = study.objectives;
  if (x === undefined || y === undefined)
    return fail("cli/missing-params", { chart: "front", needed: 0 });
  const best = new Set((await study.front()).map(({ number }) => number));
  const points = (await study.trials()).flatMap(({ number, values }) => {
    const [a, b] = values ?? [];
    if (a === undefined || b === undefined) return [];
    return [{ values: [a, b] as const, isFront: best.has(number) }];
  });
  const directions = [x.direction, y.direction] as const;
  return frontChart(points, { metrics: [x.metric, y.metric], directions, subtitle });
}
