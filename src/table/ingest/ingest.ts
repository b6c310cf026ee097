/** @file Ingestion: each delivered file once into a table, in batches of files that are there now. */
import { isMillraceError, type MillraceError } from "../../core/index.ts";
import type { Hash } from "../../flow.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import type { Lake } from "../lake.ts";
import {
  beginInspection,
  type FilePlace,
  type Inspecting,
  inspectFile,
  statOf,
} from "./inspect.ts";
import { type Landed, type LeftFiles, landingOf } from "./landing.ts";
import { loadFile, type NewFile, type Passing } from "./load-file.ts";
import { loadTogether } from "./load-together.ts";
import { type IngestPlan, type IngestTask, planOf } from "./options.ts";
import { type TableNow, targetOf } from "./target.ts";

export { type BronzeColumns, bronzeColumns, bronzeSchema } from "./bronze.ts";

/** What became of one file. */
export interface IngestedFile {
  readonly file: string;
  /**
   * "skipped": its bytes are in the table already. "gone": it vanished after it was listed.
   * "refused": it was left out for its `refusal`, which the option `onRefused` allows; a watch tries
   * it again after a failure that may pass.
   */
  readonly state: "loaded" | "skipped" | "gone" | "refused";
  readonly rows: number;
  /** Rows that the expectations attached to the table dropped. */
  readonly dropped: number;
  /** Cells that did not fit and are kept in `_rescued`. */
  readonly rescued: number;
  /** Cells that did not fit and were left out, with evolution "ignore". */
  readonly ignored: number;
  /** Columns that the file brought to a table that was there. */
  readonly added: readonly string[];
  /** Columns of the file that the table has not: kept in `_rescued`, or left out. */
  readonly unexpected: readonly string[];
  /** New columns without a value in the file's first rows; they are text. */
  readonly empty: readonly string[];
  /** Of a skipped file whose rows a RESTORE took out: the version restored. The option `again` loads it. */
  readonly restoredTo?: number;
  /** Why it was refused; its kind says who can put it right. */
  readonly refusal?: Pick<MillraceError, "code" | "kind" | "message" | "details">;
}

/** What an ingestion did. */
export interface IngestReport {
  readonly files: readonly IngestedFile[];
  /** Rows added to the table. */
  readonly rows: number;
  /** Files of a folder that are of another format, and were left; absent where there are none. */
  readonly left?: LeftFiles;
}

/**
 * Loads the files of a folder or a volume, or one file, into a Delta table, each once: all that are there now
 * (the trigger "available now"; {@link watchFolder} is the continuous one). A file is known by the
 * SHA-256 of its bytes, which its commit marks in the table's log, so a file that was renamed or
 * touched is skipped, one that arrives late is loaded, and one that was rewritten is a new file
 * beside what the old one brought. Time O(bytes); a file is never whole in memory.
 *
 * @throws `table/missing-file`, `table/missing-volume`, `table/failed-read`, `table/missing-rows`, `table/corrupt-text`,
 * `table/corrupt-file`, `table/out-of-range-size`, `table/duplicate-column`, `table/conflict-column`,
 * `table/mismatch-header`, `table/mismatch-cells`, `table/mismatch-cell-type`, `table/missing-rescued`,
 * `table/conflict-file`, `option/out-of-range`, `option/unknown-name`; then files before the bad one
 * are loaded, and nothing of the bad one is
 * @see Peer: Databricks Auto Loader (`cloudFiles`), whose evolution modes these are.
 */
export async function ingest(lake: Lake, task: IngestTask): Promise<IngestReport> {
  const plan = planOf(task);
  const { files, left } = await landingOf(task.from, plan.format);
  const report = await ingestFiles({ lake, plan, target: await targetOf(lake, task) }, files, task);
  return Object.values(left).some((n) => n > 0) ? { ...report, left } : report;
}

/** The largest file that shares a commit with others, in bytes. */
const smallBytes = 4_000_000;

/** Loads files in their order; see {@link ingest}. */
export async function ingestFiles(
  passing: Passing,
  landed: readonly Landed[],
  task: IngestTask,
): Promise<IngestReport> {
  const files: IngestedFile[] = [];
  const total = landed.length;
  for (let at = 0; at < total; ) {
    task.signal?.throwIfAborted();
    task.progress?.({ done: at, total });
    const batch = await batchOf(passing, landed.slice(at), task);
    files.push(...(await ingestLanded(passing, batch)));
    at += batch.length;
  }
  task.progress?.({ done: total, total });
  return { files, rows: files.reduce((sum, file) => sum + file.rows, 0) };
}

