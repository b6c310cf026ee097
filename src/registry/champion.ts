/** @file The champion rule: whether a candidate takes the champion's place. A pure function. */
import { checkNumber } from "../core/index.ts";
import type { Hash } from "../flow.ts";
import { fail } from "./errors.ts";

/** Metrics by name, and the fingerprint of the rows they were measured on. */
export interface Scored {
  readonly metrics: Readonly<Record<string, number>>;
  readonly holdout: Hash;
}

/** What {@link decideChampion} decides on. For all metrics, more is better. */
export interface ChampionQuestion {
  /** The least value of each metric with which a candidate may be used at all. */
  readonly gate: Readonly<Record<string, number>>;
  /** The metric by which candidate and champion are compared. */
  readonly metric: string;
  /** By how much a candidate must be better, ≥ 0, in the unit of the metric. Default 0. */
  readonly margin?: number;
  readonly candidate: Scored;
  /** Left out when there is no champion yet, and only then. */
  readonly champion?: Scored & { readonly version: number };
}

/** What was decided, and why, in a sentence. */
export interface ChampionDecision {
  readonly outcome: "failed-gate" | "first" | "promoted" | "kept";
  readonly reason: string;
}

/**
 * Decides whether a candidate becomes champion, in this order:
 *
 * | gate passed | champion | candidate > champion + margin | outcome |
 * |---|---|---|---|
 * | no | any | any | `failed-gate` |
 * | yes | none | | `first` |
 * | yes | yes | yes | `promoted` |
 * | yes | yes | no (a tie too) | `kept` |
 *
 * A metric that is NaN passes no gate and is better than nothing. Choose the hold-out apart from
 * the rows that tuning saw, or the choice is biased towards the luckiest candidate.
 *
 * @throws `registry/mismatch-holdout` when the two were not scored on the same rows;
 * `registry/missing-metric`; `option/out-of-range`.
 * @example
 * ```ts
 * const holdout = hashOf("the test rows");
 * const candidate = { metrics: { auc: 0.84 }, holdout };
 * const champion = { version: 3, metrics: { auc: 0.84 }, holdout };
 * decideChampion({ gate: { auc: 0.7 }, metric: "auc", candidate, champion }).outcome // => "kept"
 * ```
 */
export function decideChampion(question: ChampionQuestion): ChampionDecision {
  const { gate, metric, margin = 0, candidate, champion } = question;
  checkNumber("decideChampion", { margin }, { min: 0 });
  for (const [name, least] of Object.entries(gate))
    checkNumber("decideChampion", { [`gate.${name}`]: least });
  const score = metricOf("the candidate", candidate.metrics, metric);
  if (champion !== undefined && champion.holdout !== candidate.holdout)
    fail("registry/mismatch-holdout", {
      candidate: candidate.holdout,
      champion: champion.holdout,
    });
  const failures = gateFailures({ [metric]: -Infinity, ...gate }, candidate.metrics);
  if (failures.length > 0) return { outcome: "failed-gate", reason: failures.join("; ") };
  if (champion === undefined)
    return {
      outcome: "first",
      reason: `${metric} ${shown(score)} passes the gate; no champion yet`,
    };
  const name = `version ${champion.version}`;
  const best = metricOf(name, champion.metrics, metric);
  const by = margin === 0 ? "" : ` by more than ${margin}`;
  if (Number.isNaN(best) || score > best + margin)
    return {
      outcome: "promoted",
      reason: `${metric} ${shown(score)} is better than ${shown(best)} of ${name}${by}`,
    };
  return {
    outcome: "kept",
    reason: `${metric} ${shown(score)} is not better than ${shown(best)} of ${name}${by}`,
  };
}

/** A metric that must be there. Throws `registry/missing-metric`. */
export function metricOf(
  of: string,
  metrics: Readonly<Record<string, number>>,
  metric: string,
): number {
  const known = Object.keys(metrics);
  return metrics[metric] ?? fail("registry/missing-metric", { of, metric, known });
}

/** What of the gate some metrics do not reach, in words. */
export function gateFailures(
  gate: Readonly<Record<string, number>>,
  metrics: Readonly<Record<string, number>>,
): readonly string[] {
  return Object.entries(gate).flatMap(([metric, least]) => {
    const got = metricOf("the candidate", metrics, metric);
    if (got >= least) return [];
    return [Number.isNaN(got) ? `${metric} is not a number` : `${metric} ${got} is below ${least}`];
  });
}

/** A score as a reason shows it: at most six decimals. */
const shown = (score: number): string => String(Number(score.toFixed(6)));
