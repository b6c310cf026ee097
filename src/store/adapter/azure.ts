/** @file Azure Blob storage by its own package, with retries, times and verdicts left to us. */
import type { ContainerClient, RestError } from "@azure/storage-blob";
import type { BytesStat } from "../bytes.ts";
import {
  type Call,
  type ListPage,
  type ObjectClient,
  ObjectFailure,
  type ObjectHead,
} from "../object/client.ts";
import { loadPackage } from "../object/optional-package.ts";

/** Gives tokens of Microsoft Entra ID; the credentials of `@azure/identity` are such. */
export interface AzureTokens {
  getToken(
    scopes: string | string[],
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** Where and as whom: one of a key, a SAS and a giver of tokens. */
export interface AzurePlace {
  /** The address of the account, without a "/" at the end. */
  readonly accountUrl: string;
  readonly account: string;
  readonly container: string;
  readonly accountKey?: string;
  readonly sasToken?: string;
  readonly tokens?: AzureTokens;
}

/** A container as an {@link ObjectClient}. The package is loaded with the first request. */
export function azureClient(place: AzurePlace): ObjectClient {
  let opened: Promise<ContainerClient> | undefined;
  const using = async <T>(work: (container: ContainerClient) => Promise<T>): Promise<T> => {
    opened ??= openContainer(place);
    const container = await opened;
    return work(container).catch(rethrow);
  };
  const blob = <T>(key: string, work: (blob: BlobOf) => Promise<T>): Promise<T> =>
    using((container) => work(container.getBlockBlobClient(key)));
  const url = `${place.accountUrl}/${place.container}`;
  return {
    address: url,
    url,
    secrets: () => secretsOf(place),
    get: (key, { signal }) =>
      blob(key, async (one) => {
        const found = await one.download(0, undefined, { abortSignal: signal });
        const pieces = piecesOf(found.readableStreamBody);
        return { sizeBytes: found.contentLength, pieces };
      }),
    head: (key, call) => blob(key, (one) => headOf(one, call)).catch(absent),
    put: (object, { signal }) =>
      blob(object.key, async (one) => {
        await one.upload(object.body, object.body.length, {
          abortSignal: signal,
          metadata: { millracewrite: object.token },
          ...(object.ifAbsent ? { conditions: { ifNoneMatch: "*" } } : {}),
        });
      }),
    list: ({ prefix, next }, { signal }) =>
      using(async (container) => {
        const all = container.listBlobsByHierarchy("/", { prefix, abortSignal: signal });
        const pages = all.byPage(next === undefined ? {} : { continuationToken: next });
        const { value } = await pages.next();
        return value === undefined ? { names: [], next: undefined } : pageOf(value, prefix);
      }),
    remove: (key, { signal }) =>
      blob(key, async (one) => void (await one.delete({ abortSignal: signal }))).catch(absent),
    begin: async () => crypto.randomUUID(),
    part: ({ key, id, number, body }, { signal }) =>
      blob(key, async (one) => {
        const block = Buffer.from(`${id}-${String(number).padStart(6, "0")}`).toString("base64");
        await one.stageBlock(block, body, body.length, { abortSignal: signal });
        return block;
      }),
    finish: ({ key, parts }, { signal }) =>
      blob(
        key,
        async (one) => void (await one.commitBlockList([...parts], { abortSignal: signal })),
      ),
    abandon: async () => undefined, // Azure forgets blocks that were not committed within a week
  };
}

type BlobOf = ReturnType<ContainerClient["getBlockBlobClient"]>;

async function openContainer(place: AzurePlace): Promise<ContainerClient> {
  const azure = await loadPackage(
    { name: "@azure/storage-blob", feature: "Azure Blob storage" },
    () => import("@azure/storage-blob"),
  );
  const { account, accountKey, sasToken, tokens } = place;
  const query = sasToken === undefined ? "" : `?${sasToken.replace(/^\?/, "")}`;
  const url = `${place.accountUrl}/${encodeURIComponent(place.container)}${query}`;
  const once = { retryOptions: { maxTries: 1 } };
  if (accountKey !== undefined)
    return new azure.ContainerClient(
      url,
      new azure.StorageSharedKeyCredential(account, accountKey),
      once,
    );
  return new azure.ContainerClient(url, tokens ?? new azure.AnonymousCredential(), once);
}

async function headOf(blob: BlobOf, { signal }: Call): Promise<ObjectHead | undefined> {
  const found = await blob.getProperties({ abortSignal: signal });
  const { metadata = {}, contentLength = 0, etag = "", lastModified } = found;
  // a folder of an account with a hierarchical namespace
  if (metadata["hdi_isfolder"] === "true") return undefined;
  return {
    sizeBytes: contentLength,
    modifiedMs: lastModified?.getTime() ?? Number.NaN,
    etag,
    token: metadata["millracewrite"],
  };
}

interface Segment {
  readonly blobItems: readonly {
    readonly name: string;
    readonly properties: { readonly contentLength?: number; readonly lastModified?: Date };
  }[];
  readonly blobPrefixes?: readonly { readonly name: string }[];
}

function pageOf(
  { segment, continuationToken }: { segment: Segment; continuationToken?: string | undefined },
  prefix: string,
): ListPage {
  const nameOf = ({ name }: { readonly name: string }): string =>
    name.slice(prefix.length).replace(/\/$/, "");
  const names = [...segment.blobItems, ...(segment.blobPrefixes ?? [])].map(nameOf);
  const stats = new Map<string, BytesStat>();
  for (const item of segment.blobItems) {
    const { contentLength: sizeBytes = 0, lastModified } = item.properties;
    if (sizeBytes > 0 && lastModified !== undefined)
      // an empty one may stand for a folder
      stats.set(nameOf(item), { sizeBytes, modifiedMs: lastModified.getTime() });
  }
  return {
    stats,
    names: names.filter((name) => name !== ""),
    next: continuationToken === "" ? undefined : continuationToken,
  };
}

async function* piecesOf(body: NodeJS.ReadableStream | undefined): AsyncIterable<Uint8Array> {
  if (body === undefined) return;
  for await (const piece of body) yield Buffer.from(piece);
}

/**
 * Throws what the package threw as an answer or as a broken line. Its own error is not kept: it
 * carries the request, and with it the credentials.
 */
function rethrow(error: unknown): never {
  if (!isRestError(error)) throw error;
  const { statusCode, code = "", message, response } = error;
  if (statusCode === undefined) throw Object.assign(new Error("the request failed"), { code });
  throw new ObjectFailure({
    status: statusCode,
    code: response?.headers.get("x-ms-error-code") ?? code,
    message: message.split("\n")[0] ?? "",
    header: (name) => response?.headers.get(name),
  });
}

const isRestError = (error: unknown): error is RestError =>
  error instanceof Error && error.name === "RestError";

const absent = (error: unknown): undefined => {
  const { status, code } = error instanceof ObjectFailure ? error : { status: 0, code: "" };
  if (status === 404 && !code.startsWith("Container")) return undefined;
  throw error;
};

function secretsOf({ accountKey = "", sasToken = "" }: AzurePlace): readonly string[] {
  const signature = new URLSearchParams(sasToken).get("sig") ?? "";
  return [accountKey, sasToken, signature, encodeURIComponent(signature)];
}
