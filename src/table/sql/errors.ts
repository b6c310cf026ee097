/** @file The errors of SQL over the lake: what is no query, what it names that is not there, what it may not do. */
import { caller, failWith, list, notFound, quote } from "../../core/index.ts";
import { suggestion } from "../near-name.ts";

/** What can go wrong between a query's text and its rows. */
export const queryErrors = {
  "table/missing-query": caller(
    () => "the query is empty; expected a SELECT, SHOW or DESCRIBE, got no statement",
  ),
  "table/duplicate-statement": caller(
    (d: { at: string; statements: number }) =>
      `${d.at}: expected one statement, got ${d.statements}; run them one by one`,
  ),
  "table/failed-query": caller(
    (d: { at: string | null; reason: string }) =>
      `${d.at === null ? "" : `${d.at}: `}the query cannot be run: ${d.reason}`,
  ),
  "table/unsupported-statement": caller(
    (d: { at: string; statement: string; table: string | null; instead: string }) =>
      `${d.at}: ${d.statement} is no query; lake.sql only reads. ${d.instead}`,
  ),
  "table/unsupported-function": caller(
    (d: { at: string; name: string; reason: string; readsFiles: boolean }) =>
      `${d.at}: ${d.name} is refused in a query of the lake, because ${d.reason}${d.readsFiles ? ". Load them with ingest, or pass { files: true }" : ""}`,
  ),
  "table/unknown-table": notFound(
    (d: { at: string; name: string; known: readonly string[] }) =>
      `${d.at}: there is no table ${quote(d.name)}; the lake has ${list(d.known)}.${suggestion(d.name, d.known)}`,
  ),
  "table/mismatch-version": caller(
    (d: { at: string; reason: string; got: string }) => `${d.at}: ${d.reason}, got ${d.got}`,
  ),
  "table/missing-value": caller(
    (d: { at: string; parameter: string; given: readonly string[] }) =>
      `${d.at}: the parameter ${d.parameter} has no value; the values given are ${list(d.given)}. Pass it in { values }`,
  ),
  "table/mismatch-parameter": caller(
    (d: { at: string; parameter: string; got: string }) =>
      `${d.at}: the value of the parameter ${d.parameter} is no cell; expected text, a number, true or false, a valid Date or null, got ${d.got}`,
  ),
  "table/mismatch-result": caller(
    (d: { column: string; query: string; schema: string }) =>
      `column ${quote(d.column)} of the query is ${d.query}; the schema given expects ${d.schema}. Cast it in the query`,
  ),
  "table/unknown-value": caller(
    (d: { value: string; parameters: readonly string[] }) =>
      `no parameter of the query is called ${quote(d.value)}; its parameters are ${list(d.parameters)}`,
  ),
};

/** Throws one of {@link queryErrors}. */
export const fail = failWith(queryErrors);
