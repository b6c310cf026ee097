/** @file A server of MLflow's protocol for tests: its stores in memory, and a way to ask it. */
import { openRegistryStore } from "../../src/registry/index.ts";
import { openTrackingStore } from "../../src/run/index.ts";
import { serveHttp } from "../../src/server/index.ts";
import { type Bytes, openRecords } from "../../src/store/index.ts";

/** JSON, whatever is in it. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form
export type Answer = any;

/** A server, and how it is asked. */
export interface ProtocolServer extends AsyncDisposable {
  readonly url: string;
  /** The answer to a POST. */
  post(path: string, body?: unknown): Promise<{ status: number; json: Answer }>;
  get(
    path: string,
    query?: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<{ status: number; json: Answer }>;
  send(method: string, path: string, body?: unknown): Promise<{ status: number; json: Answer }>;
}

/** Starts a server on a free port of this machine. */
export async function protocolServer(
  artifactRoot = "file:///artifacts",
  bytes?: Bytes,
): Promise<ProtocolServer> {
  const records = await openRecords(":memory:");
  let now = 1000;
  const clock = () => now++;
  const tracking = await openTrackingStore({ records, artifactRoot, artifactPrefix: "", clock });
  const registry = openRegistryStore({
    records,
    addressOf: (key) => `${artifactRoot}/${key}`,
    clock,
  });
  const web = await serveHttp({
    endpoints: [],
    protocol: {
      tracking,
      registry,
      ...(bytes === undefined ? {} : { artifacts: { bytes, prefix: "", root: artifactRoot } }),
    },
  });
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${web.url}/api/2.0/mlflow/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, json: await response.json() };
  };
  return {
    url: web.url,
    send,
    post: (path, body) => send("POST", path, body),
    get: (path, query = {}) => {
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(query))
        for (const one of [value].flat()) search.append(name, one);
      return send("GET", `${path}?${search}`);
    },
    [Symbol.asyncDispose]: async () => {
      await web.close();
      await records.close();
    },
  };
}

/** Makes an experiment, and gives its id. */
export const newExperiment = async (server: ProtocolServer, name: string): Promise<string> =>
  (await server.post("experiments/create", { name })).json.experiment_id;

/** Makes a run, and gives its id. */
export const newRun = async (
  server: ProtocolServer,
  experiment_id: string,
  more: object = {},
): Promise<string> =>
  (await server.post("runs/create", { experiment_id, start_time: 1, ...more })).json.run.info
    .run_id;
