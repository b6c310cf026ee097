/** @file What can go wrong with stored bytes and records. */
import { caller, conflict, environment, failWith, list, notFound } from "../core/index.ts";

/** The errors of the store. */
export const storeErrors = {
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
