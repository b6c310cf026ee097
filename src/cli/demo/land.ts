/** @file The demo's first stage: a delivered file in the landing folder. */
import { mkdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { hashOf, isMillraceError } from "../../core/index.ts";
import { telcoTwin } from "../../dataset/index.ts";
import type { Hash, Json } from "../../flow.ts";
import type { Bytes } from "../../store/index.ts";
import { fail } from "../errors.ts";
import { readReason } from "../read-reason.ts";

/** Where the customers come from: the seeded twin, or the user's own file. */
export type DemoSource = { readonly seed: number } | { readonly csv: string };

/** A file in the landing folder. */
export interface Landed {
  readonly file: string;
  readonly hash: Hash;
  readonly sizeBytes: number;
  /** Lines under the header. */
  readonly rows: number;
}

/** A file as it is delivered: the name it lands under, and its bytes. */
export interface Delivery {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The seed of everything that is drawn. */
  readonly seed: number;
  /** A folder holds the customers of one seed; files of a user may follow each other. */
  readonly isTwin: boolean;
}

/** Draws the twin, or reads the user's file. Throws `cli/missing-file`. */
export async function deliver(source: DemoSource): Promise<Delivery> {
  if ("seed" in source) {
    const { seed } = source;
    const bytes = Buffer.from(telcoTwin({ seed }).csv, "latin1");
    return { name: `telco-${seed}.csv`, bytes, seed, isTwin: true };
  }
  const bytes = await readFile(source.csv).catch((cause: unknown) =>
    fail(
      "cli/missing-file",
      { path: source.csv, reason: readReason(cause), option: "csv" },
      { cause },
    ),
  );
  const name = basename(source.csv).replace(/[^\w.-]/g, "_");
  const file = name.toLowerCase().endsWith(".csv") ? name : `${name}.csv`;
  return { name: file, bytes, seed: 42, isTwin: false };
}

/** Puts the file into the landing folder, whole or not at all. */
export async function land(bytes: Bytes, delivered: Delivery): Promise<Landed> {
  await mkdir(bytes.locate("landing"), { recursive: true });
  const key = `landing/${delivered.name}`;
  const present = await bytes.get(key).catch((error: unknown) => {
    if (isMillraceError(error, "store/missing-bytes")) return undefined;
    throw error;
  });
  const hash = hashOf(delivered.bytes);
  if (present === undefined || hashOf(present) !== hash) await bytes.put(key, delivered.bytes);
  const text = Buffer.from(delivered.bytes).toString("latin1");
  const lines = text.split("\n").filter((line) => line.trim() !== "").length;
  return {
    file: delivered.name,
    hash,
    sizeBytes: delivered.bytes.length,
    rows: Math.max(lines - 1, 0),
  };
}

/** The files of the landing folder and the hashes of their bytes: what bronze depends on. */
export async function landedFiles(bytes: Bytes): Promise<Json> {
  const names = (await bytes.list("landing")).filter((name) => /\.csv$/i.test(name));
  const hashes = names.map(async (name) => [name, hashOf(await bytes.get(`landing/${name}`))]);
  return Object.fromEntries(await Promise.all(hashes));
}
