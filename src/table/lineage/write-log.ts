/** @file What the commits of a table say of its lineage: which writes the rows of a version come from. */
import type { Action } from "../delta/actions.ts";
import { ifThere, listLog, readCommit, type TablePlace } from "../delta/log.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import type { RowOrigin } from "./origin.ts";
import { fromStored } from "./stored.ts";

/** A write that changed rows. */
export interface WriteEvent {
  readonly version: number;
  /** Undefined when nothing is recorded: another program wrote it, or an older Millrace. */
  readonly origin: RowOrigin | undefined;
  /** Whether it took out all rows that were there. */
  readonly replaces: boolean;
  readonly operation: string;
  readonly engine: string | null;
}

/** The writes whose rows a version holds, from the last one back; a version shares them with those before it. */
export interface WriteChain {
  readonly event: WriteEvent;
  readonly before: WriteChain | undefined;
}

/** The writes of a table. */
export interface WriteLog {
  /** The writes whose rows a version may hold; what a whole replacement took out is not among them. */
  readonly writesOf: (version: number) => WriteChain | undefined;
}

type Step =
  | { readonly kind: "none" }
  | { readonly kind: "add" | "replace"; readonly event: WriteEvent }
  | { readonly kind: "restore"; readonly version: number };

/** Reads the commits of a table. O(commits) files. */
export async function readWriteLog(place: TablePlace): Promise<WriteLog> {
  const { versions } = await listLog(place);
  const steps = await inParallel(versions, mostRequests, (version) => stepOf(place, version));
  const start = beginning(versions[0] ?? 0);
  const states = new Map<number, WriteChain | undefined>();
  const stateAt = (version: number) => (states.has(version) ? states.get(version) : start);
  let now = start;
  for (const [i, version] of versions.entries()) {
    now = after(now, steps[i] ?? { kind: "none" }, stateAt);
    states.set(version, now);
  }
  return { writesOf: stateAt };
}

/** A log that was cut does not say what came before. */
function beginning(first: number): WriteChain | undefined {
  if (first === 0) return undefined;
  const event = {
    version: first - 1,
    origin: undefined,
    replaces: false,
    operation: "earlier versions",
    engine: null,
  };
  return { event, before: undefined };
}

function after(
  now: WriteChain | undefined,
  step: Step,
  stateAt: (version: number) => WriteChain | undefined,
): WriteChain | undefined {
  if (step.kind === "none") return now;
  if (step.kind === "restore") return stateAt(step.version);
  return { event: step.event, before: step.kind === "replace" ? undefined : now };
}

async function stepOf(place: TablePlace, version: number): Promise<Step> {
  const actions = await ifThere(() => readCommit(place, version));
  return actions === undefined ? { kind: "none" } : stepIn(actions, version);
}

function stepIn(actions: readonly Action[], version: number): Step {
  const info = actions.find(({ commitInfo }) => commitInfo !== undefined)?.commitInfo;
  const lineage = fromStored(info?.lineage);
  if (lineage?.effect === "restore") return { kind: "restore", version: lineage.version };
  const changes = actions.some(({ add, remove }) => (add ?? remove)?.dataChange === true);
  if (lineage === undefined && !changes) return { kind: "none" };
  const event: WriteEvent = {
    version,
    origin: lineage?.origin,
    replaces: lineage?.effect === "replace",
    operation: info?.operation ?? "UNKNOWN",
    engine: info?.engineInfo ?? null,
  };
  return { kind: lineage?.effect ?? "add", event };
}
