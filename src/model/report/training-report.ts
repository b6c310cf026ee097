/** @file What learning cost: time, processor, memory and money. */
import { checkNames, checkNumber } from "../../core/index.ts";
import type { Dataset, Predictor } from "../../flow.ts";
import type { Estimator } from "../estimator.ts";

/** Options of {@link trainingReport}. */
export interface TrainingReportOptions {
  /** What an hour of the machine costs, in any currency, ≥ 0; without it there is no cost. */
  readonly costPerHour?: number;
  /** How often learning is repeated, of which the median is reported, 1 to 100. Default 1. */
  readonly rounds?: number;
}

/** What one learning cost. */
export interface TrainingReport<P extends Predictor = Predictor> {
  readonly predictor: P;
  readonly rows: number;
  readonly features: number;
  /** Wall time, in seconds. */
  readonly seconds: number;
  /** Processor time of all threads, in seconds. */
  readonly processorSeconds: number;
  /** Rows of the dataset per second of wall time. */
  readonly rowsPerSecond: number;
  /** How many processors were busy on average. */
  readonly busy: number;
  /** How far the memory of the process rose above where it was before, in bytes, looked at every 10 milliseconds. */
  readonly memoryBytes: number;
  /** In the currency of `costPerHour`; null without it. */
  readonly cost: number | null;
}

const lookMs = 10;

/**
 * Learns, and reports what it cost. Run it on a machine that does nothing else; other work in the same process is counted
 * too.
 *
 * @param estimator - Any estimator.
 * @param data - What it learns from.
 * @param options - See {@link TrainingReportOptions}.
 * @returns The predictor, and its costs.
 * @throws `option/out-of-range`, `option/unknown-name`, and what learning throws
 * @example
 * ```ts
 * const data = { x: matrix([[1], [2]]), y: Float64Array.of(0, 1), names: ["a"], source: "sha256:00" } as const;
 * const { rows, cost, seconds } = await trainingReport(majority(), data, { costPerHour: 3.6 });
 * rows // => 2
 * Math.abs((cost ?? 0) - seconds / 1000) < 1e-9 // => true
 * ```
 */
export async function trainingReport<P extends Predictor>(
  estimator: Pick<Estimator<P>, "learn">,
  data: Dataset,
  options: TrainingReportOptions = {},
): Promise<TrainingReport<P>> {
  checkNames("trainingReport", options, ["costPerHour", "rounds"]);
  const { costPerHour, rounds = 1 } = options;
  checkNumber("trainingReport", { rounds }, { min: 1, max: 100, integer: true });
  checkNumber("trainingReport", { costPerHour: costPerHour ?? 0 }, { min: 0 });
  let last = await measured(estimator, data);
  const all = [last];
  while (all.length < rounds) {
    last = await measured(estimator, data);
    all.push(last);
  }
  const bySeconds = [...all].sort((a, b) => a.seconds - b.seconds);
  const { seconds, processorSeconds } = bySeconds[Math.floor((rounds - 1) / 2)] ?? last;
  return {
    predictor: last.predictor,
    rows: data.x.rows,
    features: data.x.cols,
    seconds,
    processorSeconds,
    rowsPerSecond: data.x.rows / seconds,
    busy: processorSeconds / seconds,
    memoryBytes: Math.max(...all.map(({ memoryBytes }) => memoryBytes)),
    cost: costPerHour === undefined ? null : (seconds / 3600) * costPerHour,
  };
}

async function measured<P extends Predictor>(
  estimator: Pick<Estimator<P>, "learn">,
  data: Dataset,
) {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, lookMs);
  const processor = process.cpuUsage();
  const begun = performance.now();
  try {
    const predictor = await estimator.learn(data);
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(processor);
    look();
    const processorSeconds = (user + system) / 1e6;
    return { predictor, seconds, processorSeconds, memoryBytes: most - before };
  } finally {
    clearInterval(timer);
  }
}
