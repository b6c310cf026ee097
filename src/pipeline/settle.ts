/** @file Brings one step of a run to its end: not run, unchanged, run, or failed. */
import { formatJson, hashOfJson, isMillraceError, quote } from "../core/index.ts";
import type { Hash, Json } from "../flow.ts";
import { type Attempted, attempt } from "./attempt.ts";
import { fail } from "./errors.ts";
import { endStep, jsonOf, lastSuccess, type PipelineStep, startStep } from "./journal.ts";
import type { Lease } from "./lease.ts";
import type { Step, StepContext } from "./step.ts";

/** A run under way: what it holds, and what its steps have come to so far. */
export interface Walk {
  readonly lease: Lease;
  readonly number: number;
  readonly signal: AbortSignal;
  /** The steps that run though nothing has changed. */
  readonly force: readonly string[];
  readonly outputs: Map<string, { readonly value: Json; readonly hash: Hash }>;
  /** Of each step that did not succeed: the step that failed, which may be itself. */
  readonly blocked: Map<string, string>;
  readonly failures: { readonly step: string; readonly error: unknown }[];
}

/** What became of a step, with what it leaves for others. */
type Fate = Omit<PipelineStep, "step" | "milliseconds">;

/** Brings a step to its end, and writes down what became of it. */
export async function settle(walk: Walk, step: Step, position: number): Promise<PipelineStep> {
  const { lease, number: runNumber, outputs } = walk;
  const startedAtMs = lease.clock();
  const { hash, ...fate } = notRun(walk, step) ?? (await runIfChanged(walk, step, position));
  const record = { step: step.name, milliseconds: lease.clock() - startedAtMs, ...fate };
  const success = hash === undefined ? {} : { success: { hash, runNumber } };
  await endStep(lease, { position, record, ...success });
  const { output: value } = fate;
  if (!walk.blocked.has(step.name)) outputs.set(step.name, { value, hash: hashOfJson(value) });
  return record;
}

/** The fate of a step that needs one that failed; null for others. */
function notRun({ blocked }: Walk, { name, needs }: Step): (Fate & { hash?: Hash }) | null {
  const culprit = needs.map((need) => blocked.get(need)).find((by) => by !== undefined);
  if (culprit === undefined) return null;
  blocked.set(name, culprit);
  const reason = `not run: step ${quote(culprit)}, which it needs, failed`;
  return { state: "skipped", attempts: 0, reason, output: null };
}

/** The hash is there when the step ran to its end. */
async function runIfChanged(
  walk: Walk,
  step: Step,
  position: number,
): Promise<Fate & { hash?: Hash }> {
  const { name } = step;
  const inputs = await tried(walk, step, () => step.inputs());
  if (!inputs.ok) return failed(walk, step, inputs);
  const hash = hashOfStep(walk.outputs, step, inputs.value);
  const last = await lastSuccess(walk.lease, name);
  if (last !== null && last.hash === hash && !walk.force.includes(name)) {
    const reason = `unchanged since run ${last.runNumber}`;
    return { state: "skipped", attempts: 0, reason, output: last.output };
  }
  await startStep(walk.lease, name, position);
  const context = contextOf(walk, step, inputs.value);
  const output = await tried(walk, step, (attempt, signal) =>
    step.run({ ...context, attempt, signal }),
  );
  if (!output.ok) return failed(walk, step, output);
  return { state: "ran", attempts: output.attempts, reason: null, output: output.value, hash };
}

function failed(
  { blocked, failures }: Walk,
  { name }: Step,
  { error, attempts }: { readonly error: unknown; readonly attempts: number },
): Fate {
  failures.push({ step: name, error });
  blocked.set(name, name);
  return { state: "failed", attempts, reason: sentenceOf(error), output: null };
}

/** Calls a step's code; what it gives is taken as its stored form will give it back. */
function tried(
  { lease, signal }: Walk,
  step: Step,
  call: (attempt: number, signal: AbortSignal) => Promise<Json> | Json,
): Promise<Attempted<Json>> {
  const stored = async (number: number, either: AbortSignal): Promise<Json> =>
    jsonOf(formatJson(await call(number, either)));
  return attempt({ pipeline: lease.pipeline, step, signal, call: stored });
}

/** What decides whether a step runs: its name, version and inputs, and the outputs of what it needs. */
export function hashOfStep(
  outputs: ReadonlyMap<string, { readonly hash: Hash }>,
  { name, version, needs }: Step,
  inputs: Json,
): Hash {
  const given = Object.fromEntries(needs.map((need) => [need, outputs.get(need)?.hash]));
  return hashOfJson({ name, version, inputs, needs: given });
}

function contextOf(
  { lease, outputs }: Walk,
  { name, needs }: Step,
  inputs: Json,
): Omit<StepContext, "attempt" | "signal"> {
  const output = (step: string): Json => {
    const at = `step ${quote(name)}: output`;
    if (!needs.includes(step)) return fail("pipeline/unknown-step", { at, step, known: needs });
    return outputs.get(step)?.value ?? null;
  };
  return { runId: lease.runId, inputs, output };
}

/** Why something failed, as a person reads it; of wrapped user code, what that code said. */
export function sentenceOf(error: unknown): string {
  if (isMillraceError(error, "user/failed")) return String(error.details["reason"]);
  return error instanceof Error ? error.message : String(error);
}
