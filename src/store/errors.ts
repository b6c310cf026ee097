/** @file What can go wrong with stored bytes and records. */
import { caller, conflict, environment, failWith, list, notFound } from "../core/index.ts";

/** The errors of the store. */
export const storeErrors = {
  "store/corrupt-filter": caller((d: { filter: string; reason: string }) => d.reason),
  "store/corrupt-order": caller((d: { order: string; reason: string }) => d.reason),
  "store/corrupt-page-token": caller(
    (d: { token: string; reason: string }) => `Invalid page token, ${d.reason}`,
  ),
  "store/missing-bytes": notFound(
    (d: { key: string; at: string }) => `no bytes are stored under "${d.key}" in ${d.at}`,
  ),
  "store/out-of-range-key": caller(
    (d: { key: string; reason: string }) =>
      `the key ${JSON.stringify(d.key)} ${d.reason}; expected names joined by "/", such as "models/churn/1/model.json"`,
  ),
  "store/conflict-key": conflict(
    (d: { key: string; at: string }) =>
      `"${d.key}" in ${d.at} cannot be both a file and a folder. Choose another key.`,
  ),
  "store/failed-read": environment(
    (d: { path: string; reason: string; advice: string }) =>
      `cannot read "${d.path}": ${d.reason}. ${d.advice}`,
  ),
  "store/failed-write": environment(
    (d: { path: string; reason: string; advice: string }) =>
      `cannot write "${d.path}": ${d.reason}. ${d.advice}`,
  ),
  "store/unknown-outcome": environment(
    (d: { path: string; reason: string }) =>
      `"${d.path}" may or may not have been stored: ${d.reason}, and reading it back did not tell. Look whether it is there before you write again.`,
  ),
  "store/unsupported-condition": environment(
    (d: { path: string }) =>
      `the server of "${d.path}" stored the same key twice although it was asked to store it only where nothing is (If-None-Match: *), so two writers could both believe they won. Use a server that honours the condition.`,
  ),
  "store/mismatch-size": environment(
    (d: { key: string; path: string; expected: number; got: number }) =>
      `"${d.path}" has ${d.got} bytes; expected ${d.expected}. Restore it from a copy.`,
  ),
  "store/missing-package": environment(
    (d: { feature: string; name: string }) =>
      `${d.feature} needs the package "${d.name}", which is not installed. Run: npm install ${d.name}`,
  ),
  "store/missing-credentials": caller(
    (d: { at: string; expected: string }) =>
      `${d.at}: no credentials were given; expected ${d.expected}.`,
  ),
  "store/out-of-range-place": caller(
    (d: { at: string; what: string; expected: string }) =>
      `${d.at}: ${d.what} cannot be used; expected ${d.expected}.`,
  ),
  "store/corrupt-records": environment(
    (d: { path: string; reason: string }) =>
      `"${d.path}" is not a sound record file: ${d.reason}. Restore it from a copy, or move it away to start an empty one.`,
  ),
  "store/unsupported-format": environment(
    (d: { path: string; format: number; supported: number }) =>
      `"${d.path}" has record format ${d.format}, and this Millrace reads formats up to ${d.supported}. Upgrade Millrace to open it; nothing was changed.`,
  ),
  "store/timed-out-lock": environment(
    (d: { path: string; waitedMs: number }) =>
      `"${d.path}" was in use by another process for more than ${d.waitedMs} ms. Try again when that process is done.`,
  ),
  "store/conflict-closed": conflict(
    (d: { path: string }) =>
      `the records in "${d.path}" were closed before this query was made. Await the query, or close later.`,
  ),
  "store/unsupported-table": environment(
    (d: { path: string; tables: readonly string[] }) =>
      `"${d.path}" is an SQLite file of another program (tables ${list(d.tables)}). Choose another path for Millrace's records.`,
  ),
};

/** Throws an error of the store. */
export const fail = failWith(storeErrors);
