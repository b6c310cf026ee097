/** @file The demo's requests: 600 over twenty simulated hours, the second half from a drifted month. */
import { join } from "node:path";
import { seededIds } from "../../core/index.ts";
import { type TelcoCustomer, telcoMonth } from "../../dataset/index.ts";
import { writeFeatures } from "../../feature/index.ts";
import {
  client,
  endpoint,
  type InferenceLog,
  logColumns,
  loggedSignature,
  openInferenceLog,
} from "../../serve/index.ts";
import { serveHttp } from "../../server/index.ts";
import { type Frame, schema } from "../../table/index.ts";
import type { Workspace } from "../../workspace/index.ts";
import { modelStore } from "../model-store.ts";
import { customerFeatures } from "./customer-features.ts";
import { cleanCustomers } from "./silver.ts";
import type { ChurnModel } from "./train.ts";

/** Requests, and when the month begins to drift. */
export const requestCount = 600;
const perHour = 30;
/** The simulated hours begin here, so that the same seed gives the same log. */
export const startMs = Date.UTC(2026, 0, 5);
const stepMs = 3_600_000 / perHour;
/** The first request of the drifted month is answered at this time. */
export const driftMs = startMs + (requestCount / 2) * stepMs;

export const logTable = "serving.churn_log";

/** One request: who it is about, what is sent, and what turns out to be true later. */
export interface DemoRequest {
  readonly requestId: string;
  readonly customer: TelcoCustomer;
}

/**
 * The requests of a seed to a version of the model: half from a month like the file, half from a
 * drifted one.
 */
export async function demoRequests(
  { lake }: Workspace,
  { seed, version }: { readonly seed: number; readonly version: number },
): Promise<readonly DemoRequest[]> {
  const half = requestCount / 2;
  const month = { rows: half, missing: 0.1 };
  const customers = [
    ...telcoMonth({ ...month, seed: seed + 1 }),
    ...telcoMonth({ ...month, seed: seed + 2, drift: 1 }),
  ];
  const ids = seededIds(seed, `demo requests to version ${version}`);
  const cleaned = await cleanCustomers(lake.engine, customers);
  return cleaned.map((customer) => ({ requestId: ids(), customer }));
}

/** What came of the requests. */
export interface TrafficReport {
  readonly sent: number;
  readonly failed: number;
  readonly logged: number;
  /** Milliseconds a request took, at the middle and at the 95th percentile. */
  readonly p50: number;
  readonly p95: number;
  readonly [name: string]: number;
}

/**
 * Serves a model over HTTP on a free port, sends the requests one after another through the typed
 * client, and closes. Requests that are in the log already, because an earlier try was stopped, are
 * not sent again.
 */
export async function sendTraffic(
  workspace: Workspace,
  served: { readonly model: ChurnModel; readonly version: number; readonly seed: number },
  work: { readonly signal: AbortSignal; progress(done: number, total: number): void },
): Promise<TrafficReport> {
  const { model, version } = served;
  let now = startMs;
  const clock = (): number => now;
  await using log = await openChurnLog(workspace, model, clock);
  const done = await loggedIds(workspace, log);
  const requests = await demoRequests(workspace, served);
  await writeRequests(workspace, requests);
  await using store = await modelStore(workspace, model);
  const churn = endpoint({ name: "churn", model, version, log, store, clock });
  await using web = await serveHttp({ endpoints: [churn] });
  const ask = client<ChurnModel>(web.url, { endpoint: "churn" });
  const times: number[] = [];
  let failed = 0;
  for (const [i, { requestId }] of requests.entries()) {
    work.signal.throwIfAborted();
    if (i % 20 === 0) work.progress(i, requests.length);
    now = startMs + i * stepMs;
    if (done.has(requestId)) continue;
    const started = performance.now();
    await ask.answer([{ customer_id: requestId }], { requestId }).catch(() => {
      failed += 1;
    });
    times.push(performance.now() - started);
  }
  await log.flush();
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? 0;
  const logged = await (await log.read()).count();
  return { sent: requests.length, failed, logged, p50: at(0.5), p95: at(0.95) };
}

/** The customers of the month reach the feature table before they are asked about, each under its request's id. */
async function writeRequests({ lake }: Workspace, requests: readonly DemoRequest[]): Promise<void> {
  const rows = requests.map(({ requestId, customer: { churn: _, ...facts } }) => ({
    ...facts,
    customer_id: requestId,
  }));
  await writeFeatures(lake, customerFeatures, rows);
}

/** Opens the inference log of the demo's endpoint. */
export function openChurnLog(
  { lake, path }: Workspace,
  model: Pick<ChurnModel, "signature" | "lookups">,
  clock?: () => number,
): Promise<InferenceLog> {
  const folder = join(path, "serving", "churn");
  const time = clock === undefined ? {} : { clock };
  const signature = loggedSignature(model);
  return openInferenceLog({ lake, table: logTable, signature, folder, flushMs: 60_000, ...time });
}

/** The inference log as rows. */
export function readLog(
  { lake }: Workspace,
  model: Pick<ChurnModel, "signature" | "lookups">,
): Promise<Frame> {
  const signature = loggedSignature(model);
  return lake.table(logTable, schema("churn log", logColumns("churn log", signature))).read();
}

async function loggedIds({ lake }: Workspace, log: InferenceLog): Promise<ReadonlySet<string>> {
  if (!(await lake.tables()).includes(logTable)) return new Set();
  const ids = await (await log.read()).texts("request_id");
  return new Set(ids.filter((id) => id !== null));
}
