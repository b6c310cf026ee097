/** @file Online stores on servers: Redis and PostgreSQL, each by a package that its users install. */
import { existsSync } from "node:fs";
import { postgresServer } from "./adapter/postgres.ts";
import { redisServer } from "./adapter/redis.ts";
import { fail } from "./errors.ts";
import { memoryStore } from "./memory-store.ts";
import { type ServerStoreOptions, serverPlace } from "./server-place.ts";
import { serverStore } from "./server-store.ts";
import type { OnlineStore } from "./store.ts";

const redisProtocols = ["redis:", "rediss:"];
const postgresProtocols = ["postgres:", "postgresql:"];

/**
 * Opens an online store in Redis (5 or newer). A table is one hash: keys as JSON, features as bytes, and
 * how far it is, so that all of it is there or nothing. A read of any number of keys is one command. What
 * Redis keeps through a crash is what it is configured to.
 *
 * @throws `store/missing-package`, `feature/out-of-range-online-address`, `feature/failed-online-store`,
 * `feature/timed-out-online-store`, and so do its methods
 * @example
 * ```ts
 * await redisStore({ url: "redis://me:secret@127.0.0.1:9" }).catch((error) => error.details.at) // => "redis://me@127.0.0.1:9"
 * ```
 */
export async function redisStore(options: ServerStoreOptions): Promise<OnlineStore> {
  const place = serverPlace("redisStore", options, redisProtocols);
  return serverStore(await redisServer(place), place.at);
}

/**
 * Opens an online store in PostgreSQL (12 or newer): keys as JSON and features as bytes in the table
 * `millrace_online`, which the first write makes. A write is one transaction, a read of any number of
 * keys one statement. What the address leaves out is taken from `PGPASSWORD` and its like.
 *
 * @throws `store/missing-package`, `feature/out-of-range-online-address`, `feature/failed-online-store`,
 * `feature/timed-out-online-store`, and so do its methods
 * @example
 * ```ts
 * await postgresStore({ url: "postgres://me:secret@127.0.0.1:9/db" }).catch((error) => error.code) // => "feature/failed-online-store"
 * ```
 */
export async function postgresStore(options: ServerStoreOptions): Promise<OnlineStore> {
  const place = serverPlace("postgresStore", options, postgresProtocols);
  return serverStore(await postgresServer(place), place.at);
}

/**
 * Opens the online store at a place: an address of Redis or PostgreSQL, or the folder of a
 * {@link memoryStore}'s snapshots. A new folder has a slash in its name, so that no mistyped address makes one.
 *
 * @throws `feature/out-of-range-online-address`, and what {@link redisStore}, {@link postgresStore} and {@link memoryStore} throw
 * @example
 * ```ts
 * await using store = await openOnlineStore("./online");
 * await store.tables() // => []
 * ```
 */
export async function openOnlineStore(place: string): Promise<OnlineStore> {
  const [protocol = ""] = /^[a-z][a-z0-9+.-]+:(?=\/\/)/i.exec(place) ?? [];
  if (redisProtocols.includes(protocol)) return redisStore({ url: place });
  if (postgresProtocols.includes(protocol)) return postgresStore({ url: place });
  if (protocol !== "")
    serverPlace("openOnlineStore", { url: place }, [...redisProtocols, ...postgresProtocols]);
  if (!/[\\/]/.test(place) && !existsSync(place))
    fail("feature/out-of-range-online-address", {
      expected: `redis://HOST, postgres://HOST/DATABASE or a folder; for a new folder write ./${/^[\w.-]*$/.test(place) ? place : "NAME"}`,
    });
  return memoryStore({ snapshots: place });
}
