/** @file Checkpoints of trainings as files: written whole or not at all, and read without trusting what they say. */
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isMillraceError } from "../../core/index.ts";
import { fail } from "../errors.ts";
import {
  bodyOf,
  type CheckpointOf,
  checkHash,
  checkHead,
  headBytes,
  magic,
  parseBody,
} from "./checkpoint.ts";
import type { TrainingState } from "./training.ts";
import { inSlices } from "./turns.ts";

/**
 * Writes a checkpoint to a file: what was there before stays whole until the new one is, and neither a full disk nor a power cut
 * leaves half of one.
 *
 * @param path - The file; beside it a file is written with `.part` after its name, flushed, and moved over it.
 * @throws `nn/failed-checkpoint` where it cannot be written: nothing is left behind then
 */
export async function writeTraining(
  path: string,
  state: TrainingState,
  of: CheckpointOf,
): Promise<void> {
  const part = `${path}.${process.pid}.${++written}.part`; // several writers of this process have their own
  try {
    await writePart(part, bodyOf(state, of));
    await rename(part, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    failed(path, "written", error);
  }
}

/**
 * The checkpoint of a file; undefined where there is none.
 *
 * @throws `nn/corrupt-checkpoint`, `nn/mismatch-checkpoint`, `nn/failed-checkpoint` where it cannot be read
 */
export async function readTraining(
  path: string,
  of: CheckpointOf,
): Promise<TrainingState | undefined> {
  const bytes = await readWhole(path);
  if (bytes === undefined) return undefined;
  const body = bytes.subarray(headBytes);
  const hash = createHash("sha256");
  await hashed(hash, [body]);
  checkHash(bytes, hash.digest(), path);
  return parseBody(body, of, path);
}

/** Removes what processes that were killed have left beside a checkpoint. @throws `nn/failed-checkpoint` without its folder */
export async function removeParts(path: string): Promise<void> {
  const name = basename(path);
  try {
    for (const one of await readdir(dirname(path))) {
      const pid = Number(/^\.(\d+)(?:\.\d+)?\.part$/.exec(one.slice(name.length))?.[1]);
      if (one.startsWith(name) && Number.isInteger(pid) && !isAlive(pid))
        await rm(join(dirname(path), one), { force: true });
    }
  } catch (error) {
    failed(path, "written", error);
  }
}

/** How many checkpoints this process has begun to write. */
let written = 0;

/** Whether there is a process of this number; one of somebody else is. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** Adds bytes to a hash, a slice at a time. */
async function hashed(hash: Hash, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces)
    await inSlices(piece.length, (from, to) => void hash.update(piece.subarray(from, to)));
}

async function writePart(part: string, body: readonly Uint8Array[]): Promise<void> {
  const hash = createHash("sha256");
  await hashed(hash, body);
  const file = await open(part, "w");
  try {
    for (const piece of [Buffer.from(magic), hash.digest(), ...body]) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close(); // before it is moved: Windows moves no open file
  }
}

async function flushFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // Windows cannot flush a folder
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}

/** The bytes of a file that begins as a checkpoint; a foreign one is not read to its end. */
async function readWhole(path: string): Promise<Uint8Array | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const head = new Uint8Array(headBytes + 4);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    checkHead(head.subarray(0, bytesRead), path);
    return await file.readFile();
  } catch (error) {
    if (file === undefined && codeOf(error) === "ENOENT") return undefined;
    return failed(path, "read", error);
  } finally {
    await file?.close();
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

/** Says what the system said; an error of ours goes on as it is. @throws `nn/failed-checkpoint` */
function failed(path: string, doing: "read" | "written", error: unknown): never {
  if (isMillraceError(error)) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  return fail("nn/failed-checkpoint", { path, doing, reason }, { cause: error });
}
