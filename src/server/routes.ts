/** @file What each place of the server answers, without a word of HTTP libraries. */
import type { Answered, Prediction } from "../flow.ts";
import { type Endpoint, requestSchema } from "../serve/index.ts";
import { fail } from "./errors.ts";
import { readRows } from "./invocation.ts";
import type { PageData, PageEndpoint } from "./page/index.ts";

/** The places of the server, as its 404 lists them. */
export const places = [
  "GET /",
  "GET /health",
  "GET /ready",
  "GET /endpoints",
  "GET /endpoints/:name/signature",
  "POST /endpoints/:name/invocations",
  "POST /invocations",
  "POST /online/:table/lookup",
];

/** An answer to a request of rows, and the model it came from: "churn/1". */
export interface InvocationReply {
  readonly model: string;
  readonly body: {
    readonly predictions: readonly Prediction[];
    readonly request_ids: readonly string[];
    readonly model_version: number;
    readonly warnings: readonly { readonly row: number; readonly message: string }[];
  };
}

/** Answers the rows in a body. Throws what {@link readRows} and the endpoint throw. */
export async function invoke(
  endpoint: Endpoint,
  body: unknown,
  requestId: string,
): Promise<InvocationReply> {
  const answers = await endpoint.answer(readRows(body), { requestId });
  return { model: modelName(endpoint), body: replyBody(endpoint.version, answers) };
}

/** The endpoint of a name. Throws `server/unknown-endpoint`. */
export function findEndpoint(endpoints: readonly Endpoint[], name: string): Endpoint {
  const known = endpoints.map((endpoint) => endpoint.name);
  const found = endpoints.find((endpoint) => endpoint.name === name);
  return found ?? fail("server/unknown-endpoint", { name, known });
}

/** The endpoint where there is only one. Throws `server/missing-endpoint`. */
export function onlyEndpoint(endpoints: readonly Endpoint[]): Endpoint {
  const [only, ...others] = endpoints;
  if (only !== undefined && others.length === 0) return only;
  return fail("server/missing-endpoint", { known: endpoints.map(({ name }) => name) });
}

/** Endpoints, their versions and what they have done. */
export function endpointList(endpoints: readonly Endpoint[]): object {
  return {
    endpoints: endpoints.map((endpoint) => ({
      name: endpoint.name,
      model: modelName(endpoint),
      model_version: endpoint.version,
      stats: endpoint.stats(),
    })),
  };
}

/** What an endpoint takes and gives, also as a JSON Schema of one row. */
export function signatureReply({ signature }: Endpoint): object {
  return { ...signature, request_schema: requestSchema(signature) };
}

/** The page's data, completed by what the server itself knows. */
export function completePage(given: Partial<PageData>, endpoints: readonly Endpoint[]): PageData {
  const known = endpoints.map((endpoint): PageEndpoint => {
    const { name, version } = endpoint;
    return { name, version, ...endpoint.stats() };
  });
  const empty = { title: "Millrace", runs: [], model: null, drift: null, retrain: null };
  return { ...empty, charts: [], endpoints: known, ...given };
}

/** "churn/1". */
export const modelName = ({ name, version }: Endpoint): string => `${name}/${version}`;

const wirePrediction = ({ value, probability, probabilities, others }: Prediction): Prediction => ({
  value,
  probability,
  ...(probabilities === undefined ? {} : { probabilities }),
  ...(others === undefined ? {} : { others }),
});

function replyBody(version: number, answers: readonly Answered[]): InvocationReply["body"] {
  return {
    predictions: answers.map(({ prediction }) => wirePrediction(prediction)),
    request_ids: answers.map(({ requestId }) => requestId),
    model_version: version,
    warnings: answers.flatMap(({ warnings }, row) => warnings.map((message) => ({ row, message }))),
  };
}
