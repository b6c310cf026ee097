/** @file The artifacts of a run: files under its root in the byte store. */
import { isMillraceError } from "../core/index.ts";
import type { Bytes } from "../store/index.ts";
import { fail } from "./errors.ts";
import { checkArtifactPath } from "./keys.ts";

/** Where the artifacts of a run are. */
export interface Artifacts {
  readonly bytes: Bytes;
  readonly runId: string;
  /** The key under which they are: `artifacts/<experiment>/<run>/artifacts`. */
  readonly root: string;
}

/** The paths of all artifacts of a run, sorted. */
export async function listArtifacts({ bytes, root }: Artifacts): Promise<readonly string[]> {
  const found = await filesUnder(bytes, root);
  return found.map((key) => key.slice(root.length + 1)).sort();
}

/** One artifact. Throws `run/missing-artifact`, `run/out-of-range-path`. */
export async function readArtifact(at: Artifacts, path: string): Promise<Uint8Array> {
  try {
    return await at.bytes.get(`${at.root}/${checkArtifactPath(path)}`);
  } catch (cause) {
    if (!isMillraceError(cause, "store/missing-bytes")) throw cause;
    const known = await listArtifacts(at);
    return fail("run/missing-artifact", { run: at.runId, path, known }, { cause });
  }
}

async function filesUnder(bytes: Bytes, folder: string): Promise<readonly string[]> {
  const names = await bytes.list(folder);
  const found = names.map(async (name) => {
    const key = `${folder}/${name}`;
    return (await bytes.has(key)) ? [key] : filesUnder(bytes, key);
  });
  return (await Promise.all(found)).flat();
}
