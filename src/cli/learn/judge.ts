/** @file The metrics of a lesson beside those that are stored: whether they agree. */
import type { Measured } from "./lesson.ts";
import stored from "./references.json" with { type: "json" };

/** A stored metric. */
export interface Reference {
  readonly value: number;
  /** How far off a metric may be, in its own unit. */
  readonly tolerance: number;
  /** What others found on the data that the lesson stands for; null where they told none. */
  readonly known: number | null;
}

/** Stored metrics by lesson and name. */
export type References = Readonly<Record<string, Readonly<Record<string, Reference>>>>;

/** The stored metrics. */
export const references: References = stored;

/** A metric, judged. */
export interface JudgedMetric {
  readonly name: string;
  readonly value: number | null;
  readonly baseline: number | null;
  readonly reference: Reference | null;
  /** Null where there is nothing to be held against. */
  readonly agrees: boolean | null;
}

/**
 * Holds metrics against those that are stored; one that is stored and was not measured does not agree, nor one that was measured
 * and is not stored. Without references nothing is judged.
 */
export function judgeMetrics(
  metrics: Measured,
  baseline: Measured,
  held: Readonly<Record<string, Reference>> | null,
): readonly JudgedMetric[] {
  const names = [...new Set([...Object.keys(metrics), ...Object.keys(held ?? {})])];
  return names.map((name) => {
    const value = metrics[name] ?? null;
    const reference = held?.[name] ?? null;
    const isNear =
      value !== null &&
      reference !== null &&
      Math.abs(value - reference.value) <= reference.tolerance;
    return {
      ...{ name, value, baseline: baseline[name] ?? null, reference },
      agrees: held === null ? null : isNear,
    };
  });
}
