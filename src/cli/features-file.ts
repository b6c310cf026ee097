/** @file A module that exports feature tables: what `features plan` and `features apply` are given. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { callUser } from "../core/index.ts";
import { type FeatureTable, featureTable } from "../feature/index.ts";
import { fail } from "./errors.ts";

/**
 * The feature tables that a module exports, alone or in lists.
 *
 * @throws `cli/missing-definitions`, `user/failed` when the module fails
 */
export async function readDefinitions(file: string): Promise<readonly FeatureTable[]> {
  const path = resolve(file);
  if (!existsSync(path))
    return fail("cli/missing-definitions", { file, reason: "it is not there" });
  const exported = await callUser(
    file,
    async () => (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>,
  );
  const tables = Object.values(exported).flat().filter(isFeatureTable);
  const unique = tables.filter((table, i) => tables.indexOf(table) === i);
  if (unique.length > 0) return unique;
  return fail("cli/missing-definitions", { file, reason: `it exports no ${featureTable.name}` });
}

function isFeatureTable(value: unknown): value is FeatureTable {
  return (
    typeof value === "object" &&
    value !== null &&
    ["name", "schema", "key", "ttlMs", "version"].every((part) => Object.hasOwn(value, part))
  );
}
