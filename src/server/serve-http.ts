/** @file Serves endpoints and the first page over HTTP. */
import {
  type Clock,
  checkNames,
  checkNumber,
  type Ids,
  randomIds,
  systemClock,
} from "../core/index.ts";
import type { OnlineReader } from "../flow.ts";
import { type Endpoint, featureLookUp } from "../serve/index.ts";
import { listen } from "./adapter/fastify.ts";
import { fail } from "./errors.ts";
import type { ProtocolStores } from "./mlflow/route.ts";
import type { PageData } from "./page/index.ts";

/** A server that listens. */
export interface HttpServer extends AsyncDisposable {
  /** Its address: "http://127.0.0.1:8080". */
  readonly url: string;
  /** Takes no new requests, and resolves when those under way are answered, in 10 s at most. */
  close(): Promise<void>;
}

/** What is served, and where. */
export interface ServeHttpOptions {
  /** Endpoints; a function is asked anew for each request, so that a new version can take over. */
  readonly endpoints: readonly Endpoint[] | (() => readonly Endpoint[]);
  /** Where `POST /online/<table>/lookup` finds features by key; without it there is no such place. */
  readonly store?: OnlineReader;
  /** Runs and models, for clients of MLflow's protocol; without it there is no such place. */
  readonly protocol?: ProtocolStores;
  /** What the first page shows, asked for each time; without it, the endpoints. */
  readonly page?: () => Partial<PageData> | Promise<Partial<PageData>>;
  /** 0 picks a free one. Default 0. */
  readonly port?: number;
  /** Default "127.0.0.1": only this machine is answered. */
  readonly host?: string;
  /** The largest body that is read, in bytes. Default 5 MB. */
  readonly bodyLimitBytes?: number;
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Told of errors that are not the caller's. */
  readonly onError?: (error: unknown, requestId: string) => void;
}

/**
 * Serves endpoints over HTTP: `GET /` (a page), `/health`, `/ready`, `/endpoints`,
 * `/endpoints/<name>/signature`, and `POST /endpoints/<name>/invocations` in MLflow's forms, also as
 * `POST /invocations` where there is one endpoint. With a store, `POST /online/<table>/lookup` takes
 * `{ "keys": [{ "id": "a" }], "features": ["spend"] }` and gives the features of each key with their time
 * and whether they count now (`status`: "valid", or "expired" or "future", with nulls). A number that JSON lacks is
 * a text there: "NaN", "Infinity", "-Infinity", "-0".
 *
 * @param options - The endpoints, and the port.
 * @returns The listening server; close it, or leave its `await using` block.
 * @throws `server/conflict-port`, `server/failed-listen`, `server/duplicate-endpoint`,
 * `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * await using web = await serveHttp({ endpoints: [] });
 * (await fetch(`${web.url}/health`)).status // => 200
 * ```
 * @see MLflow 3, "Local inference server specification".
 */
export async function serveHttp(options: ServeHttpOptions): Promise<HttpServer> {
  const { endpoints, store, protocol, page = () => ({}), port = 0, host = "127.0.0.1" } = options;
  const { bodyLimitBytes = 5_000_000, clock = systemClock, ids = randomIds } = options;
  const { onError = () => undefined } = options;
  checkNames("serveHttp", options, known);
  checkNumber("serveHttp", { port }, { min: 0, max: 65_535, integer: true });
  checkNumber("serveHttp", { bodyLimitBytes }, { min: 1, max: 1_000_000_000, integer: true });
  const current = typeof endpoints === "function" ? endpoints : () => endpoints;
  checkDistinct(current());
  const lookUp = store === undefined ? undefined : featureLookUp(store, clock);
  const where = { port, host, bodyLimitBytes };
  return listen({ endpoints: current, lookUp, protocol, page, ...where, clock, ids, onError });
}

const known = [
  ...["endpoints", "store", "protocol", "page", "port", "host"],
  ...["bodyLimitBytes", "clock", "ids", "onError"],
];

function checkDistinct(endpoints: readonly Endpoint[]): void {
  const names = endpoints.map(({ name }) => name);
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin !== undefined) fail("server/duplicate-endpoint", { name: twin });
}
