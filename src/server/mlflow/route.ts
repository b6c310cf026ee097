/** @file A place of MLflow's protocol: its method and path, the message it takes and what it answers. */
import type { RegistryStore } from "../../registry/index.ts";
import type { TrackingStore } from "../../run/index.ts";
import type { ArtifactPlace } from "./artifact-store.ts";
import type { Fields, Message } from "./fields.ts";
import { type Incoming, messageOf } from "./incoming.ts";

/** What the protocol's places work on. */
export interface ProtocolStores {
  readonly tracking: TrackingStore;
  readonly registry: RegistryStore;
  /** Files of runs and models; without it none are served. */
  readonly artifacts?: ArtifactPlace;
}

/** A place of the protocol. */
export interface ProtocolRoute {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  /** Its version: it is at `/api/<version>/mlflow/<path>` and at `/ajax-api/<version>/mlflow/<path>`. */
  readonly version: "2.0" | "3.0";
  /** With ":name" where the path names something. */
  readonly path: string;
  readonly answer: (incoming: Incoming, stores: ProtocolStores) => Promise<object>;
}

type Where = `${ProtocolRoute["method"]} ${ProtocolRoute["version"]} ${string}`;

/**
 * Describes a place: `route("POST 2.0 runs/delete", { run_id: required(text()) }, async ({ run_id }, { tracking }) => …)`.
 *
 * @param answer - Gives the JSON of the answer.
 */
export function route<F extends Fields>(
  where: Where,
  fields: F,
  answer: (message: Message<F>, stores: ProtocolStores) => Promise<object>,
): ProtocolRoute {
  const [method, version, path = ""] = where.split(" ") as [
    ProtocolRoute["method"],
    ProtocolRoute["version"],
    string,
  ];
  return {
    ...{ method, version, path },
    answer: (incoming, stores) => answer(messageOf(fields, incoming), stores),
  };
}
