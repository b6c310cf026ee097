/** @file What can go wrong while tracking runs. */
import {
  caller,
  conflict,
  count,
  didYouMean,
  environment,
  failWith,
  list,
  notFound,
  quote,
} from "../core/index.ts";

/** The errors of runs. */
export const runErrors = {
  "run/missing-run": notFound((d: { id: string }) => `no run has the id ${quote(d.id)}`),
  "run/missing-experiment": notFound(
    (d: { name: string; known: readonly string[] }) =>
      `no experiment is called ${quote(d.name)}; there are ${list(d.known, d.name)}.${didYouMean(d.name, d.known)}`,
  ),
  "run/missing-experiment-id": notFound(
    (d: { id: string }) => `no experiment has the id ${quote(d.id)}`,
  ),
  "run/missing-logged-model": notFound(
    (d: { id: string }) => `no logged model has the id ${quote(d.id)}`,
  ),
  "run/missing-tag": notFound(
    (d: { key: string; of: string }) => `there is no tag ${quote(d.key)} in the ${d.of}`,
  ),
  "run/conflict-experiment": conflict(
    (d: { name: string }) =>
      `an experiment is called ${quote(d.name)} already, perhaps a deleted one; choose another name, or restore it`,
  ),
  "run/conflict-deleted": conflict(
    (d: { what: string; id: string; doing: string }) =>
      `the ${d.what} ${d.id} is deleted; restore it to ${d.doing} it`,
  ),
  "run/conflict-name": caller(
    (d: { name: string; tag: string }) =>
      `the run is called ${quote(d.name)}, and its tag mlflow.runName ${quote(d.tag)}; give one of them, or the same`,
  ),
  "run/missing-metric": notFound(
    (d: { run: string; key: string; known: readonly string[] }) =>
      `run ${d.run} has no metric ${quote(d.key)}; it has ${list(d.known, d.key)}.${didYouMean(d.key, d.known)}`,
  ),
  "run/missing-artifact": notFound(
    (d: { run: string; path: string; known: readonly string[] }) =>
      `run ${d.run} has no artifact ${quote(d.path)}; it has ${list(d.known, d.path)}.${didYouMean(d.path, d.known)}`,
  ),
  "run/missing-model": notFound(
    (d: { run: string; name: string; known: readonly string[] }) =>
      `run ${d.run} has no model ${quote(d.name)}; it has ${list(d.known, d.name)}.${didYouMean(d.name, d.known)}`,
  ),
  "run/conflict-test-rows": conflict(
    (d: { study: string; first: string; model: string; times: number }) =>
      `study ${quote(d.study)} has scored these test rows before (${count(d.times, "time")}, first at ${d.first} with model ${d.model}); expected one scoring, because a choice made by test scores makes them too good. Choose by validation rows or cross-validation; to score again all the same, say why: { again: "…" }, which is kept.`,
  ),
  "run/conflict-param": conflict(
    (d: { run: string; key: string; stored: string; given: string }) =>
      `run ${d.run}: param ${quote(d.key)} is ${quote(d.stored)} and cannot become ${quote(d.given)}. Params say what went in; log what changes as a metric or a tag.`,
  ),
  "run/conflict-ended": conflict(
    (d: { run: string; status: string }) =>
      `run ${d.run} has ended (${d.status}); nothing can be logged to it. Start a new run.`,
  ),
  "run/out-of-range-key": caller(
    (d: { at: string; key: string; reason: string }) =>
      `${d.at}: the key ${quote(d.key)} ${d.reason}; expected 1 to 250 letters, digits, spaces and "_", "-", ".", ":", "/"`,
  ),
  "run/out-of-range-value": caller(
    (d: { at: string; key: string; expected: string; got: string }) =>
      `${d.at}: the value of ${quote(d.key)} must be ${d.expected}; got ${d.got}`,
  ),
  "run/out-of-range-path": caller(
    (d: { path: string; reason: string }) =>
      `the artifact path ${quote(d.path)} is not inside the run: ${d.reason}`,
  ),
  "run/duplicate-file": caller(
    (d: { path: string; kind: string }) =>
      `a ${d.kind} model has a file called ${quote(d.path)}, and so has every model folder. Call it something else.`,
  ),
  "run/mismatch-example": caller(
    (d: { asked: readonly string[]; unknown: readonly string[]; missing: readonly string[] }) =>
      `the input example does not fit what the model is asked with: expected rows of ${list(d.asked)}; columns beyond them ${list(d.unknown)}; columns it needs and got no value of ${list(d.missing)}`,
  ),
  "run/corrupt-model": environment(
    (d: { run: string; file: string; reason: string }) =>
      `run ${d.run}: the model's file ${quote(d.file)} ${d.reason}. Restore it from a copy, or train again.`,
  ),
};

/** Throws an error of runs. */
export const fail = failWith(runErrors);
