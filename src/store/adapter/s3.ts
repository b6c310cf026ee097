/** @file The S3 protocol, signed by aws4fetch. */
import type { IncomingMessage } from "node:http";
import { hashOf, invariant } from "../../core/index.ts";
import type { BytesStat } from "../bytes.ts";
import {
  type Call,
  type Download,
  type ListPage,
  type ObjectClient,
  ObjectFailure,
  type ObjectHead,
} from "../object/client.ts";
import { sendHttp, textOf } from "../object/http-request.ts";
import { loadPackage } from "../object/optional-package.ts";

/** A key pair, and the token that goes with keys for a time. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where and as whom. */
export interface S3Place {
  /** The address of the bucket, without a "/" at the end. */
  readonly bucketUrl: string;
  readonly bucket: string;
  readonly region: string;
  readonly credentials: () => Promise<S3Credentials>;
  readonly clock: () => number;
}

interface Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly call: Call;
}

const tokenHeader = "x-amz-meta-millracewrite";

/** A bucket as an {@link ObjectClient}. The signing package is loaded with the first request. */
export function s3Client(place: S3Place): ObjectClient {
  const send = sender(place);
  return {
    address: `s3://${place.bucket}`,
    url: place.bucketUrl,
    secrets: send.secrets,
    get: async (key, call) => {
      const pieces = await send.request({ method: "GET", key, call });
      return { sizeBytes: lengthOf(pieces), pieces } satisfies Download;
    },
    head: (key, call) => send.done({ method: "HEAD", key, call }).then(headOf, absent),
    put: async ({ key, body, token, ifAbsent }, call) => {
      const condition = ifAbsent ? { "if-none-match": "*" } : {};
      const headers = { [tokenHeader]: token, ...condition };
      await send.done({ method: "PUT", key, headers, body, call });
    },
    list: async ({ prefix, next, after }, call) => {
      const query = {
        "list-type": "2",
        delimiter: "/",
        "encoding-type": "url",
        ...(prefix === "" ? {} : { prefix }),
        ...(after === undefined ? {} : { "start-after": `${prefix}${after}` }),
        ...(next === undefined ? {} : { "continuation-token": next }),
      };
      const listed = await send.request({ method: "GET", query, call });
      return pageOf(await textOf(listed), prefix);
    },
    remove: async (key, call) => {
      await send.done({ method: "DELETE", key, call }).catch(absent);
    },
    begin: async (key, call) => {
      const begun = await send.request({ method: "POST", key, query: { uploads: "" }, call });
      return textIn(await textOf(begun), "UploadId") ?? unexpected("an upload without an id");
    },
    part: async ({ key, id, number, body }, call) => {
      const query = { partNumber: String(number), uploadId: id };
      const put = await send.done({ method: "PUT", key, query, body, call });
      return header(put, "etag") ?? unexpected("a part without an ETag");
    },
    finish: async ({ key, id, parts }, call) => {
      const listed = parts.map(
        (etag, i) =>
          `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
      );
      const body = new TextEncoder().encode(
        `<CompleteMultipartUpload>${listed.join("")}</CompleteMultipartUpload>`,
      );
      const query = { uploadId: id };
      const finished = await send.request({ method: "POST", key, query, body, call });
      const answer = await textOf(finished);
      // S3 begins its answer before it knows how the joining ends
      if (answer.includes("<Error>")) throw failureOf(500, finished, answer);
    },
    abandon: async ({ key, id }, call) => {
      await send.done({ method: "DELETE", key, query: { uploadId: id }, call });
    },
  };
}

/** Sends signed requests; answers that are not 2xx are thrown. */
function sender(place: S3Place) {
  const { bucketUrl, region } = place;
  const seen = new Set<string>();
  const signingKeys = new Map<string, ArrayBuffer>();
  const request = async (what: Request): Promise<IncomingMessage> => {
    const { method, key, query = {}, headers = {}, body, call } = what;
    const { AwsV4Signer } = await loadPackage(
      { name: "aws4fetch", feature: "S3" },
      () => import("aws4fetch"),
    );
    const credentials = await place.credentials();
    for (const secret of [credentials.secretAccessKey, credentials.sessionToken ?? ""])
      seen.add(secret);
    const signer = new AwsV4Signer({
      ...credentials,
      method,
      url: `${bucketUrl}${key === undefined ? "" : `/${escapeKey(key)}`}${queryOf(query)}`,
      headers: {
        ...headers,
        "accept-encoding": "identity", // so that the length announced is the length that comes
        "x-amz-content-sha256": hashOf(body ?? new Uint8Array()).slice("sha256:".length),
      },
      service: "s3",
      region,
      cache: signingKeys,
      datetime: new Date(place.clock()).toISOString().replace(/[:-]|\.\d{3}/g, ""),
    });
    const signed = await signer.sign();
    const size =
      method === "PUT" || method === "POST" ? { "content-length": `${body?.length ?? 0}` } : {};
    const answer = await sendHttp({
      url: signed.url,
      method,
      headers: { ...Object.fromEntries(signed.headers), ...size },
      signal: call.signal,
      ...(body === undefined ? {} : { body }),
    });
    call.alive();
    const { statusCode: status = 0 } = answer;
    if (status >= 200 && status < 300) return answer;
    throw failureOf(status, answer, await textOf(answer));
  };
  /** Reads the answer to its end, so that its connection serves the next request. */
  const done = async (what: Request): Promise<IncomingMessage> => {
    const answer = await request(what);
    await textOf(answer);
    return answer;
  };
  return { request, done, secrets: () => [...seen] };
}

const absent = (error: unknown): undefined => {
  if (error instanceof ObjectFailure && error.status === 404 && error.code !== "NoSuchBucket")
    return undefined;
  throw error;
};

function failureOf(status: number, answer: IncomingMessage, xml: string): ObjectFailure {
  return new ObjectFailure({
    status,
    code: textIn(xml, "Code") ?? "",
    message: textIn(xml, "Message") ?? "",
    header: (name) => header(answer, name),
  });
}

function headOf(answer: IncomingMessage): ObjectHead {
  return {
    sizeBytes: lengthOf(answer) ?? 0,
    modifiedMs: Date.parse(header(answer, "last-modified") ?? ""),
    etag: header(answer, "etag") ?? "",
    token: header(answer, tokenHeader),
  };
}

const header = ({ headers }: IncomingMessage, name: string): string | undefined =>
  headers[name]?.toString();

function lengthOf(answer: IncomingMessage): number | undefined {
  const length = header(answer, "content-length");
  return length === undefined ? undefined : Number(length);
}

/** The names on a page of a listing: of its objects, and of its "folders". */
function pageOf(xml: string, prefix: string): ListPage {
  const isEncoded = textIn(xml, "EncodingType") === "url";
  const found = xml.matchAll(
    /<Contents>.*?<Key>(.*?)<\/Key>.*?<\/Contents>|<CommonPrefixes>\s*<Prefix>(.*?)<\/Prefix>/gs,
  );
  const names: string[] = [];
  const stats = new Map<string, BytesStat>();
  for (const [block, key, folder] of found) {
    const text = unescapeXml(key ?? folder ?? "");
    const whole = isEncoded ? decodeURIComponent(text.replaceAll("+", " ")) : text;
    const name = whole.slice(prefix.length).replace(/\/$/, "");
    if (name === "") continue;
    names.push(name);
    const sizeBytes = Number(textIn(block, "Size") ?? 0);
    const modifiedMs = Date.parse(textIn(block, "LastModified") ?? "");
    if (key !== undefined && sizeBytes > 0 && !Number.isNaN(modifiedMs))
      stats.set(name, { sizeBytes, modifiedMs });
  }
  return {
    names,
    stats,
    next: textIn(xml, "NextContinuationToken"),
  };
}

/** The text of the first element of this name. */
function textIn(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(xml) ?? [];
  return text === undefined ? undefined : unescapeXml(text);
}

const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  amp: "&",
};

function unescapeXml(text: string): string {
  return text.replace(/&(#?)(\w+);/g, (all, sharp: string, name: string) => {
    if (sharp === "") return entities[name] ?? all;
    const hex = name.startsWith("x");
    return String.fromCodePoint(Number.parseInt(hex ? name.slice(1) : name, hex ? 16 : 10));
  });
}

const escapeXml = (text: string): string =>
  text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Escapes all that is not unreserved in RFC 3986, as signatures want it. */
const escapeText = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const escapeKey = (key: string): string => key.split("/").map(escapeText).join("/");
const queryOf = (query: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${escapeText(value)}`);
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
};

function unexpected(what: string): never {
  invariant(false, `the S3 server answered with ${what}`);
}
