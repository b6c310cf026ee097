/** @file The continuous trigger: micro-batches of files as they arrive in a folder. */
import { type FSWatcher, watch } from "node:fs";
import { checkNumber } from "../../core/index.ts";
import type { Lake } from "../lake.ts";
import { type IngestedFile, type IngestReport, ingestFiles } from "./ingest.ts";
import { type Landed, landingOf } from "./landing.ts";
import { type IngestTask, planOf } from "./options.ts";
import { targetOf } from "./target.ts";

/** What is watched, and how patiently. */
export interface WatchTask extends IngestTask {
  /** How long a file must be of the same size and time before it is taken, in milliseconds. Default 2000. */
  readonly settleMs?: number;
  /** How often the folder is looked at, whatever the system says of it, in milliseconds. Default 5000. */
  readonly pollMs?: number;
}

/**
 * Loads files as they arrive, in micro-batches of at most `maxFilesPerBatch`, until the signal is
 * aborted; then it ends after the commit in hand. The folder is looked at when the system says that
 * it changed, and every `pollMs` besides, for folders (of a network) about which it says nothing. A
 * file that is refused stands in the report and is tried again when it changes; one that changes
 * while it is read is taken when it has settled; one that met a failure of another kind, such as a
 * full disk, stands in the report and is tried again after `pollMs`, and again, until it is loaded. Its
 * state is in the table: it may be ended and started again at any time.
 *
 * @returns The report of each batch that had something to say.
 * @throws as {@link ingest}, but not for what stands in the report, unless `onRefused` is "stop"; `option/out-of-range`
 */
export async function* watchFolder(lake: Lake, task: WatchTask): AsyncGenerator<IngestReport> {
  const { settleMs = 2000, pollMs = 5000, signal, ...rest } = task;
  checkNumber("watchFolder", { settleMs }, { min: 0 });
  checkNumber("watchFolder", { pollMs }, { min: 1 });
  const checked = planOf({ onRefused: "report", ...rest });
  const plan = { ...checked, onFailure: checked.onRefused };
  const passing = { lake, plan, target: await targetOf(lake, task) };
  const seen = new Map<string, Seen>();
  const changes = watchChanges(typeof task.from === "string" ? task.from : task.from.path);
  try {
    while (signal?.aborted !== true) {
      const { files } = await landingOf(task.from, plan.format);
      const look = await lookAt(files, { seen, settleMs });
      const ready = look.ready.slice(0, plan.maxFilesPerBatch);
      if (ready.length > 0) {
        const report = await ingestFiles(passing, ready, rest);
        for (const [i, { id }] of ready.entries())
          note(seen, id, { file: report.files[i], pauseMs: Math.max(0, pollMs - settleMs) });
        if (report.files.some((file) => file.state !== "skipped")) yield report;
      } else await changes.next(Math.min(pollMs, look.waitMs), signal);
    }
  } finally {
    changes.close();
  }
}

/** A file as it was when last looked at. */
interface Seen {
  readonly looks: string;
  readonly sinceMs: number;
  readonly done: boolean;
}

/** The files that have settled and are not done, and how long until the next one will have. */
async function lookAt(
  landed: readonly Landed[],
  { seen, settleMs }: { seen: Map<string, Seen>; settleMs: number },
): Promise<{ ready: readonly Landed[]; waitMs: number }> {
  const ready: Landed[] = [];
  let waitMs = Number.POSITIVE_INFINITY;
  for (const file of landed) {
    const found = await file.look();
    if (found === undefined) continue;
    const { looks } = found;
    const nowMs = performance.now();
    const before = seen.get(file.id);
    const now = before?.looks === looks ? before : { looks, sinceMs: nowMs, done: false };
    seen.set(file.id, now);
    if (now.done) continue;
    const leftMs = now.sinceMs + settleMs - nowMs;
    if (leftMs <= 0) ready.push(file);
    else waitMs = Math.min(waitMs, leftMs);
  }
  const here = new Set(landed.map(({ id }) => id));
  for (const id of seen.keys()) if (!here.has(id)) seen.delete(id);
  return { ready, waitMs };
}

/**
 * A file is done unless it changed while it was read, when it must settle again, or met a failure that is
 * not its own, which gets a pause besides.
 */
function note(
  seen: Map<string, Seen>,
  id: string,
  { file, pauseMs }: { file: IngestedFile | undefined; pauseMs: number },
): void {
  const before = seen.get(id);
  if (before === undefined) return;
  const { code, kind = "caller" } = file?.refusal ?? {};
  const waitMs = code === "table/conflict-file" ? 0 : pauseMs;
  seen.set(
    id,
    kind === "caller"
      ? { ...before, done: true }
      : { ...before, sinceMs: performance.now() + waitMs },
  );
}

/** Waits for the system's word about a folder. */
function watchChanges(folder: string) {
  let wake: () => void = () => undefined;
  let woken = false;
  const onChange = (): void => {
    woken = true;
    wake();
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false }, onChange);
    watcher.on("error", () => watcher?.close()); // the folder is polled in any case
  } catch {
    watcher = undefined;
  }
  return {
    next: async (waitMs: number, signal: AbortSignal | undefined): Promise<void> => {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, woken ? 0 : waitMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        signal?.addEventListener("abort", wake, { once: true });
      });
      signal?.removeEventListener("abort", wake);
      woken = false;
    },
    close: (): void => watcher?.close(),
  };
}
