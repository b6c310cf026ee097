/** @file What can go wrong in the registry. */
import {
  caller,
  conflict,
  didYouMean,
  environment,
  failWith,
  list,
  notFound,
  quote,
} from "../core/index.ts";

/** The errors of the registry. */
export const registryErrors = {
  "registry/missing-model": notFound(
    (d: { name: string; known: readonly string[] }) =>
      `no model is registered as ${quote(d.name)}; there are ${list(d.known, d.name)}.${didYouMean(d.name, d.known)}`,
  ),
  "registry/conflict-model": conflict(
    (d: { name: string }) => `a model is called ${quote(d.name)} already; choose another name`,
  ),
  "registry/missing-version": notFound(
    (d: { name: string; number: number; known: readonly number[] }) =>
      `${d.name} has no version ${d.number}; it has ${list(d.known)}`,
  ),
  "registry/missing-alias": notFound(
    (d: { name: string; alias: string; known: readonly string[] }) =>
      `${d.name} has no alias ${quote(d.alias)}; it has ${list(d.known, d.alias)}.${didYouMean(d.alias, d.known)}`,
  ),
  "registry/missing-signature": caller(
    (d: { name: string; kind: string }) =>
      `cannot register ${d.name}: the ${d.kind} model has no signature; expected the columns it takes and the output it gives`,
  ),
  "registry/missing-metric": caller(
    (d: { of: string; metric: string; known: readonly string[] }) =>
      `${d.of} has no metric ${quote(d.metric)}; it has ${list(d.known, d.metric)}.${didYouMean(d.metric, d.known)}`,
  ),
  "registry/missing-candidate": caller(
    (d: { name: string }) => `promote ${d.name}: there is no candidate; expected at least one`,
  ),
  "registry/out-of-range-name": caller(
    (d: { what: string; given: string; expected: string }) =>
      `${quote(d.given)} cannot be the name of ${d.what}; expected ${d.expected}`,
  ),
  "registry/mismatch-holdout": caller(
    (d: { candidate: string; champion: string }) =>
      `candidate and champion were not scored on the same rows (${d.candidate} and ${d.champion}). Score both on one hold-out.`,
  ),
  "registry/conflict-alias": conflict(
    (d: { name: string; alias: string; expected: number | null; found: number | null }) =>
      `${d.name}@${d.alias} was moved by somebody else: expected ${version(d.expected)}, got ${version(d.found)}. Nothing was registered; decide again.`,
  ),
  "registry/corrupt-model": environment(
    (d: { name: string; number: number; file: string; reason: string }) =>
      `${d.name} version ${d.number}: the file ${quote(d.file)} ${d.reason}. Restore it from a copy, or move the alias to a sound version.`,
  ),
  "registry/failed-load": environment(
    (d: { name: string; number: number; reason: string }) =>
      `${d.name} version ${d.number} cannot be loaded: ${d.reason}. Load it with the Millrace that registered it, or move the alias to another version.`,
  ),
};

const version = (number: number | null): string =>
  number === null ? "no version" : `version ${number}`;

/** Throws an error of the registry. */
export const fail = failWith(registryErrors);
