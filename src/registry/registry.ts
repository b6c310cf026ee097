/** @file The registry: named, numbered, immutable models, the aliases that move, and the audit log. */
import { checkNames, systemClock } from "../core/index.ts";
import type { ServedModel, Version } from "../flow.ts";
import { moveAlias, type Who } from "./aliases.ts";
import { type AuditEntry, readAudit } from "./audit.ts";
import { fail } from "./errors.ts";
import { readFiles } from "./model-store.ts";
import { checkAlias } from "./names.ts";
import { type RegisterOptions, register } from "./register.ts";
import type { RegistryOptions, RegistryRoom } from "./room.ts";
import { checkModel, readNames, readVersion, readVersions } from "./versions.ts";

/** A version, and the model that it is. */
export interface LoadedVersion {
  readonly version: Version;
  readonly model: ServedModel;
}

/** Named, numbered, immutable models. A version is asked for by its number or by an alias. */
export interface Registry {
  /** Stores a model as the next version. */
  register(name: string, options: RegisterOptions): Promise<Version>;
  version(name: string, which: number | string): Promise<Version>;
  /** All versions of a model, oldest first. */
  versions(name: string): Promise<readonly Version[]>;
  /** The names of all models, sorted. */
  names(): Promise<readonly string[]>;
  /** Moves an alias to a version; at once, for every reader. */
  setAlias(name: string, alias: string, number: number, who?: Who): Promise<void>;
  removeAlias(name: string, alias: string, who?: Who): Promise<void>;
  /** The model of a version, each of its files checked by its hash. */
  load(name: string, which: number | string): Promise<LoadedVersion>;
  /** Who did what to a model, oldest first. */
  audit(name: string): Promise<readonly AuditEntry[]>;
}

/**
 * Opens the registry over a record store and a byte store. It holds nothing itself: close the
 * stores. A version exists from the moment its transaction is committed, with all its bytes on
 * the disk; a crash before that leaves no version.
 *
 * @param options - Where to keep things, and what makes a model of its files.
 * @returns A registry whose methods may be called from several processes at once.
 * @throws `option/unknown-name`. Its methods throw `registry/missing-model`, `-version` and
 * `-alias`; `register` throws `registry/missing-signature`, `registry/out-of-range-name` and
 * `registry/conflict-alias`; `load` throws `registry/corrupt-model` and `registry/failed-load`.
 * @example
 * ```ts
 * const output = { name: "late", kind: "bool" } as const;
 * const signature = { inputs: { days: { kind: "int", nullable: false } }, output } as const;
 * const predict = (row: Cells) => ({ value: Number(row.days) > 3, probability: 1 });
 * const model: Model = {
 *   kind: "rule", signature, hash: hashOf("days > 3"), importances: [], predict,
 *   predictAll: (rows) => rows.map(predict), files: () => ({}),
 * };
 * await using records = await openRecords(":memory:");
 * const registry = openRegistry({ records, bytes: memoryBytes(), loadModel: () => model });
 * await registry.register("late", { model, runId: "by hand", alias: { name: "champion" } });
 * (await registry.version("late", "champion")).number // => 1
 * ```
 * @see Peer: MLflow's model registry.
 */
export function openRegistry(options: RegistryOptions): Registry {
  checkNames("openRegistry", options, ["records", "bytes", "loadModel", "clock"]);
  const room: RegistryRoom = { clock: systemClock, ...options };
  const { db } = room.records;
  const version = async (name: string, which: number | string): Promise<Version> =>
    (await readVersion(db, name, which)).version;
  return {
    version,
    register: async (name, given) => version(name, await register(room, name, given)),
    versions: async (name) => (await readVersions(db, name)).map((stored) => stored.version),
    names: () => readNames(db),
    setAlias: (name, ...[alias, number, who]) => setAlias(room, { name, alias, to: number }, who),
    removeAlias: (name, alias, who) => setAlias(room, { name, alias, to: null }, who),
    load: (name, which) => load(room, name, which),
    audit: async (name) => {
      await checkModel(db, name);
      return readAudit(db, name);
    },
  };
}

/** Which alias of which model goes where; null removes it. */
interface Destination {
  readonly name: string;
  readonly alias: string;
  readonly to: number | null;
}

async function setAlias(room: RegistryRoom, where: Destination, who: Who = {}): Promise<void> {
  const { name, alias, to } = where;
  const { actor = "unknown", reason = "" } = who;
  checkNames("setAlias", who, ["actor", "reason"]);
  checkAlias(alias);
  await room.records.db.transaction().execute(async (db) => {
    await readVersion(db, name, to ?? alias); // it must be there
    await moveAlias(db, name, { alias, to, atMs: room.clock(), actor, reason });
  });
}

async function load(
  room: RegistryRoom,
  name: string,
  which: number | string,
): Promise<LoadedVersion> {
  const stored = await readVersion(room.records.db, name, which);
  const files = await readFiles(room.bytes, stored);
  const { version } = stored;
  const { number, modelHash } = version;
  const failed = (reason: string, options?: ErrorOptions): never =>
    fail("registry/failed-load", { name, number, reason }, options);
  let model: ServedModel;
  try {
    model = await room.loadModel(files);
  } catch (cause) {
    return failed(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const same = model.hash === modelHash;
  return same
    ? { version, model }
    : failed(`it has the hash ${model.hash} instead of ${modelHash}`);
}
