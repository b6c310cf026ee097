/** @file HTTP by Fastify: routes, headers and errors; what they answer is in `routes.ts`. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type Clock, type Ids, isMillraceError, MillraceError } from "../../core/index.ts";
import { checkRequestId, type Endpoint, type featureLookUp } from "../../serve/index.ts";
import { fail, statusOf } from "../errors.ts";
import type { ProtocolStores } from "../mlflow/route.ts";
import { type PageData, pageHtml, stylesheet } from "../page/index.ts";
import { readBody } from "../read-body.ts";
import { readKeys } from "../read-keys.ts";
import {
  completePage,
  endpointList,
  findEndpoint,
  invoke,
  modelName,
  onlyEndpoint,
  places,
  signatureReply,
} from "../routes.ts";
import { addProtocol } from "./protocol.ts";

/** Everything the server was given, checked and complete. */
export interface ListenOptions {
  readonly endpoints: () => readonly Endpoint[];
  /** Answers for features by key; undefined where that is not offered. */
  readonly lookUp: ReturnType<typeof featureLookUp> | undefined;
  /** What MLflow's protocol works on; undefined where it is not offered. */
  readonly protocol: ProtocolStores | undefined;
  readonly page: () => Partial<PageData> | Promise<Partial<PageData>>;
  readonly port: number;
  readonly host: string;
  readonly bodyLimitBytes: number;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly onError: (error: unknown, requestId: string) => void;
}

/** Listens until it is closed. Throws `server/conflict-port`, `server/failed-listen`. */
export async function listen(
  options: ListenOptions,
): Promise<{ url: string; close(): Promise<void>; [Symbol.asyncDispose](): Promise<void> }> {
  const { host, port } = options;
  const state = { closing: false };
  const app = makeApp(options, state);
  let url: string;
  try {
    url = await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") return fail("server/conflict-port", { host, port }, { cause });
    return fail("server/failed-listen", { host, port, reason: message }, { cause });
  }
  const close = async (): Promise<void> => {
    state.closing = true;
    const late = setTimeout(() => app.server.closeAllConnections(), drainMs);
    await app.close();
    clearTimeout(late);
  };
  return { url, close, [Symbol.asyncDispose]: close };
}

/** Requests that are not answered so long after closing began are cut off. */
const drainMs = 10_000;

function makeApp(options: ListenOptions, state: { readonly closing: boolean }): FastifyInstance {
  const { bodyLimitBytes, ids } = options;
  const answerError = errorAnswer(options);
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: 60_000, // for a request to arrive whole
    return503OnClosing: false, // our own error says it
    genReqId: () => ids(),
    frameworkErrors: answerError,
    routerOptions: { ignoreDuplicateSlashes: true },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "string" },
    async (_: FastifyRequest, body: string) => readBody(body),
  );
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(({ method, url }) => {
    const path = url.split("?")[0] ?? url;
    return fail("server/unknown-route", { method, path, known: places });
  });
  app.addHook("onRequest", async (request, reply) => {
    const given = request.headers["x-request-id"];
    const id = given === undefined ? request.id : checkRequestId("header x-request-id", given);
    request.id = id;
    reply.headers({ "x-request-id": id, "x-content-type-options": "nosniff" });
    if (state.closing) fail("server/failed-closing", { closing: true });
  });
  app.addHook("onSend", async (_, reply) => {
    if (state.closing) reply.header("connection", "close"); // or an idle connection delays the end
  });
  addRoutes(app, options);
  if (options.protocol !== undefined) addProtocol(app, options.protocol, options.onError);
  addPage(app, options);
  return app;
}

function addRoutes(app: FastifyInstance, { endpoints, lookUp }: ListenOptions): void {
  const answer = async (
    endpoint: Endpoint,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<object> => {
    reply.headers({
      "x-millrace-model": encodeURI(modelName(endpoint)),
      "cache-control": "no-store",
    });
    return (await invoke(endpoint, request.body, request.id)).body;
  };
  app.get("/health", async () => ({ status: "ok" }));
  app.get("/ready", async () => ({ status: "ready", endpoints: endpoints().length }));
  app.get("/endpoints", async () => endpointList(endpoints()));
  app.get<{ Params: { name: string } }>("/endpoints/:name/signature", async (request) =>
    signatureReply(findEndpoint(endpoints(), request.params.name)),
  );
  app.post<{ Params: { name: string } }>("/endpoints/:name/invocations", (request, reply) =>
    answer(findEndpoint(endpoints(), request.params.name), request, reply),
  );
  app.post("/invocations", (request, reply) => answer(onlyEndpoint(endpoints()), request, reply));
  app.post<{ Params: { table: string } }>("/online/:table/lookup", async (request, reply) => {
    if (lookUp === undefined) return fail("server/missing-online-store", { store: null });
    reply.header("cache-control", "no-store");
    return lookUp({ table: request.params.table, ...readKeys(request.body) });
  });
}

const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
};

function addPage(app: FastifyInstance, { page, endpoints, clock }: ListenOptions): void {
  app.get("/", async (_, reply) => {
    const data = completePage(await page(), endpoints());
    return reply.headers(pageHeaders).send(pageHtml(data, clock()));
  });
  app.get("/page.css", async (_, reply) =>
    reply
      .headers({ "content-type": "text/css; charset=utf-8", "cache-control": "no-cache" })
      .send(stylesheet),
  );
}

/** Every error leaves as `{ error_code, message, details }`; what is ours to mend is told apart. */
function errorAnswer({ onError, bodyLimitBytes }: ListenOptions) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const error = ourError(thrown, { bodyLimitBytes, type: request.headers["content-type"] });
    const status = statusOf(error);
    if (status >= 500) onError(thrown, request.id);
    const { code, message, details } = error;
    reply
      .status(status)
      .headers({ "x-request-id": request.id, "cache-control": "no-store" })
      .type("application/json; charset=utf-8")
      .send(JSON.stringify({ error_code: code, message, details }));
  };
}

function ourError(
  thrown: unknown,
  known: { readonly bodyLimitBytes: number; readonly type: string | undefined },
): MillraceError {
  if (isMillraceError(thrown)) return thrown;
  const { code, statusCode, message } = thrown as Partial<Error> & {
    code?: string;
    statusCode?: number;
  };
  return caught(() => {
    if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
      fail("server/out-of-range-body", { limitBytes: known.bodyLimitBytes });
    if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE" || code === "FST_ERR_CTP_INVALID_CONTENT_TYPE")
      fail("server/unsupported-content-type", { got: known.type ?? "" });
    if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
      fail("server/corrupt-request", { reason: message ?? "" });
    throw new MillraceError(
      {
        code: "internal/failed",
        kind: "internal",
        message: "internal: the server could not answer; its log says why",
        details: {},
      },
      { cause: thrown },
    );
  });
}

function caught(work: () => never): MillraceError {
  try {
    return work();
  } catch (error) {
    return error as MillraceError;
  }
}
