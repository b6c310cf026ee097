/** @file The errors of serving: requests that do not fit, answers that could not be kept, servers out of reach. */
import {
  caller,
  conflict,
  count,
  type ErrorEntry,
  environment,
  failWith,
  list,
  quote,
} from "../core/index.ts";

/** One thing that is wrong with one field of a request. */
export interface Problem {
  /** The row's place in the request, from 0; absent where one row was checked. */
  readonly row?: number;
  /** The name of the field; empty when the row as a whole is wrong. */
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

/** Our side is to blame: exit code 70, HTTP 500. */
const internal = <D>(say: (details: D) => string): ErrorEntry<D> => ({ kind: "internal", say });

const sayProblem = ({ row, field, expected, got }: Problem): string =>
  `${row === undefined ? "" : `row ${row}, `}${field === "" ? "the row" : field}: expected ${expected}, got ${got}`;

function sayProblems(problems: readonly Problem[], total: number): string {
  const shown = problems.slice(0, 10).map(sayProblem).join("; ");
  return total > 10 ? `${shown}; and ${total - 10} more` : shown;
}

/** What can go wrong while serving. */
export const serveErrors = {
  "serve/mismatch-request": caller(
    (d: { at: string; problems: readonly Problem[]; total: number }) =>
      `${d.at}: the request does not fit the signature in ${count(d.total, "place")}: ${sayProblems(d.problems, d.total)}`,
  ),
  "serve/mismatch-request-id": caller(
    (d: { at: string; got: unknown }) =>
      `${d.at}: ${quote(d.got)} is no request id; expected 1 to 128 letters, digits and the signs . _ : / + = @ -`,
  ),
  "serve/missing-store": caller(
    (d: { at: string; tables: readonly string[] }) =>
      `${d.at}: the model looks up features of ${list(d.tables)}, and there is no online store to find them in; give the endpoint one with store`,
  ),
  "serve/mismatch-log": caller(
    (d: { at: string; expected: readonly string[]; got: readonly string[] }) =>
      `${d.at}: the inference log was opened for another signature; expected the columns ${list(d.expected)}, got ${list(d.got)}. Open a log with the model's signature`,
  ),
  "serve/mismatch-answer": caller(
    (d: { at: string; column: string; expected: string; got: string }) =>
      `${d.at}: the answer cannot be logged: ${d.column}: expected ${d.expected}, got ${d.got}`,
  ),
  "serve/duplicate-column": caller(
    (d: { at: string; columns: readonly string[] }) =>
      `${d.at}: the model's inputs ${list(d.columns)} have names that the log itself uses; rename them in the table the model learns from`,
  ),
  "serve/failed-prediction": internal(
    (d: { at: string; reason: string }) =>
      `${d.at}: the model did not answer (${d.reason}); nothing was logged`,
  ),
  "serve/failed-journal": environment(
    (d: { reason: string }) =>
      `the answer could not be kept in the inference log (${d.reason}), so it was not given; the operator must free space or mend the permissions of the journal, then send the request again`,
  ),
  "serve/corrupt-journal": environment(
    (d: { path: string; line: number; reason: string }) =>
      `${quote(d.path)}, line ${d.line}: this is no line of a journal (${d.reason}); expected what the log wrote. Move the file out of the folder to go on without its rows`,
  ),
  "serve/mismatch-journal": environment(
    (d: { path: string; expected: readonly string[]; got: readonly string[] }) =>
      `${quote(d.path)}: these answers were kept for other columns; expected ${list(d.expected)}, got ${list(d.got)}. Open the log once with the signature they were kept for, or give the new model a table and a folder of its own`,
  ),
  "serve/conflict-closed": conflict(
    (d: { at: string }) => `${d.at}: the inference log is closed; open it again to keep answers`,
  ),
  "serve/failed-connection": environment(
    (d: { url: string; reason: string }) =>
      `${d.url}: no server answers there (${d.reason}); check the address, or start the server`,
  ),
  "serve/timed-out-request": environment(
    (d: { url: string; timeoutMs: number }) =>
      `${d.url}: no answer within ${d.timeoutMs} ms; try again, or allow more with timeoutMs`,
  ),
  "serve/failed-answer": environment(
    (d: { url: string; status: number; reason: string }) =>
      `${d.url}: the answer with status ${d.status} is not one of a Millrace server (${d.reason}); check the address`,
  ),
};

/** Throws one of {@link serveErrors}. */
export const fail = failWith(serveErrors);
