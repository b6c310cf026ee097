/** @file The errors of the catalog: names, grants, volumes and drops. */
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
} from "../../core/index.ts";
import { tableErrors } from "../errors.ts";
import { suggestion } from "../near-name.ts";

interface Missing {
  readonly name: string;
  readonly known: readonly string[];
}

const missing =
  (kind: string) =>
  ({ name, known }: Missing): string =>
    `there is no ${kind} ${quote(name)}; the lake has ${known.length === 0 ? "none" : list(known, name)}.${suggestion(name, known)}`;

/** What can go wrong with the names of a lake, and with what is recorded about them. */
export const catalogErrors = {
  "table/out-of-range-securable": caller(
    (d: { kind: string; name: string; expected: string }) =>
      `${d.kind} name ${quote(d.name)}: expected ${d.expected}; each part begins with a lower-case letter and has lower-case letters, digits and _, 255 at most`,
  ),
  "table/unknown-securable": caller(
    (d: { got: unknown }) =>
      `expected the name of a table ("telco.silver"), or one of { catalog }, { schema }, { table } and { volume } with a name; got ${quote(d.got)}`,
  ),
  "table/missing-catalog": notFound(missing("catalog")),
  "table/missing-schema": notFound(missing("schema")),
  "table/missing-volume": notFound(missing("volume")),
  "table/missing-securable": notFound(missing("catalog, schema, table or volume")),
  "table/duplicate-securable": conflict(
    (d: { kind: string; name: string }) =>
      `there is a ${d.kind} ${quote(d.name)} already; choose another name${d.kind === "table" ? ", since one name cannot stand for both" : ", or pass { ifMissing: true }"}`,
  ),
  "table/conflict-name": caller(
    (d: { name: string; meanings: readonly string[] }) =>
      `${quote(d.name)} could be several things; say which one: ${list(d.meanings)}`,
  ),
  "table/unknown-privilege": caller(
    (d: { privilege: string; kind: string; known: readonly string[] }) =>
      `${quote(d.privilege)} cannot be granted on a ${d.kind}; the privileges there are ${d.known.map(quote).join(", ")}.${didYouMean(d.privilege, d.known)}`,
  ),
  "table/out-of-range-text": caller(
    (d: { what: string; expected: string; got: unknown }) =>
      `${d.what}: expected ${d.expected}; got ${quote(d.got)}`,
  ),
  "table/missing-grant": notFound(
    (d: { to: string; privilege: string; on: string; elsewhere: readonly string[] }) =>
      `${quote(d.to)} has no grant of ${d.privilege} on ${d.on}, so there is nothing to revoke${d.elsewhere.length === 0 ? ". List what there is with grants()" : `; it was granted on ${list(d.elsewhere)}: revoke it there`}`,
  ),
  "table/conflict-contents": conflict(
    (d: { kind: string; name: string; contents: readonly string[] }) =>
      `the ${d.kind} ${quote(d.name)} is not empty: it has ${count(d.contents.length, "thing")} in it (${list(d.contents)}). Drop them first, or drop it with cascade`,
  ),
  "table/conflict-drop": conflict(
    (d: { name: string; drop: string }) =>
      `${d.name} cannot be changed or made now: ${d.drop} is being dropped. If that was interrupted, drop it again, which ends it`,
  ),
  "table/conflict-dropped": conflict(
    (d: { name: string }) =>
      `${d.name} was dropped while this write was under way; nothing was written. Write again to make it anew`,
  ),
  "table/conflict-catalog": conflict(
    (d: { path: string; tries: number }) =>
      `the catalog of ${quote(d.path)} was changed by others during each of ${d.tries} tries; try again when they are done`,
  ),
  "table/corrupt-catalog": environment(
    (d: { file: string; reason: string }) =>
      `the catalog file ${quote(d.file)} cannot be used (${d.reason}); restore it from a copy`,
  ),
  "table/unsupported-catalog": environment(
    (d: { file: string; action: string }) =>
      `the catalog file ${quote(d.file)} records ${quote(d.action)}, which this version of Millrace does not know. Upgrade Millrace; nothing was touched`,
  ),
};

/** Throws one of {@link catalogErrors} or `tableErrors`. */
export const fail = failWith({ ...tableErrors, ...catalogErrors });
