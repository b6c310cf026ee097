/** @file The dry run of a pipeline: which steps would run, and why; no step is run and nothing is written. */
import { callUser, hashOfJson, quote, systemClock } from "../core/index.ts";
import type { Hash } from "../flow.ts";
import type { Records } from "../store/index.ts";
import { lastSuccess } from "./journal.ts";
import type { Pipeline } from "./pipeline.ts";
import { hashOfStep } from "./settle.ts";
import type { Step } from "./step.ts";

/** What would become of a step. */
export interface PlannedPipelineStep {
  readonly step: string;
  /** "perhaps": a step that it needs would run, and may give what it gave before. */
  readonly state: "runs" | "perhaps" | "unchanged";
  /** Why, as a sentence. */
  readonly reason: string;
}

/**
 * Says what {@link runPipeline} would do now. The inputs of steps are read as a run reads them; where
 * a step needs one that would run, nobody knows yet what it will be given.
 *
 * @throws `user/failed` when the inputs of a step cannot be read
 * @example
 * ```ts
 * await using records = await openRecords(":memory:");
 * const clean = step({ name: "clean", run: async () => ({ rows: 7043 }) });
 * const train = step({ name: "train", needs: ["clean"], run: async () => null });
 * const churn = pipeline("churn", [clean, train]);
 * (await planPipeline(churn, { records })).map(({ state }) => state) // => ["runs", "runs"]
 * await runPipeline(churn, { records });
 * (await planPipeline(churn, { records })).map(({ state }) => state) // => ["unchanged", "unchanged"]
 * ```
 */
export async function planPipeline(
  { name, steps }: Pipeline,
  { records }: { readonly records: Records },
): Promise<readonly PlannedPipelineStep[]> {
  const lease = { records, clock: systemClock, pipeline: name, runId: "" };
  const outputs = new Map<string, { readonly hash: Hash }>();
  const planned: PlannedPipelineStep[] = [];
  for (const step of steps) {
    const last = await lastSuccess(lease, step.name);
    const changed = step.needs.find((need) => !outputs.has(need));
    const fate = (state: PlannedPipelineStep["state"], reason: string): void =>
      void planned.push({ step: step.name, state, reason });
    if (last === null) fate("runs", "it has not run to its end yet");
    else if (changed !== undefined) fate("perhaps", `if ${quote(changed)} gives something else`);
    else if (last.hash !== (await hashNow(name, step, outputs)))
      fate("runs", `its inputs or its code changed since run ${last.runNumber}`);
    else {
      fate("unchanged", `unchanged since run ${last.runNumber}`);
      outputs.set(step.name, { hash: hashOfJson(last.output) });
    }
  }
  return planned;
}

async function hashNow(
  pipeline: string,
  step: Step,
  outputs: ReadonlyMap<string, { readonly hash: Hash }>,
): Promise<Hash> {
  const what = `pipeline ${JSON.stringify(pipeline)}: step ${JSON.stringify(step.name)}`;
  return hashOfStep(outputs, step, await callUser(what, () => step.inputs()));
}
