/** @file A pipeline: named steps in an order in which each comes after those it needs. */
import { fail } from "./errors.ts";
import { checkName, type Step } from "./step.ts";

/** Steps that are run together. */
export interface Pipeline {
  readonly name: string;
  /** In the order they run: each after those it needs, else as they were given. */
  readonly steps: readonly Step[];
}

/**
 * Puts steps together and finds their order. O(n² + e) for n steps and e needs.
 *
 * @param name - Under which its runs are recorded.
 * @param steps - In any order.
 * @throws `pipeline/missing-steps`, `pipeline/duplicate-step`, `pipeline/unknown-step` when a step
 * needs one that is not there, `pipeline/unsupported-cycle`, `pipeline/unsupported-name`
 * @example
 * ```ts
 * const train = step({ name: "train", needs: ["clean"], run: async () => "churn/1" });
 * const clean = step({ name: "clean", run: async () => ({ rows: 7043 }) });
 * pipeline("churn", [train, clean]).steps.map(({ name }) => name) // => ["clean", "train"]
 * ```
 */
export function pipeline(name: string, steps: readonly Step[]): Pipeline {
  checkName("pipeline", name);
  if (steps.length === 0) fail("pipeline/missing-steps", { pipeline: name });
  const byName = new Map<string, Step>();
  for (const step of steps) {
    if (byName.has(step.name)) fail("pipeline/duplicate-step", { pipeline: name, step: step.name });
    byName.set(step.name, step);
  }
  const known = [...byName.keys()];
  for (const { name: step, needs } of steps)
    for (const need of needs)
      if (!byName.has(need)) {
        const at = `pipeline ${JSON.stringify(name)}: what step ${JSON.stringify(step)} needs`;
        fail("pipeline/unknown-step", { at, step: need, known });
      }
  return { name, steps: ordered(name, steps) };
}

/** Each time the first step whose needs are all placed. */
function ordered(pipeline: string, steps: readonly Step[]): readonly Step[] {
  const placed = new Map<string, Step>();
  while (placed.size < steps.length) {
    const left = steps.filter(({ name }) => !placed.has(name));
    const next = left.find(({ needs }) => needs.every((need) => placed.has(need)));
    if (next === undefined) fail("pipeline/unsupported-cycle", { pipeline, cycle: cycleIn(left) });
    else placed.set(next.name, next);
  }
  return [...placed.values()];
}

/** Follows needs among steps that all need another of them, until one comes again. */
function cycleIn(left: readonly Step[]): readonly string[] {
  const path: string[] = [];
  let at = left[0];
  while (at !== undefined && !path.includes(at.name)) {
    path.push(at.name);
    const { needs }: Step = at;
    at = left.find(({ name }) => needs.includes(name));
  }
  const again = at?.name ?? "";
  return [...path.slice(path.indexOf(again)), again];
}