/** The next files: small ones up to the batch's limit, or one alone. */
async function batchOf(
  { plan, target }: Passing,
  landed: readonly Landed[],
  task: IngestTask,
): Promise<readonly Landed[]> {
  const next = landed.slice(0, plan.maxFilesPerBatch);
  const { columns, drops } = await target.look();
  // What a table drops is told by file, so that each file is a commit of its own there.
  if (next.length < 2 || columns === undefined || drops) return next.slice(0, 1);
  const looks = await inParallel(next, mostRequests, (file) => file.look());
  task.signal?.throwIfAborted();
  const large = looks.findIndex((look) => (look?.sizeBytes ?? 0) > smallBytes);
  return next.slice(0, large < 0 ? next.length : Math.max(1, large));
}

/** Loads a batch of files, which are here for as long as that takes. */
async function ingestLanded(
  passing: Passing,
  batch: readonly Landed[],
): Promise<readonly IngestedFile[]> {
  const places = await inParallel(batch, mostRequests, (file) => file.fetch());
  try {
    return await ingestBatch(passing, places);
  } finally {
    for (const [i, place] of places.entries()) batch[i]?.letGo(place);
  }
}

/** Loads a batch: new files together if they can go together, else one after the other. */
async function ingestBatch(
  passing: Passing,
  batch: readonly FilePlace[],
): Promise<readonly IngestedFile[]> {
  const [first] = batch;
  if (first !== undefined && batch.length === 1) return [await ingestAlone(passing, first)];
  const { has } = await passing.target.look();
  const found: (NewFile | undefined)[] = [];
  const hashes = new Set<string>();
  for (const place of batch) {
    const inspected = await inspectFile(place, passing.plan).catch(() => undefined);
    const fresh = inspected !== undefined && !has(inspected.hash) && !hashes.has(inspected.hash);
    if (fresh) hashes.add(inspected.hash);
    found.push(fresh ? { ...place, inspected } : undefined);
  }
  const fresh = found.filter((file) => file !== undefined);
  const rows = fresh.length < 2 ? undefined : await loadTogether(passing, fresh);
  const files: IngestedFile[] = [];
  for (const [i, place] of batch.entries()) {
    const file = found[i];
    const n = file === undefined ? undefined : rows?.[fresh.indexOf(file)];
    files.push(n === undefined ? await ingestAlone(passing, place) : report(place, { rows: n }));
  }
  return files;
}

/**
 * Begins to inspect a file that may be read meanwhile, because it is most likely not in the table: it is
 * newer than all that is there. One that is in there all the same is found out before the commit.
 */
async function besideOf(
  plan: IngestPlan,
  { columns, drops, changedAtMs }: TableNow,
  place: FilePlace,
): Promise<Inspecting | undefined> {
  if (drops) return undefined; // the quarantine knows a file by its hash
  const modifiedAtMs = place.modifiedAtMs ?? (await statOf(place.path)).mtimeMs;
  if (columns !== undefined && modifiedAtMs <= changedAtMs()) return undefined;
  return beginInspection(place, plan);
}

/** Loads one file. */
async function ingestAlone(passing: Passing, place: FilePlace): Promise<IngestedFile> {
  try {
    const { plan, target } = passing;
    const now = await target.look();
    const inspected = (await besideOf(plan, now, place)) ?? (await inspectFile(place, plan));
    const { hash } = inspected;
    if (typeof hash === "string" && now.has(hash)) return await skipped(passing, place, hash);
    const loaded = await loadFile(passing, { ...place, inspected }).catch(
      async (error: unknown) => {
        await hash; // what is wrong with the bytes is told before what the engine made of them
        throw error;
      },
    );
    if (loaded.skipped) return await skipped(passing, place, await hash);
    const { rows, dropped, rescued, ignored, fit } = loaded;
    const { added, unexpected, empty } = fit;
    return report(place, { rows, dropped, rescued, ignored, added, unexpected, empty });
  } catch (error) {
    if (isMillraceError(error, "table/missing-file")) return report(place, { state: "gone" });
    if (!isMillraceError(error) || !isReported(passing, error)) throw error;
    const { code, kind, message, details } = error;
    return report(place, { state: "refused", refusal: { code, kind, message, details } });
  }
}

/** What is wrong with a file itself, whoever can put it right. */
const ofFile: ReadonlySet<string> = new Set(["table/conflict-file", "table/failed-read"]);

/** Whether an error stands in the report: one about the file, or any failure that may pass where those are reported. */
function isReported({ plan }: Passing, { code, kind }: MillraceError): boolean {
  if (kind === "caller" || ofFile.has(code)) return plan.onRefused === "report";
  return plan.onFailure === "report" && kind !== "internal";
}

/** Tells of a file that is in the table already, and whether its rows are not any more. */
async function skipped({ target }: Passing, place: FilePlace, hash: Hash): Promise<IngestedFile> {
  const restoredTo = await target.restoredTo(hash);
  return report(place, { state: "skipped", ...(restoredTo === undefined ? {} : { restoredTo }) });
}

const report = ({ file }: FilePlace, what: Partial<IngestedFile>): IngestedFile => ({
  file,
  state: "loaded",
  rows: 0,
  dropped: 0,
  rescued: 0,
  ignored: 0,
  added: [],
  unexpected: [],
  empty: [],
  ...what,
});
