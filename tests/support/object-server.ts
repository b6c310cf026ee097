/**
 * @file A small object server on loopback that speaks what we use of S3 and of Azure Blob, and goes
 * wrong on demand. The real servers judge the protocols, in tests/interop/object-storage.test.ts.
 */
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a request does instead of, or after, its work. */
export interface Trouble {
  /** Answer with this, without doing anything. */
  readonly answer?: {
    readonly status: number;
    readonly code?: string;
    readonly message?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** Do the work and hang up without an answer. */
  readonly loseAnswer?: boolean;
  /** Hang up before doing anything. */
  readonly hangUp?: boolean;
  /** Do the work and never answer. */
  readonly silent?: boolean;
  /** Announce all the bytes and send half of them. */
  readonly truncate?: boolean;
  /** Called before the work. */
  readonly before?: () => void;
}

/** A request as a test sees it. */
export interface SeenRequest {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

interface Stored {
  readonly body: Buffer;
  readonly at?: Date;
  readonly token: string | undefined;
}

/** The server. `trouble` is asked about each request. */
export interface ObjectServer {
  readonly url: string;
  readonly objects: Map<string, Stored>;
  readonly seen: SeenRequest[];
  trouble: (request: SeenRequest) => Trouble | undefined;
  /** Makes the server ignore If-None-Match, as some do. */
  ignoresConditions: boolean;
  close(): Promise<void>;
}

const bucket = "bucket";
const pageSize = 3;

/** Starts a server with one bucket (container) named "bucket", on a free port. */
export async function startObjectServer(): Promise<ObjectServer> {
  const parts = new Map<string, Buffer>();
  const state = {
    objects: new Map<string, Stored>(),
    seen: [] as SeenRequest[],
    trouble: (() => undefined) as ObjectServer["trouble"],
    ignoresConditions: false,
  };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request).catch(() => undefined);
    if (body === undefined) return; // the client hung up
    const seen = seenOf(request);
    state.seen.push(seen);
    const trouble = state.trouble(seen) ?? {};
    trouble.before?.();
    if (trouble.hangUp === true) response.destroy();
    else if (trouble.answer !== undefined) answerWith(response, trouble.answer);
    else spoil(response, trouble, { seen, answer: work({ ...state, parts }, seen, body) });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Sends the answer of work that was done, or what the trouble makes of it. */
function spoil(
  response: ServerResponse,
  trouble: Trouble,
  { seen, answer }: { seen: SeenRequest; answer: Answer },
): void {
  if (trouble.silent === true) return;
  if (trouble.loseAnswer === true) {
    response.destroy();
  } else if (trouble.truncate === true && Buffer.isBuffer(answer.body)) {
    response.writeHead(200, { ...answer.headers, "content-length": answer.body.length });
    response.write(answer.body.subarray(0, answer.body.length / 2), () => response.destroy());
  } else {
    answerWith(response, answer, seen.method === "HEAD");
  }
}

function seenOf(request: IncomingMessage): SeenRequest {
  const url = new URL(request.url ?? "/", "http://server");
  const [, root, ...rest] = url.pathname.split("/").map(decodeURIComponent);
  const key = root === bucket ? rest.join("/") : `?${url.pathname}`;
  return { method: request.method ?? "", key, query: url.searchParams, headers: request.headers };
}

interface Answer {
  readonly status: number;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Buffer | string;
}

function answerWith(response: ServerResponse, answer: Answer, head = false): void {
  const { status, code, message = "", headers } = answer;
  const error = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  const body = Buffer.from(answer.body ?? (code === undefined ? "" : error));
  const kind = code === undefined ? {} : { "x-ms-error-code": code };
  const type = { "content-type": "application/xml" };
  response.writeHead(status, { "content-length": body.length, ...type, ...kind, ...headers });
  response.end(head ? undefined : body);
}

type State = Pick<ObjectServer, "objects" | "ignoresConditions"> & { parts: Map<string, Buffer> };

const isAzure = ({ headers }: SeenRequest): boolean => headers["x-ms-version"] !== undefined;

const noBucket = (request: SeenRequest): Answer => ({
  status: 404,
  code: isAzure(request) ? "ContainerNotFound" : "NoSuchBucket",
});

function work(state: State, request: SeenRequest, body: Buffer): Answer {
  const { method, key, query } = request;
  if (key.startsWith("?")) return noBucket(request);
  if (query.has("list-type") || query.get("comp") === "list") return list(state, query);
  if (query.has("uploads") || query.has("uploadId") || query.has("comp"))
    return inParts(state, request, body);
  if (method === "PUT") return put(state, request, body);
  return method === "DELETE" ? remove(state, request) : get(state, request);
}

function remove({ objects }: State, request: SeenRequest): Answer {
  const there = objects.delete(request.key);
  if (!isAzure(request)) return { status: 204 };
  return there ? { status: 202 } : { status: 404, code: "BlobNotFound" };
}

function get({ objects }: State, { key, method }: SeenRequest): Answer {
  const found = objects.get(key);
  if (found === undefined)
    return { status: 404, ...(method === "HEAD" ? {} : { code: "NoSuchKey" }) };
  const { at = new Date() } = found;
  const etag = `"${createHash("md5").update(found.body).digest("hex")}"`;
  const token: Readonly<Record<string, string>> =
    found.token === undefined
      ? {}
      : { "x-amz-meta-millracewrite": found.token, "x-ms-meta-millracewrite": found.token };
  return {
    status: 200,
    body: found.body,
    headers: { etag, "last-modified": at.toUTCString(), ...token },
  };
}

function put(state: State, request: SeenRequest, body: Buffer): Answer {
  const { key, headers } = request;
  const conditional = headers["if-none-match"] === "*" && !state.ignoresConditions;
  if (conditional && state.objects.has(key))
    return isAzure(request)
      ? { status: 409, code: "BlobAlreadyExists" }
      : { status: 412, code: "PreconditionFailed" };
  const token = headers["x-amz-meta-millracewrite"] ?? headers["x-ms-meta-millracewrite"];
  state.objects.set(key, { body, token: token?.toString(), at: new Date() });
  return { status: isAzure(request) ? 201 : 200 };
}

function inParts({ parts, objects }: State, request: SeenRequest, body: Buffer): Answer {
  const { method, key, query } = request;
  if (query.has("uploads"))
    return {
      status: 200,
      body: `<R><UploadId>${randomUUID()}</UploadId></R>`,
    };
  const id = query.get("uploadId") ?? "";
  const name = query.get("partNumber") ?? query.get("blockid");
  if (method === "PUT" && name !== null) {
    parts.set(`${id}${name}`, body);
    return { status: id === "" ? 201 : 200, headers: { etag: `"${name}"` } };
  }
  if (method === "DELETE") return { status: 204 };
  const wanted = [...String(body).matchAll(/<ETag>&#34;(\d+)&#34;<|<Latest>(.*?)</g)];
  const joined = wanted.map(([, number, block]) => parts.get(`${id}${number ?? block}`));
  if (joined.some((part) => part === undefined)) return { status: 400, code: "InvalidPart" };
  objects.set(key, { body: Buffer.concat(joined as Buffer[]), token: undefined });
  return { status: id === "" ? 201 : 200, body: "<R></R>" };
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function list({ objects }: State, query: URLSearchParams): Answer {
  const prefix = query.get("prefix") ?? "";
  const begin = (query.get("start-after") ?? "").slice(prefix.length);
  const after = query.get("continuation-token") ?? query.get("marker") ?? begin;
  const inside = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  const entries = [
    ...new Set(inside.map((key) => /^[^/]*\/?/.exec(key.slice(prefix.length))?.[0] ?? "")),
  ].filter((name) => name > after);
  const page = entries.slice(0, pageSize);
  const next = entries.length > pageSize ? (page.at(-1) ?? "") : "";
  const s3 = query.has("list-type");
  const spelled = (name: string): string => {
    const escaped = s3 ? encodeURIComponent(prefix + name).replaceAll("%2F", "/") : prefix + name;
    return escaped.replace(/[&<>]/g, (sign) => entities[sign] ?? "");
  };
  const about = (key: string, [time = "", size = ""]: readonly string[]): string => {
    const stored = page
      .map((name) => prefix + name)
      .find((name) => spelled(name.slice(prefix.length)) === key);
    const { at = new Date(), body = Buffer.alloc(0) } = objects.get(stored ?? "") ?? {};
    const text = s3 ? at.toISOString() : at.toUTCString();
    return `<${time}>${text}</${time}><${size}>${body.length}</${size}>`;
  };
  const files = page.filter((name) => !name.endsWith("/")).map(spelled);
  const folders = page.filter((name) => name.endsWith("/")).map(spelled);
  const body = s3
    ? `<ListBucketResult><EncodingType>url</EncodingType>${files
        .map(
          (key) => `<Contents><Key>${key}</Key>${about(key, ["LastModified", "Size"])}</Contents>`,
        )
        .join("")}${folders
        .map((key) => `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`)
        .join(
          "",
        )}${next && `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`
    : `<?xml version="1.0"?><EnumerationResults ServiceEndpoint="x" ContainerName="bucket"><Blobs>${files
        .map(
          (key) =>
            `<Blob><Name>${key}</Name><Properties>${about(key, ["Last-Modified", "Content-Length"])}</Properties></Blob>`,
        )
        .join("")}${folders
        .map((key) => `<BlobPrefix><Name>${key}</Name></BlobPrefix>`)
        .join("")}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
  return { status: 200, body };
}
