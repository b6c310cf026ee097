/** @file Registering a version: first its bytes, then one transaction that makes it exist. */
import { formatJson } from "../core/index.ts";
import type { ServedModel } from "../flow.ts";
import { type RecordDatabase, toNumberColumns } from "../store/index.ts";
import { moveAlias, type Who } from "./aliases.ts";
import { addAudit } from "./audit.ts";
import { fail } from "./errors.ts";
import { type FileHashes, hashFiles, removeOthers, writeFiles } from "./model-store.ts";
import { checkAlias, checkModelName } from "./names.ts";
import type { RegistryRoom } from "./room.ts";

/** Options of {@link Registry.register}. */
export interface RegisterOptions extends Who {
  readonly model: ServedModel;
  /** The run it came from. */
  readonly runId: string;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** An alias to move to the new version in the same transaction. */
  readonly alias?: {
    readonly name: string;
    /** The version it must be at, null for none, or nothing is registered. Left out: any. */
    readonly replaces?: number | null;
  };
}

/** Registers a model, and gives its number. */
export async function register(
  room: RegistryRoom,
  name: string,
  options: RegisterOptions,
): Promise<number> {
  checkModelName(name);
  if (options.alias !== undefined) checkAlias(options.alias.name);
  checkSignature(name, options.model);
  const { bytes, records } = room;
  const files = options.model.files();
  const hashes = hashFiles(files);
  for (;;) {
    const number = await nextNumber(records.db, name);
    const source = `models/${name}/${number}`;
    await writeFiles(bytes, source, files);
    const done = await records.db.transaction().execute(async (db) => {
      if ((await nextNumber(db, name)) !== number) return false; // taken meanwhile: the next one
      await insert(db, { name, number, source, hashes, atMs: room.clock() }, options);
      return true;
    });
    if (!done) continue;
    await removeOthers(bytes, source, hashes).catch(() => undefined); // rubbish does no harm
    return number;
  }
}

function checkSignature(name: string, { signature, kind }: Partial<ServedModel>): void {
  const inputs = Object.keys(signature?.inputs ?? {});
  if (inputs.length === 0 || signature?.output === undefined)
    fail("registry/missing-signature", { name, kind: kind ?? "given" });
}

async function nextNumber(db: RecordDatabase, name: string): Promise<number> {
  const row = await db
    .selectFrom("model_version")
    .select((is) => is.fn.max("number").as("number"))
    .where("name", "=", name)
    .executeTakeFirst();
  return Number(row?.number ?? 0) + 1;
}

/** What is known of a new version besides the options. */
interface Place {
  readonly name: string;
  readonly number: number;
  readonly source: string;
  readonly hashes: FileHashes;
  readonly atMs: number;
}

async function insert(db: RecordDatabase, place: Place, options: RegisterOptions): Promise<void> {
  const { name, number, source, hashes, atMs } = place;
  const { model, runId, actor = "unknown", reason = "", alias } = options;
  const times = { created_at_ms: atMs, updated_at_ms: atMs, deleted_at_ms: null };
  await db
    .insertInto("registered_model")
    .values({ name, description: "", ...times })
    .onConflict((on) => on.column("name").doUpdateSet({ updated_at_ms: atMs }))
    .execute();
  const facts = { run_id: runId, model_kind: model.kind, model_hash: model.hash };
  const texts = { signature: formatJson(model.signature), files: formatJson(hashes) };
  await db
    .insertInto("model_version")
    .values({ name, number, source, description: "", ...facts, ...texts, ...times })
    .execute();
  await insertDetails(db, place, options);
  const who = { atMs, actor, reason };
  const entry = { ...who, action: "register", alias: null, from: null, to: number } as const;
  await addAudit(db, name, entry);
  if (alias !== undefined)
    await moveAlias(db, name, { ...who, alias: alias.name, from: alias.replaces, to: number });
}

async function insertDetails(
  db: RecordDatabase,
  { name, number }: Place,
  { metrics = {}, tags = {} }: RegisterOptions,
): Promise<void> {
  const numbers = Object.entries(metrics).map(([key, value]) => ({
    ...{ name, number, key },
    ...toNumberColumns(value),
  }));
  const texts = Object.entries(tags).map(([key, value]) => ({ name, number, key, value }));
  if (numbers.length > 0) await db.insertInto("model_version_metric").values(numbers).execute();
  if (texts.length > 0) await db.insertInto("model_version_tag").values(texts).execute();
}
