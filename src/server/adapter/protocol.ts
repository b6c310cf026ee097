/** @file MLflow's protocol over Fastify: its places under both prefixes, and its errors. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { protocolAnswer, protocolStatuses } from "../mlflow/answer-error.ts";
import type { Incoming } from "../mlflow/incoming.ts";
import type { ProtocolStores } from "../mlflow/route.ts";
import { prefixes, protocolRoutes } from "../mlflow/routes.ts";
import { addArtifacts } from "./artifacts.ts";

/** The largest message of the protocol: data sets may carry profiles of 16 MB. */
const bodyLimit = 64 * 2 ** 20;

/** The version of MLflow whose protocol this is. */
const protocolVersion = "3.11.0";

/** Adds the places of MLflow's protocol. */
export function addProtocol(
  app: FastifyInstance,
  stores: ProtocolStores,
  onError: (error: unknown, requestId: string) => void,
): void {
  app.get("/version", async (_, reply) => reply.type("text/plain").send(protocolVersion));
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.setErrorHandler((error, request, reply) =>
      answerError(error, { request, reply, onError }),
    );
    addArtifacts(scope, stores);
  });
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      "*",
      { parseAs: "string" },
      async (_: FastifyRequest, body: string) => body,
    );
    scope.setErrorHandler((error, request, reply) =>
      answerError(error, { request, reply, onError }),
    );
    for (const prefix of prefixes)
      for (const { method, version, path, answer } of protocolRoutes)
        scope.route({
          ...{ method, url: `${prefix}/${version}/mlflow/${path}`, bodyLimit },
          handler: async (request, reply) => {
            const answered = await answer(incomingOf(request), stores);
            return reply.type("application/json").send(JSON.stringify(answered));
          },
        });
  });
}

function incomingOf(request: FastifyRequest): Incoming {
  const { method, url, params, headers, body } = request;
  const query = url.indexOf("?");
  return {
    method,
    path: params as Readonly<Record<string, string>>,
    query: new URLSearchParams(query < 0 ? "" : url.slice(query + 1)),
    headers: headers as Readonly<Record<string, string | undefined>>,
    body: typeof body === "string" ? body : "",
  };
}

function answerError(
  error: unknown,
  {
    request,
    reply,
    onError,
  }: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly onError: (error: unknown, requestId: string) => void;
  },
): FastifyReply {
  const { code, message } = protocolAnswer(error);
  const status = protocolStatuses[code];
  if (status >= 500) onError(error, request.id);
  return reply
    .status(status)
    .headers({ "cache-control": "no-store" })
    .type("application/json")
    .send(JSON.stringify({ error_code: code, message }));
}
