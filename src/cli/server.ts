/** @file `millrace server`: experiments and runs for everybody who speaks MLflow's protocol. */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { openRegistryStore } from "../registry/index.ts";
import { openTrackingStore } from "../run/index.ts";
import { folderBytes, openRecords } from "../store/index.ts";
import { command, type Surroundings } from "./command.ts";
import { fail } from "./errors.ts";
import { untilStopped } from "./until-stopped.ts";

/** Hosts that only this machine reaches. */
const loopback = ["127.0.0.1", "localhost", "::1"];

/** Serves until Ctrl-C. */
export async function serveTracking(
  task: {
    readonly store: string;
    readonly artifacts: string;
    /** Whether clients send artifacts through the server. */
    readonly proxy: boolean;
    readonly host: string;
    readonly port: number;
  },
  { reporter, signal, json, print }: Surroundings,
): Promise<undefined> {
  if (!loopback.includes(task.host)) fail("cli/unsupported-host", { host: task.host });
  const { serveHttp } = await import("../server/index.ts");
  await using records = await openRecords(recordsPath(task.store));
  const folder = resolve(task.artifacts);
  // clients on this machine write files themselves; others send them through the server
  const artifactRoot = task.proxy ? "mlflow-artifacts:/" : pathToFileURL(folder).href;
  const tracking = await openTrackingStore({ records, artifactRoot, artifactPrefix: "" });
  const registry = openRegistryStore({
    records,
    addressOf: (source) => `${artifactRoot.replace(/\/$/, "")}/${source}`,
  });
  const artifacts = { bytes: folderBytes(folder), prefix: "", root: artifactRoot };
  const { port, host } = task;
  await using web = await serveHttp({
    endpoints: [],
    protocol: { tracking, registry, artifacts },
    port,
    host,
  });
  if (json) print(`${JSON.stringify({ url: web.url })}\n`);
  reporter.note(
    `tracking answers at ${web.url} (export MLFLOW_TRACKING_URI=${web.url}). Ctrl-C stops it.`,
  );
  await untilStopped(signal);
  return undefined;
}

/** The file of records that a URI or a path names: sqlite:////data/runs.db, sqlite:///runs.db, runs.db. */
function recordsPath(store: string): string {
  const file = /^sqlite:\/\/\/(.+)$/.exec(store)?.[1] ?? store;
  return resolve(file);
}

export const server = command({
  name: "server",
  summary: "Keep experiments and runs for every client that speaks MLflow's protocol.",
  about: [
    "Python's mlflow, its autologging and Millrace itself log to it: set MLFLOW_TRACKING_URI to its address.",
  ],
  options: {
    port: { type: "number", default: 5000, value: "PORT", help: "0 picks a free one" },
    host: { type: "string", default: "127.0.0.1", value: "HOST", help: "the address to answer at" },
    store: {
      type: "string",
      value: "URI",
      help: "where records are: a file, or sqlite:///FILE (default: millrace-server/records.db)",
    },
    artifacts: {
      type: "string",
      value: "DIR",
      help: "where artifacts are (default: millrace-server/artifacts)",
    },
    proxy: {
      type: "boolean",
      default: false,
      help: "clients send and read artifacts through the server, as those on other machines must",
    },
  },
  examples: [
    "server",
    "server --port 5001 --store sqlite:////data/runs.db --artifacts /data/artifacts",
  ],
  run: async ({ port, host, store, artifacts, proxy }) => ({
    ...{ port, host, proxy },
    store: store ?? join("millrace-server", "records.db"),
    artifacts: artifacts ?? join("millrace-server", "artifacts"),
  }),
  render: () => [],
  data: () => undefined,
  after: serveTracking,
});
