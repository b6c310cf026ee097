/** @file Whether more threads pay: times, speed-ups, and that the result is the same. */
import { availableParallelism } from "node:os";
import { checkNames, checkNumber, formatJson } from "../../core/index.ts";
import type { Dataset, Predictor } from "../../flow.ts";
import type { Estimator } from "../estimator.ts";
import { predictorState } from "../predictor-format.ts";
import { trainingReport } from "./training-report.ts";

/** Options of {@link scalingReport}. */
export interface ScalingReportOptions {
  /** How many threads to try, in order. Default 1, 2, 4, … up to what the machine has. */
  readonly threads?: readonly number[];
  /** How often each is tried, of which the median counts, 1 to 100. Default 3. */
  readonly rounds?: number;
}

/** One number of threads. */
export interface ScalingLine {
  readonly threads: number;
  /** Wall time, in seconds. */
  readonly seconds: number;
  /** How many times as fast as the first line. */
  readonly speedUp: number;
  /** Speed-up per thread more than the first line has, 0 to about 1. */
  readonly efficiency: number;
  /** Whether the predictor has the same bytes as that of the first line. */
  readonly same: boolean;
}

/** Lines, and what follows from them. */
export interface ScalingReport {
  readonly lines: readonly ScalingLine[];
  /** How many threads to use: the fewest that come within a tenth of the fastest. */
  readonly best: number;
  /** Why, in a sentence for people. */
  readonly advice: string;
}

/**
 * Learns the same with different numbers of threads: each takes its part of the rows, and the sums of all are put
 * together after each pass, so that the result is that of one thread. Distribution costs: below some hundred
 * milliseconds of learning more threads gain nothing, and the report says so.
 *
 * @param make - The estimator for a number of threads.
 * @param data - What it learns from.
 * @param options - See {@link ScalingReportOptions}.
 * @returns Times, speed-ups and advice.
 * @throws `option/out-of-range`, `option/unknown-name`, and what learning throws
 * @example
 * ```ts
 * const draws = random(1);
 * const x = matrix(Array.from({ length: 200 }, () => [draws.normal(), draws.normal()]));
 * const y = Float64Array.from({ length: 200 }, (_, i) => Number((x.data[2 * i] ?? 0) > 0));
 * const data = { x, y, names: ["a", "b"], source: "sha256:00" } as const;
 * const { lines, best } = await scalingReport((threads) => boost({ trees: 5, threads }), data, { threads: [1, 2] });
 * lines.every(({ same }) => same) // => true
 * best // => 1
 * ```
 */
export async function scalingReport(
  make: (threads: number) => Pick<Estimator<Predictor>, "learn">,
  data: Dataset,
  options: ScalingReportOptions = {},
): Promise<ScalingReport> {
  checkNames("scalingReport", options, ["threads", "rounds"]);
  const { threads = doublings(availableParallelism()), rounds = 3 } = options;
  for (const count of threads)
    checkNumber("scalingReport", { threads: count }, { min: 1, max: 1024, integer: true });
  const measured: { threads: number; seconds: number; text: string }[] = [];
  for (const count of threads) {
    const { seconds, predictor } = await trainingReport(make(count), data, { rounds });
    measured.push({ threads: count, seconds, text: formatJson(predictorState(predictor)) });
  }
  const [first] = measured;
  const lines = measured.map(({ threads: count, seconds, text }): ScalingLine => {
    const speedUp = (first?.seconds ?? seconds) / seconds;
    const more = count / (first?.threads ?? count);
    return {
      threads: count,
      seconds,
      speedUp,
      efficiency: speedUp / more,
      same: text === first?.text,
    };
  });
  const fastest = Math.min(...lines.map(({ seconds }) => seconds));
  const best = lines.find(({ seconds }) => seconds <= fastest * 1.1)?.threads ?? 1;
  return { lines, best, advice: adviceOf(lines, best) };
}

const doublings = (most: number): readonly number[] =>
  Array.from({ length: Math.floor(Math.log2(most)) + 1 }, (_, i) => 2 ** i);

function adviceOf(lines: readonly ScalingLine[], best: number): string {
  const line = lines.find(({ threads }) => threads === best);
  const [first] = lines;
  if (line === undefined || first === undefined) return "nothing was tried";
  if (best === first.threads)
    return `stay with ${best === 1 ? "1 thread" : `${best} threads`}: more gain less than a tenth of the ${first.seconds.toFixed(2)} s, because handing out the work costs what is saved`;
  return `use ${best} threads: ${line.speedUp.toFixed(2)} times as fast as ${first.threads}, with ${(100 * line.efficiency).toFixed(0)} % of each thread used`;
}
