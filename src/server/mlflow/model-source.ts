/** @file Where a version may come from: never from a place of this machine outside the artifacts of its run, and never by a path with "..". */
import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { isMillraceError } from "../../core/index.ts";
import type { TrackingStore } from "../../run/index.ts";
import { refuse } from "./answer-error.ts";

/** Refuses a source from which a version may not be made. Throws with MLflow's sentences. */
export async function checkSource(
  source: string,
  runId: string,
  tracking: TrackingStore,
): Promise<void> {
  const path = localPath(source);
  if (path === undefined) return checkRemote(source);
  const allowed = runId === "" ? undefined : await artifactsOf(runId, tracking);
  const isInside = allowed !== undefined && `${path}${sep}`.startsWith(`${allowed}${sep}`);
  if (!isInside)
    refuse(
      "INVALID_PARAMETER_VALUE",
      `Invalid model version source: '${source}'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.`,
    );
}

/** The path on this machine that a source is; undefined for one that is elsewhere. */
function localPath(source: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(source)) return resolve(source);
  if (!source.toLowerCase().startsWith("file:")) return undefined;
  const host = /^file:\/\/([^/]*)/i.exec(source)?.[1] ?? "";
  if (host !== "" && host !== "localhost")
    return refuse(
      "INTERNAL_ERROR",
      `${source} is not a valid remote uri. For remote access on windows, please consider using a different scheme such as SMB (e.g. smb://<hostname>/<path>).`,
    );
  try {
    return resolve(fileURLToPath(source.replace(/^file:\/*(?=\/)/i, "file://")));
  } catch {
    return refuse("INVALID_PARAMETER_VALUE", `Invalid model version source: '${source}'.`);
  }
}

async function artifactsOf(runId: string, tracking: TrackingStore): Promise<string | undefined> {
  try {
    return localPath((await tracking.run(runId)).info.artifactUri);
  } catch (error) {
    if (isMillraceError(error, "run/missing-run")) return undefined;
    throw error;
  }
}

function checkRemote(source: string): void {
  const plain = unquoted(source);
  const path = plain.replace(/^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/i, "").split(/[?#]/)[0] ?? "";
  const parts = path.split("/");
  if (plain.includes("\0") || parts.includes("..") || parts.includes("."))
    refuse(
      "INVALID_PARAMETER_VALUE",
      `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
    );
}

/** A text without percent codes, however often they were written over each other. */
export function unquoted(text: string): string {
  let plain = text;
  for (;;) {
    const next = plain.replaceAll(/(?:%[0-9a-f]{2})+/gi, (codes) =>
      Buffer.from(codes.replaceAll("%", ""), "hex").toString(),
    );
    if (next === plain) return plain;
    plain = next;
  }
}
