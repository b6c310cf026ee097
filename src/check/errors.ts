/** @file The errors of checks: rows that must not pass, and expectations that cannot be. */
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

export const checkErrors = {
  "check/failed-suite": caller(
    (d: { suite: string; table: string; failures: readonly string[] }) =>
      `${d.table}: ${count(d.failures.length, "critical expectation")} of suite ${quote(d.suite)} failed: ${d.failures.join("; ")}. Nothing was written; mend the source or the recipe`,
  ),
  "check/failed-checkpoint": caller(
    (d: { checkpoint: string; failures: readonly string[] }) =>
      `checkpoint ${quote(d.checkpoint)} failed: ${d.failures.join("; ")}. Mend the data, or the expectation if it is wrong`,
  ),
  "check/failed-post": environment(
    (d: { url: string; reason: string }) =>
      `the result could not be posted to ${quote(d.url)} (${d.reason}); check the address and that the receiver answers`,
  ),
  "check/unknown-column": caller(
    (d: { at: string; column: string; columns: readonly string[] }) =>
      `${d.at} is about column ${quote(d.column)}, which the rows have not; they have ${d.columns.map(quote).join(", ")}.${didYouMean(d.column, d.columns)}`,
  ),
  "check/unknown-type": caller(
    (d: { type: string; known: readonly string[] }) =>
      `unknown expectation type ${quote(d.type)}; expected one of the ${d.known.length} types that expectationTypes lists.${didYouMean(d.type, d.known)}`,
  ),
  "check/unknown-kwarg": caller(
    (d: { type: string; kwarg: string; known: readonly string[] }) =>
      `${d.type}: unknown kwarg ${quote(d.kwarg)}; expected one of ${list(d.known, d.kwarg)}.${didYouMean(d.kwarg, d.known)}`,
  ),
  "check/missing-kwarg": caller(
    (d: { type: string; kwarg: string; expected: string }) =>
      `${d.type}: the kwarg ${quote(d.kwarg)} is missing; expected ${d.expected}`,
  ),
  "check/mismatch-kwarg": caller(
    (d: { type: string; kwarg: string; expected: string; got: unknown }) =>
      `${d.type}: ${d.kwarg} must be ${d.expected}; got ${quote(d.got)}`,
  ),
  "check/missing-parameter": caller(
    (d: { type: string; kwarg: string; parameter: string; known: readonly string[] }) =>
      `${d.type}: ${d.kwarg} is the parameter ${quote(d.parameter)}, which has no value; values are given for ${list(d.known)}. Give it in suite_parameters or in parameters`,
  ),
  "check/unsupported-parameter": caller(
    (d: { type: string; kwarg: string; parameter: string; reason: string }) =>
      `${d.type}: ${d.kwarg} is the parameter ${quote(d.parameter)}, which cannot be evaluated (${d.reason}); expected a name, or arithmetic over names, numbers and now()`,
  ),
  "check/mismatch-kind": caller(
    (d: { type: string; column: string; kind: string; expected: string }) =>
      `${d.type}: column ${quote(d.column)} holds ${d.kind}; expected ${d.expected}`,
  ),
  "check/unsupported-regex": caller(
    (d: { type: string; regex: string; reason: string }) =>
      `${d.type}: the regular expression ${quote(d.regex)} cannot be used (${d.reason}); RE2, the engine, reads a text once, without look-around and back-references. Write it without`,
  ),
  "check/unsupported-format": caller(
    (d: { type: string; format: string; reason: string }) =>
      `${d.type}: the date format ${quote(d.format)} cannot be used: ${d.reason}`,
  ),
  "check/unsupported-condition": caller(
    (d: { type: string; condition: string; reason: string }) =>
      `${d.type}: the row condition ${quote(d.condition)} cannot be used: ${d.reason}`,
  ),
  "check/unsupported-option": caller(
    (d: { type: string; what: string; reason: string }) =>
      `${d.type}: ${d.what} is not supported: ${d.reason}`,
  ),
  "check/unsupported-attachment": caller(
    (d: { name: string; reason: string }) =>
      `the expectation ${quote(d.name)} cannot be attached to a table: ${d.reason}. Judge it with check or validate after the write`,
  ),
  "check/missing-table": caller(
    (d: { type: string; name: string; known: readonly string[] }) =>
      `${d.type}: it compares with ${quote(d.name)}, which was not given; given are ${list(d.known)}. Pass it in tables or sources`,
  ),
  "check/failed-query": caller(
    (d: { type: string; reason: string }) => `${d.type}: its SQL failed (${d.reason})`,
  ),
  "check/corrupt-json": caller(
    (d: { at: string; path: string; expected: string; got: unknown }) =>
      `${d.at}: ${d.path} must be ${d.expected}; got ${quote(d.got)}`,
  ),
  "check/missing-definition": notFound(
    (d: { what: string; name: string; known: readonly string[] }) =>
      `there is no ${d.what} ${quote(d.name)}${d.known.length === 0 ? ", nor any other" : `; there is ${list(d.known, d.name)}.${didYouMean(d.name, d.known)}`}`,
  ),
  "check/conflict-name": conflict(
    (d: { what: string; name: string; file: string; holds: string }) =>
      `the ${d.what} ${quote(d.name)} would be kept in ${d.file}, which holds ${quote(d.holds)}; rename one of them, or remove the file`,
  ),
};

export const fail = failWith(checkErrors);
