/** @file A workspace served over HTTP: the champion answers, and the first page shows what there is. */
import { join } from "node:path";
import { hashOf } from "../core/index.ts";
import type { OnlineStore } from "../feature/index.ts";
import { type PipelineRun, pipelineRuns } from "../pipeline/index.ts";
import { type Endpoint, endpoint, loggedSignature, openInferenceLog } from "../serve/index.ts";
import { type HttpServer, type PageData, serveHttp } from "../server/index.ts";
import type { Workspace } from "../workspace/index.ts";
import { outputOf } from "./demo/outputs.ts";
import { modelStore } from "./model-store.ts";

/** What is served. */
export interface ServeTask {
  readonly workspace: Workspace;
  /** The registered model's name; also the endpoint's. */
  readonly model: string;
  readonly port: number;
  /** The online store to read features from; default the workspace's own. */
  readonly store?: string | undefined;
  /** Whether features are given by key too. Default false. */
  readonly features?: boolean | undefined;
}

/** A server and what must be closed with it. */
export interface Serving {
  readonly web: HttpServer;
  readonly version: number;
  close(): Promise<void>;
}

/** Serves the champion of a model. Throws what loading it and listening throw. */
export async function serveWorkspace(task: ServeTask): Promise<Serving> {
  const { workspace, model: name, port } = task;
  const { registry, lake, path, clock, ids } = workspace;
  const { model, version } = await registry.load(name, "champion");
  const log = await openInferenceLog({
    lake,
    table: `serving.${tableWord(name)}_log`,
    signature: loggedSignature(model),
    folder: join(path, "serving", tableWord(name)),
    clock,
  });
  const { lookups } = model;
  const { store: named, features: all = false } = task;
  let store: OnlineStore | undefined;
  const close = async (): Promise<void> => {
    await log.close();
    await store?.close();
  };
  try {
    if (all || lookups !== undefined) store = await modelStore(workspace, { lookups, all, named });
    const found = store === undefined ? {} : { store };
    const answering = endpoint({ name, model, version: version.number, log, clock, ids, ...found });
    const page = () => pageOf(workspace, name, answering);
    const web = await serveHttp({ endpoints: [answering], page, port, ...(all ? found : {}) });
    const closeAll = (): Promise<void> => web.close().finally(close);
    return { web, version: version.number, close: closeAll };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Throws `server/conflict-port` when a port cannot be listened on. */
export async function checkPort(port: number): Promise<void> {
  await using web = await serveHttp({ endpoints: [], port });
  await web.close();
}

/** A model's name as a table may have it; two names never share one. */
function tableWord(name: string): string {
  const word = name.toLowerCase().replace(/[^a-z0-9_]/g, "_");
  return word === name ? word : `${word}_${hashOf(name).slice(7, 13)}`;
}

/** The first page's data, read anew each time. */
async function pageOf(
  { registry, tracking, records }: Workspace,
  name: string,
  answering: Endpoint,
): Promise<Partial<PageData>> {
  const { model, version } = await registry.load(name, "champion");
  const runs = await tracking.runs();
  const [watched] = await pipelineRuns(records, name, { limit: 1 });
  const [retrained] = await pipelineRuns(records, `${name}-retrain`, { limit: 1 });
  const monitor = monitorOf(watched, retrained);
  return {
    title: name,
    runs,
    best: { metric: "auc" },
    model: { ...version, kind: model.kind, signature: model.signature, lookups: model.lookups },
    endpoints: [{ name: answering.name, version: answering.version, ...answering.stats() }],
    ...(monitor === undefined ? {} : monitor),
  };
}

/** What the monitor said last; a retrain that was run since is no longer due. */
function monitorOf(
  run: PipelineRun | undefined,
  retrained: PipelineRun | undefined,
): Pick<PageData, "drift" | "retrain"> | undefined {
  const output = run?.steps.find(({ step }) => step === "monitor")?.output;
  if (run === undefined || output === undefined || output === null) return undefined;
  const found = outputOf("monitor", () => output);
  const isSince = (retrained?.startedAtMs ?? 0) >= run.startedAtMs;
  const outcome = isSince
    ? retrained?.steps.find(({ step }) => step === "register")?.output
    : undefined;
  return {
    drift: {
      atMs: run.endedAtMs ?? run.startedAtMs,
      reference: "the training table",
      current: "the second month of requests",
      columns: found.drift,
      thresholds: { moderate: 0.1, severe: 0.2 },
    },
    retrain:
      outcome === undefined || outcome === null
        ? found.retrain
        : { due: false, reasons: [`it was run: ${outputOf("register", () => outcome).reason}`] },
  };
}
