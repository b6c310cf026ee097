/** @file Reading models, versions and aliases. */
import type { Hash, Version } from "../flow.ts";
import { fromNumberColumns, type RecordDatabase } from "../store/index.ts";
import { fail } from "./errors.ts";

/** A version, and where its files are. */
export interface StoredVersion {
  readonly version: Version;
  /** The key under which its files are, each under the digits of its hash. */
  readonly source: string;
  /** The hash of each file by its path in the model folder. */
  readonly files: Readonly<Record<string, Hash>>;
}

/** The names of all models, sorted. */
export async function readNames(db: RecordDatabase): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("registered_model")
    .select("name")
    .where("deleted_at_ms", "is", null)
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

/** Checks that a model is there. Throws `registry/missing-model`. */
export async function checkModel(db: RecordDatabase, name: string): Promise<void> {
  const known = await readNames(db);
  if (!known.includes(name)) fail("registry/missing-model", { name, known });
}

/** All versions of a model, oldest first. Throws `registry/missing-model`. */
export async function readVersions(
  db: RecordDatabase,
  name: string,
): Promise<readonly StoredVersion[]> {
  await checkModel(db, name);
  return read(db, name);
}

/**
 * One version, by number or by alias.
 *
 * @throws `registry/missing-model`, `registry/missing-version`, `registry/missing-alias`
 */
export async function readVersion(
  db: RecordDatabase,
  name: string,
  which: number | string,
): Promise<StoredVersion> {
  await checkModel(db, name);
  const number = typeof which === "number" ? which : await findAlias(db, name, which);
  const [found] = await read(db, name, number);
  if (found !== undefined) return found;
  const known = (await read(db, name)).map(({ version }) => version.number);
  return fail("registry/missing-version", { name, number, known });
}

async function findAlias(db: RecordDatabase, name: string, alias: string): Promise<number> {
  const aliases = await readAliases(db, name);
  const found = aliases.find((row) => row.alias === alias);
  if (found !== undefined) return found.number;
  const known = aliases.map((row) => row.alias);
  return fail("registry/missing-alias", { name, alias, known });
}

/** Versions of a model, or one of them. What a version has never changes; its aliases may. */
async function read(
  db: RecordDatabase,
  name: string,
  only?: number,
): Promise<readonly StoredVersion[]> {
  const all = db.selectFrom("model_version").selectAll().where("name", "=", name);
  const chosen = only === undefined ? all : all.where("number", "=", only);
  const rows = await chosen.where("deleted_at_ms", "is", null).orderBy("number").execute();
  const metrics = byVersion(
    await db.selectFrom("model_version_metric").selectAll().where("name", "=", name).execute(),
    fromNumberColumns,
  );
  const tags = byVersion(
    await db.selectFrom("model_version_tag").selectAll().where("name", "=", name).execute(),
    ({ value }) => value,
  );
  const aliases = await readAliases(db, name);
  return rows.map(({ number, ...row }) => ({
    source: row.source,
    files: JSON.parse(row.files) as Record<string, Hash>,
    version: {
      name,
      number,
      runId: row.run_id,
      modelHash: row.model_hash as Hash,
      createdAtMs: row.created_at_ms,
      metrics: metrics(number),
      tags: tags(number),
      aliases: aliases.filter((alias) => alias.number === number).map(({ alias }) => alias),
    },
  }));
}

/** The aliases of a model, sorted. */
async function readAliases(db: RecordDatabase, name: string) {
  return db
    .selectFrom("model_alias")
    .selectAll()
    .where("name", "=", name)
    .orderBy("alias")
    .execute();
}

/** Groups rows by version, each group an object with its keys in order. */
function byVersion<R extends { readonly number: number; readonly key: string }, V>(
  rows: readonly R[],
  value: (row: R) => V,
): (number: number) => Readonly<Record<string, V>> {
  const groups = Map.groupBy(rows, (row) => row.number);
  const ordered = (group: readonly R[]): readonly R[] =>
    [...group].sort((a, b) => (a.key < b.key ? -1 : 1));
  return (number) =>
    Object.fromEntries(ordered(groups.get(number) ?? []).map((row) => [row.key, value(row)]));
}
