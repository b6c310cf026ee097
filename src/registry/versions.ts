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

/** All versions of a model, oldest first. Throws `registry/missing-model`. */
export async function readVersions(
  db: RecordDatabase,
  name: string,
): Promise<readonly StoredVersion[]> {
  const known = await readNames(db);
  if (!known.includes(name)) fail("registry/missing-model", { name, known });
  const rows = await db
    .selectFrom("model_version")
    .selectAll()
    .where("name", "=", name)
    .where("deleted_at_ms", "is", null)
    .orderBy("number")
    .execute();
  const metrics = await of(db, name, "model_version_metric");
  const tags = await of(db, name, "model_version_tag");
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
      metrics: byKey(metrics.get(number) ?? [], fromNumberColumns),
      tags: byKey(tags.get(number) ?? [], ({ value }) => value),
      aliases: aliases.filter((alias) => alias.number === number).map(({ alias }) => alias),
    },
  }));
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
  const all = await readVersions(db, name);
  const found = all.find(({ version }) =>
    typeof which === "number" ? version.number === which : version.aliases.includes(which),
  );
  if (found !== undefined) return found;
  if (typeof which === "string") {
    const known = all.flatMap(({ version }) => version.aliases);
    return fail("registry/missing-alias", { name, alias: which, known });
  }
  const known = all.map(({ version }) => version.number);
  return fail("registry/missing-version", { name, number: which, known });
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

/** The rows of a table about a model, by version. */
async function of<T extends "model_version_metric" | "model_version_tag">(
  db: RecordDatabase,
  name: string,
  table: T,
) {
  const rows = await db.selectFrom(table).selectAll().where("name", "=", name).execute();
  return Map.groupBy(rows, (row) => row.number);
}

function byKey<R extends { readonly key: string }, V>(
  rows: readonly R[],
  value: (row: R) => V,
): Readonly<Record<string, V>> {
  const ordered = [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
  return Object.fromEntries(ordered.map((row) => [row.key, value(row)]));
}
