/** @file A client typed by the model it talks to: the row it asks for, the answer it gets. */
import { checkNames, checkNumber, isRecord } from "../core/index.ts";
import type { Model, ModelLookups, Prediction } from "../flow.ts";
import { fail } from "./errors.ts";
import { checkFinite, post, type Reply } from "./post.ts";

/** The rows that a model takes. */
export type InputOf<M> = M extends { readonly lookups: ModelLookups<infer Request> }
  ? Request
  : M extends { predict(row: infer In): unknown }
    ? In
    : never;
/** The value that a model gives. */
export type OutputOf<M> = M extends { predict(row: never): Prediction<infer Out> } ? Out : never;

/** Answers with what is needed to join the truth to them later. */
export interface Answers<Out> {
  readonly predictions: readonly Prediction<Out>[];
  /** One per row: what the inference log calls it. */
  readonly requestIds: readonly string[];
  readonly modelVersion: number;
  readonly warnings: readonly { readonly row: number; readonly message: string }[];
}

/** Asks an endpoint over HTTP. */
export interface Client<In, Out> {
  predict(row: In): Promise<Prediction<Out>>;
  /** Predictions of any number of rows, in their order; sent 1,000 rows at a time. */
  predictAll(rows: readonly In[]): Promise<readonly Prediction<Out>[]>;
  /** One request of at most 10,000 rows, with ids, version and warnings. */
  answer(rows: readonly In[], options?: { readonly requestId?: string }): Promise<Answers<Out>>;
}

/** Which endpoint is asked, and how long an answer may take. */
export interface ClientOptions {
  readonly endpoint: string;
  /** Milliseconds until a request is given up. Default 10,000. */
  readonly timeoutMs?: number;
}

const rowsPerRequest = 1000;

/**
 * Makes a client for one endpoint. With `client<typeof model>` a row with a misspelt field or an
 * unknown category does not compile. Connections are kept open between requests. An error of the
 * server is thrown as it would be without HTTP between: the same code, kind and details.
 *
 * @param url - The server's address: "http://127.0.0.1:8080".
 * @param options - The endpoint's name and the time-out.
 * @returns A client; it needs no closing.
 * @throws `option/out-of-range`. Its methods: what the server refuses, `serve/mismatch-request` for
 * a number that JSON cannot hold, `serve/failed-connection`, `serve/timed-out-request`,
 * `serve/failed-answer`
 * @example
 * ```ts
 * const churn = client("http://127.0.0.1:9", { endpoint: "churn", timeoutMs: 1000 });
 * await churn.predict({ tenure: 3 }).catch((error) => error.code) // => "serve/failed-connection"
 * ```
 */
export function client<M = Model>(
  url: string,
  options: ClientOptions,
): Client<InputOf<M>, OutputOf<M>> {
  const { endpoint, timeoutMs = 10_000 } = options;
  checkNames("client", options, ["endpoint", "timeoutMs"]);
  checkNumber("client", { timeoutMs }, { min: 1, max: 3_600_000 });
  const place = `${url.replace(/\/+$/, "")}/endpoints/${encodeURIComponent(endpoint)}/invocations`;
  const answer: Client<InputOf<M>, OutputOf<M>>["answer"] = async (rows, { requestId } = {}) => {
    checkFinite(place, rows);
    const headers = requestId === undefined ? {} : { "x-request-id": requestId };
    const body = JSON.stringify({ dataframe_records: rows });
    const reply = await post(place, { headers, body, timeoutMs });
    const wire = wireAnswers<OutputOf<M>>(place, reply, rows.length);
    return {
      predictions: wire.predictions,
      requestIds: wire.request_ids,
      modelVersion: wire.model_version,
      warnings: wire.warnings,
    };
  };
  const predictAll: Client<InputOf<M>, OutputOf<M>>["predictAll"] = async (rows) => {
    const predictions: Prediction<OutputOf<M>>[] = [];
    for (let from = 0; from < rows.length; from += rowsPerRequest)
      predictions.push(...(await answer(rows.slice(from, from + rowsPerRequest))).predictions);
    return predictions;
  };
  const predict: Client<InputOf<M>, OutputOf<M>>["predict"] = async (row) => {
    const [prediction] = (await answer([row])).predictions;
    const reason = "it holds no prediction";
    return prediction ?? fail("serve/failed-answer", { url: place, status: 200, reason });
  };
  return { predict, predictAll, answer };
}

interface WireAnswers<Out> {
  readonly predictions: readonly Prediction<Out>[];
  readonly request_ids: readonly string[];
  readonly model_version: number;
  readonly warnings: Answers<Out>["warnings"];
}

function wireAnswers<Out>(url: string, { status, body }: Reply, rows: number): WireAnswers<Out> {
  const holds = (name: string): boolean =>
    isRecord(body) && Array.isArray(body[name]) && body[name].length === rows;
  const fits =
    holds("predictions") &&
    holds("request_ids") &&
    isRecord(body) &&
    typeof body["model_version"] === "number" &&
    Array.isArray(body["warnings"]);
  if (!fits)
    fail("serve/failed-answer", { url, status, reason: `expected the answers to ${rows} rows` });
  return body as unknown as WireAnswers<Out>;
}
