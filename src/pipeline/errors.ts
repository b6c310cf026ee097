/** @file What can go wrong while a pipeline is described or run. */
import {
  caller,
  conflict,
  count,
  didYouMean,
  environment,
  failWith,
  list,
  quote,
} from "../core/index.ts";

/** The errors of pipelines. */
export const pipelineErrors = {
  "pipeline/unsupported-name": caller(
    (d: { at: string; name: string }) =>
      `${d.at}: ${quote(d.name)} cannot be a name; expected 1 to 100 characters on one line`,
  ),
  "pipeline/missing-steps": caller(
    (d: { pipeline: string }) =>
      `pipeline ${quote(d.pipeline)}: it has no steps; expected at least one. Pass step({ name, run }).`,
  ),
  "pipeline/duplicate-step": caller(
    (d: { pipeline: string; step: string }) =>
      `pipeline ${quote(d.pipeline)}: two steps are named ${quote(d.step)}; expected names that differ. Rename one of them.`,
  ),
  "pipeline/unknown-step": caller(
    (d: { at: string; step: string; known: readonly string[] }) =>
      `${d.at}: unknown step ${quote(d.step)}; expected one of ${list(d.known, d.step)}.${didYouMean(d.step, d.known)}`,
  ),
  "pipeline/unsupported-cycle": caller(
    (d: { pipeline: string; cycle: readonly string[] }) =>
      `pipeline ${quote(d.pipeline)}: steps need each other in a circle: ${d.cycle.map(quote).join(" needs ")}. Take one of these needs away.`,
  ),
  "pipeline/conflict-run": conflict(
    (d: { pipeline: string; runId: string; pid: number; host: string; heartbeatAgeMs: number }) =>
      `pipeline ${quote(d.pipeline)}: run ${d.runId} is under way in process ${d.pid} on ${quote(d.host)}, heard of ${d.heartbeatAgeMs} ms ago. Wait until it ends, or end that process.`,
  ),
  "pipeline/conflict-lease": conflict(
    (d: { pipeline: string; runId: string }) =>
      `pipeline ${quote(d.pipeline)}: run ${d.runId} was not heard of for too long, and another run took its place; it stopped. Keep steps from blocking the event loop for 30 s.`,
  ),
  "pipeline/failed-step": caller(
    (d: {
      pipeline: string;
      step: string;
      runId: string;
      reason: string;
      notRun: readonly string[];
    }) =>
      `pipeline ${quote(d.pipeline)}: step ${quote(d.step)} failed: ${d.reason}${d.notRun.length === 0 ? "" : ` (${count(d.notRun.length, "step")} that needed it did not run)`}. Run it again when that is mended: what was done is not done again.`,
  ),
  "pipeline/timed-out-step": environment(
    (d: { pipeline: string; step: string; timeoutMs: number }) =>
      `step ${quote(d.step)}: it took longer than its ${d.timeoutMs} ms. Give it more time with timeoutMs, or less to do.`,
  ),
};

/** Throws an error of pipelines. */
export const fail = failWith(pipelineErrors);
