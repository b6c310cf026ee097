/** @file The errors of the server: bodies it cannot read, places it has not, ports it cannot have. */
import {
  caller,
  conflict,
  count,
  didYouMean,
  environment,
  errorKinds,
  failWith,
  list,
  type MillraceError,
  notFound,
  quote,
} from "../core/index.ts";

/** What can go wrong between a request and an endpoint. */
export const serverErrors = {
  "server/corrupt-body": caller(
    (d: { reason: string }) =>
      `the body is not JSON (${d.reason}); send an object such as {"dataframe_records": [{…}]}. JSON has no NaN: send null for a missing value`,
  ),
  "server/corrupt-request": caller(
    (d: { reason: string }) => `the request cannot be read (${d.reason}); check the address`,
  ),
  "server/mismatch-body": caller(
    (d: { at: string; expected: string; got: string }) =>
      `${d.at}: expected ${d.expected}, got ${d.got}`,
  ),
  "server/mismatch-protocol": caller((d: { protocolCode: string; message: string }) => d.message),
  "server/out-of-range-body": caller(
    (d: { limitBytes: number }) =>
      `the body is larger than ${d.limitBytes.toLocaleString("en-US")} bytes; send fewer rows at a time`,
  ),
  "server/out-of-range-rows": caller(
    (d: { rows: number; limit: number }) =>
      `the request has ${count(d.rows, "row")}; expected 1 to ${d.limit.toLocaleString("en-US")}. Send the rows in several requests`,
  ),
  "server/unsupported-content-type": caller(
    (d: { got: string }) =>
      `the content type ${quote(d.got)} is not understood; expected "application/json"`,
  ),
  "server/unknown-endpoint": notFound(
    (d: { name: string; known: readonly string[] }) =>
      `there is no endpoint ${quote(d.name)}; the server has ${list(d.known, d.name)}.${didYouMean(d.name, d.known)}`,
  ),
  "server/unknown-route": notFound(
    (d: { method: string; path: string; known: readonly string[] }) =>
      `there is nothing at ${d.method} ${quote(d.path)}; there is ${list(d.known, `${d.method} ${d.path}`)}.${didYouMean(`${d.method} ${d.path}`, d.known)}`,
  ),
  "server/missing-online-store": notFound(
    (_: { store: null }) =>
      "this server gives no features by key; start it with serve --features, or give serveHttp a store",
  ),
  "server/missing-endpoint": caller(
    (d: { known: readonly string[] }) =>
      `POST /invocations needs a server with exactly one endpoint; this one has ${list(d.known)}. Post to /endpoints/<name>/invocations`,
  ),
  "server/duplicate-endpoint": caller(
    (d: { name: string }) =>
      `serveHttp: there are several endpoints ${quote(d.name)}; name each once`,
  ),
  "server/conflict-port": conflict(
    (d: { host: string; port: number }) =>
      `port ${d.port} of ${d.host} is in use; choose another with --port, or --port 0 for a free one`,
  ),
  "server/failed-listen": environment(
    (d: { host: string; port: number; reason: string }) =>
      `the server cannot listen on port ${d.port} of ${d.host} (${d.reason}); choose another port or host`,
  ),
  "server/failed-closing": environment(
    (_: { closing: true }) => "the server is closing; send the request to another, or again later",
  ),
};

/** Throws one of {@link serverErrors}. */
export const fail = failWith(serverErrors);

/** Errors whose HTTP status says more than that of their kind. */
const statuses: Readonly<Record<string, number>> = {
  "server/out-of-range-body": 413,
  "server/unsupported-content-type": 415,
  "feature/unknown-online-column": 404, // in an address it is a place that is not there
};

/** The HTTP status of an error. */
export function statusOf({ code, kind }: MillraceError): number {
  return statuses[code] ?? errorKinds[kind].status;
}
