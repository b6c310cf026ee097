/** @file What an object store must answer: one request each, tried once. */

import type { BytesStat } from "../bytes.ts";

/** A request's time limit. Whoever hears from the server calls `alive`, which starts it anew. */
export interface Call {
  readonly signal: AbortSignal;
  readonly alive: () => void;
}

/** An object on its way: its size, when the server says it, and its bytes in pieces. */
export interface Download {
  readonly sizeBytes: number | undefined;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** What is known of an object without its bytes. */
export interface ObjectHead {
  readonly sizeBytes: number;
  /** By the server's clock, in milliseconds since 1970. */
  readonly modifiedMs: number;
  /** Differs when the bytes differ. */
  readonly etag: string;
  /** The token it was put with, when it was put with one. */
  readonly token: string | undefined;
}

/** An object to put whole. */
export interface ObjectPut {
  readonly key: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Stored beside the object, so that a lost answer can be settled by reading it back. */
  readonly token: string;
  /** Whether to put it only where nothing is. */
  readonly ifAbsent: boolean;
}

/** An object that is put in parts. */
export interface Upload {
  readonly key: string;
  readonly id: string;
}

/** One part of an upload; the first has number 1. */
export interface UploadPart extends Upload {
  readonly number: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** One page of the names under a prefix, up to the next "/". */
export interface ListPage {
  readonly names: readonly string[];
  readonly next: string | undefined;
  /** What the page says of objects with bytes in them, by name. */
  readonly stats?: ReadonlyMap<string, BytesStat>;
}

/**
 * An object store. Each method sends one request and throws an {@link ObjectFailure}, or what the
 * network threw, when it is not done. Keys are whole: the prefix of the store is in them.
 */
export interface ObjectClient {
  /** The address without a key, such as `s3://bucket`. No secrets. */
  readonly address: string;
  /** The same with the server in it: no two places have the same. No secrets. */
  readonly url: string;
  /** Texts that no message may show. */
  readonly secrets: () => readonly string[];
  get(key: string, call: Call): Promise<Download>;
  /** Undefined when there is no such object. */
  head(key: string, call: Call): Promise<ObjectHead | undefined>;
  put(object: ObjectPut, call: Call): Promise<void>;
  list(page: ListRequest, call: Call): Promise<ListPage>;
  remove(key: string, call: Call): Promise<void>;
  /** Begins an upload in parts and gives its id. */
  begin(key: string, call: Call): Promise<string>;
  /** Puts a part and gives what `finish` needs of it. */
  part(part: UploadPart, call: Call): Promise<string>;
  finish(upload: Upload & { readonly parts: readonly string[] }, call: Call): Promise<void>;
  /** Forgets an upload's parts. */
  abandon(upload: Upload, call: Call): Promise<void>;
}

/** Which page to list. */
export interface ListRequest {
  /** "" or a folder's key with a "/" after it. */
  readonly prefix: string;
  readonly next: string | undefined;
  /** A name below the prefix: those up to it need not be listed, and may be. */
  readonly after?: string;
}

/** What a server answered when it refused. */
export class ObjectFailure extends Error {
  override readonly name = "ObjectFailure";
  readonly status: number;
  /** The server's word for it, such as "NoSuchBucket"; "" when it gave none. */
  readonly code: string;
  /** The server's clock, in milliseconds since 1970. */
  readonly serverMs: number | undefined;
  /** How long the server asks us to wait. */
  readonly afterMs: number | undefined;

  constructor(answer: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly header: (name: string) => string | null | undefined;
  }) {
    super(answer.message);
    this.status = answer.status;
    this.code = answer.code;
    const date = Date.parse(answer.header("date") ?? "");
    this.serverMs = Number.isNaN(date) ? undefined : date;
    const after = Number(answer.header("retry-after") ?? Number.NaN);
    this.afterMs = Number.isFinite(after) ? after * 1000 : undefined;
  }
}
