/** @file A workspace: one folder with everything in it, opened with one call. */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Clock, type Ids, randomIds, systemClock } from "../core/index.ts";
import type { LoadModel } from "../flow.ts";
import { openRegistry, type Registry } from "../registry/index.ts";
import { openTestLog, openTracking, type TestLogbook, type Tracking } from "../run/index.ts";
import { type Bytes, folderBytes, openRecords, type Records } from "../store/index.ts";
import { type Lake, openLake } from "../table/index.ts";
import { fail } from "./errors.ts";

/** The learning side is imported when the first model is loaded: what looks at tables and runs starts without it. */
const loadModel: LoadModel = async (files) => {
  if ("forecast.json" in files) return (await import("../forecast/index.ts")).loadForecast(files);
  if ("anomalies.json" in files) return (await import("../nn/index.ts")).loadAnomalyModel(files);
  if ("network.json" in files) return (await import("../nn/index.ts")).loadNetwork(files);
  if ("onnx.json" in files) return (await import("../nn/index.ts")).loadOnnxModel(files);
  return (await import("../model/index.ts")).loadModel(files);
};

/** Where time and ids come from, and whether a workspace is made where there is none. */
export interface WorkspaceOptions {
  /** Default true; with false a folder without a workspace is an error, and stays as it is. */
  readonly create?: boolean;
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Who is at work, for the lake's audit trail. Default: the system's user. */
  readonly actor?: string;
  /** See `LakeOptions`. */
  readonly memoryLimitBytes?: number;
}

/** The parts of an open workspace. Close it, or declare it with `await using`. */
export interface Workspace {
  /** The folder, absolute. */
  readonly path: string;
  readonly lake: Lake;
  readonly records: Records;
  readonly bytes: Bytes;
  readonly tracking: Tracking;
  /** Which study scored which test rows; for `evaluate`. */
  readonly testLog: TestLogbook;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly ids: Ids;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a workspace: tables under `tables/`, runs and versions in `records.db`, artifacts and models
 * beside them. The folder is made when it is not there, and can be copied and opened elsewhere.
 *
 * @throws `workspace/conflict-folder` for a folder that holds something else, and
 * `workspace/missing-workspace` where none is and none may be made, before anything is written; `table/unsupported-format` and `store/unsupported-format` for one that a newer Millrace
 * wrote; `store/failed-write` for one that cannot be written
 * @example
 * ```ts
 * await using workspace = await openWorkspace("./churn");
 * await workspace.registry.names() // => []
 * ```
 */
export async function openWorkspace(
  path: string,
  options: WorkspaceOptions = {},
): Promise<Workspace> {
  const { clock = systemClock, ids = randomIds, create = true } = options;
  const folder = resolve(path);
  const lake = await lakeIn(folder, { ...options, clock, ids, create });
  const records = await openRecords(join(folder, "records.db")).catch(async (error: unknown) => {
    await lake.close();
    throw error;
  });
  const bytes = folderBytes(folder);
  const tracking = openTracking({ records, bytes, clock, ids });
  const testLog = openTestLog({ records, clock });
  const registry = openRegistry({ records, bytes, loadModel, clock });
  const close = async (): Promise<void> => {
    await records.close();
    await lake.close();
  };
  return {
    path: folder,
    lake,
    records,
    bytes,
    tracking,
    testLog,
    registry,
    clock,
    ids,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Opens the lake of a workspace that is there, without its records: for what only looks at tables. It
 * reads a workspace that this user, or this disk, may not write.
 *
 * @throws `workspace/missing-workspace`, `workspace/conflict-folder`, and what `openLake` throws
 * @example
 * ```ts
 * await (await openWorkspace("./churn")).close();
 * await using lake = await openWorkspaceLake("./churn");
 * await lake.tables() // => []
 * ```
 */
export async function openWorkspaceLake(
  path: string,
  options: Omit<WorkspaceOptions, "create"> = {},
): Promise<Lake> {
  return await lakeIn(resolve(path), { ...options, create: false });
}

/** Opens the lake of a workspace's folder, or makes it. */
async function lakeIn(
  folder: string,
  { create, clock, ids, actor, memoryLimitBytes }: WorkspaceOptions,
): Promise<Lake> {
  const isThere = await refuseOthers(folder);
  if (create === false && !isThere) fail("workspace/missing-workspace", { folder });
  return await openLake(folder, {
    ...(clock === undefined ? {} : { clock }),
    ...(ids === undefined ? {} : { ids }),
    ...(actor === undefined ? {} : { actor }),
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
  });
}

/** Whether the folder is a workspace; one with other files in it is refused. */
async function refuseOthers(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
  const visible = names.filter((name) => !name.startsWith("."));
  if (visible.length > 0 && !visible.includes("lake.json"))
    fail("workspace/conflict-folder", { folder, found: visible[0] ?? "" });
  return visible.length > 0;
}
