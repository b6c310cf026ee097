/** @file What a lake has: catalogs, schemas and volumes by what is recorded, tables by their logs. */
import type { Bytes } from "../../store/index.ts";
import type { Engine } from "../adapter/duckdb.ts";
import { listLog, type TablePlace } from "../delta/log.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import type { CatalogLog } from "./catalog-log.ts";
import { fail } from "./errors.ts";
import {
  folderOf,
  isPart,
  keyOf,
  type Layout,
  namedBy,
  pathOf,
  type SecurableKind,
  schemaFolder,
  type Thing,
  thingOf,
} from "./names.ts";
import { hasFiles } from "./remove-files.ts";
import type { CatalogState } from "./state.ts";

/** What the catalog of an open lake works with. */
export interface CatalogParts {
  readonly bytes: Bytes;
  readonly layout: Layout;
  readonly log: CatalogLog;
  readonly engine: Engine;
}

const byName = (a: Thing, b: Thing): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Where a table is; nothing stops its writers. */
export const placeOf = ({ bytes, layout }: CatalogParts, thing: Thing): TablePlace => ({
  name: thing.name,
  folder: folderOf(layout, thing),
  bytes,
});

/** Whether there is a table, by its log. */
export async function isTable(parts: CatalogParts, thing: Thing): Promise<boolean> {
  const { latest, v2 } = await listLog(placeOf(parts, thing));
  return latest >= 0 || v2;
}

/** The tables of a lake, or of a catalog or schema, sorted. O(schemas + tables) lists. */
export async function tablesIn(parts: CatalogParts, within?: Thing): Promise<readonly Thing[]> {
  const { bytes, layout } = parts;
  const table = (name: string): Thing => thingOf(layout, "table", name);
  const found = [...layout.nested].map(table).filter((thing) => isInside(thing, within));
  for (const schema of await schemaFolders(parts, within))
    for (const name of (await bytes.list(`tables/${schemaFolder(layout, schema)}`)).filter(isPart))
      found.push(table(`${schema.parts.join(".")}.${name}`));
  const once = [...new Map(found.map((thing) => [thing.name, thing])).values()];
  const there = await inParallel(once, mostRequests, (thing) => isTable(parts, thing));
  return once.filter((_, i) => there[i]).sort(byName);
}

/** The schemas that have a folder of tables: the one that is asked for, or those of a catalog, or all. */
async function schemaFolders(
  { bytes, layout }: CatalogParts,
  within: Thing | undefined,
  root = "tables",
): Promise<readonly Thing[]> {
  if (within?.kind === "schema") return [within];
  const found = (await bytes.list(root))
    .map((folder) => folder.split("."))
    .filter((parts) => parts.length <= 2 && parts.every(isPart))
    .map((parts) => thingOf(layout, "schema", parts.join(".")));
  return found.filter((schema) => isInside(schema, within));
}

/** Whether a thing is inside another; everything is inside the lake. */
export function isInside(thing: Thing, within: Thing | undefined): boolean {
  if (within === undefined) return true;
  const isDeeper = thing.parts.length > within.parts.length;
  return isDeeper && within.parts.every((part, i) => thing.parts[i] === part);
}

/** What was created by name and is there, of a kind. */
function created(layout: Layout, state: CatalogState, kind: SecurableKind): readonly Thing[] {
  return [...state.things.values()]
    .filter((known) => known.created !== null && namedBy(known.on).kind === kind)
    .map(({ on }) => thingOf(layout, kind, namedBy(on).name));
}

/** The things of a kind in a lake, or in a catalog or schema, sorted. */
export async function thingsIn(
  parts: CatalogParts,
  kind: SecurableKind,
  at: { readonly state: CatalogState; readonly within?: Thing | undefined },
): Promise<readonly Thing[]> {
  const { layout } = parts;
  if (kind === "table") return tablesIn(parts, at.within);
  const all = [...created(layout, at.state, kind)];
  if (kind !== "volume") {
    const inside = [...(await schemasIn(parts, at.state)), ...created(layout, at.state, "schema")];
    all.push(...inside.flatMap((thing) => pathOf(layout, thing).filter((up) => up.kind === kind)));
  }
  if (kind === "catalog") all.push(thingOf(layout, "catalog", layout.main));
  const once = [...new Map(all.map((thing) => [keyOf(thing), thing])).values()];
  return once.filter((thing) => isInside(thing, at.within)).sort(byName);
}

/**
 * The schemas that something is in, if only what a writer left that died before its first commit: what
 * has a name can be dropped.
 */
async function schemasIn(parts: CatalogParts, state: CatalogState): Promise<readonly Thing[]> {
  const { bytes, layout } = parts;
  const folders: Thing[] = [];
  for (const root of ["tables", "volumes"]) {
    const found = await schemaFolders(parts, undefined, root);
    const isUsed = await inParallel(found, mostRequests, (schema) =>
      hasFiles(bytes, `${root}/${schemaFolder(layout, schema)}`),
    );
    folders.push(...found.filter((_, i) => isUsed[i]));
  }
  if (layout.nested.size === 0) return [...folders, ...created(layout, state, "volume")];
  // A folder of format 1 can be that of a catalog, and then it is a schema's only if it has tables.
  const tables = [...(await tablesIn(parts)), ...created(layout, state, "volume")];
  const catalogs = new Set([...layout.nested].map((name) => name.split(".")[0]));
  return [...folders.filter((schema) => !catalogs.has(schemaFolder(layout, schema))), ...tables];
}

/** Whether a thing is there. */
export async function isThere(
  parts: CatalogParts,
  state: CatalogState,
  thing: Thing,
): Promise<boolean> {
  if (thing.kind === "table") return isTable(parts, thing);
  const isCreated = (state.things.get(keyOf(thing))?.created ?? null) !== null;
  if (isCreated || thing.kind === "volume") return isCreated;
  if (thing.kind === "catalog" && thing.name === parts.layout.main) return true;
  return (await thingsIn(parts, thing.kind, { state })).some(({ name }) => name === thing.name);
}

const missing = {
  catalog: "table/missing-catalog",
  schema: "table/missing-schema",
  table: "table/missing-table",
  volume: "table/missing-volume",
} as const;

/**
 * Refuses a thing that is not there.
 *
 * @throws `table/missing-catalog`, `table/missing-schema`, `table/missing-table`, `table/missing-volume`
 */
export async function checkThere(
  parts: CatalogParts,
  state: CatalogState,
  thing: Thing,
): Promise<void> {
  if (!(await isThere(parts, state, thing))) await failMissing(parts, state, thing);
}

/** Says that a thing is not there, and what is. Throws as {@link checkThere}. */
export async function failMissing(
  parts: CatalogParts,
  state: CatalogState,
  thing: Thing,
): Promise<never> {
  const known = (await thingsIn(parts, thing.kind, { state })).map(({ name }) => name);
  return fail(missing[thing.kind], { name: thing.name, known });
}
