/** @file The artifacts that the server can reach: files in its byte store, by the addresses that runs and versions have. */
import { realpath } from "node:fs/promises";
import { dirname, sep } from "node:path";
import { isMillraceError } from "../../core/index.ts";
import type { Bytes } from "../../store/index.ts";
import { refuse } from "./answer-error.ts";

/** Where artifacts are, and the address that stands for it. */
export interface ArtifactPlace {
  readonly bytes: Bytes;
  /** The key in the byte store under which artifacts are; "" for its top. */
  readonly prefix: string;
  /** The address that runs have for it: "file:///data/artifacts", "mlflow-artifacts:/". */
  readonly root: string;
}

/** An entry of a folder. */
export interface ArtifactEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly sizeBytes: number;
}

/** The key of a path under the root. */
export const keyOfPath = ({ prefix }: ArtifactPlace, path: string): string =>
  [prefix, path].filter((part) => part !== "").join("/");

/** The key of an address. Refuses one that is not under the root: the server has no way to it. */
export function keyOfAddress(place: ArtifactPlace, address: string): string {
  const root = place.root.endsWith("/") ? place.root : `${place.root}/`;
  const proxied = "mlflow-artifacts:/";
  if (address.startsWith(root)) return keyOfPath(place, address.slice(root.length));
  if (address.startsWith(proxied))
    return keyOfPath(place, address.slice(proxied.length).replace(/^\/[^/]*\//, ""));
  return refuse(
    "NOT_IMPLEMENTED",
    `The artifacts at ${address} are not in this server's store; read them with a client that has access to them.`,
  );
}

/** The entries of a folder, sorted by name; none of a folder that is not there. */
export async function entriesOf(
  { bytes }: ArtifactPlace,
  folder: string,
): Promise<readonly ArtifactEntry[]> {
  const names = await bytes.list(folder);
  return Promise.all(
    names.map(async (name) => {
      const stat = await bytes.stat(folder === "" ? name : `${folder}/${name}`);
      return { name, isFolder: stat === undefined, sizeBytes: stat?.sizeBytes ?? 0 };
    }),
  );
}

/** A local file with an artifact. Refuses one that is not there, and a link that leads out of the store. */
export async function localFile(place: ArtifactPlace, key: string): Promise<string> {
  try {
    const path = await place.bytes.fetchLocal(key);
    if (place.bytes.copies === undefined) await checkInside(place, path);
    return path;
  } catch (error) {
    if (!isMillraceError(error, "store/missing-bytes")) throw error;
    return refuse("RESOURCE_DOES_NOT_EXIST", `No such artifact: '${key}'`);
  }
}

async function checkInside({ bytes, prefix }: ArtifactPlace, path: string): Promise<void> {
  const top = await realpath(dirname(bytes.locate(prefix === "" ? "any" : `${prefix}/any`)));
  const real = await realpath(path);
  if (!real.startsWith(top + sep)) refuse("INVALID_PARAMETER_VALUE", "Invalid path");
}

/** Removes a file, or a folder with all that is in it. */
export async function removeArtifacts(place: ArtifactPlace, key: string): Promise<void> {
  if (await place.bytes.has(key)) return place.bytes.remove(key);
  for (const { name } of await entriesOf(place, key))
    await removeArtifacts(place, `${key}/${name}`);
}
