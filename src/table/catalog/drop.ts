/** @file Dropping: what is removed is decided in one entry of the catalog's log, and then removed for good. */
import { type Ids, isMillraceError, type LongWork } from "../../core/index.ts";
import { dropMark, logFolder } from "../delta/log.ts";
import { rowsOf } from "../delta/rows-of.ts";
import { readSnapshot, type Snapshot } from "../delta/snapshot.ts";
import type { CatalogChange } from "./entry.ts";
import { fail } from "./errors.ts";
import { type CatalogParts, checkThere, isInside, isThere, placeOf, thingsIn } from "./listing.ts";
import {
  folderOf,
  keyOf,
  kinds,
  refThing,
  type Securable,
  type SecurableKind,
  schemaFolder,
  type Thing,
  toRef,
} from "./names.ts";
import { dropOf } from "./open-drops.ts";
import { filesBelow, type Removal, removeFiles } from "./remove-files.ts";
import { type CatalogState, type OpenDrop, refKey } from "./state.ts";

/** What a drop works with. */
export type DropContext = CatalogParts & { readonly ids: Ids };

/** How a drop is made. */
export interface DropOptions extends LongWork {
  /** Says what would be removed, and removes nothing. */
  readonly dryRun?: boolean;
}

/** How a drop of something that holds others is made. */
export interface CascadeOptions extends DropOptions {
  /** Drops what is in it too; without it, only what is empty is dropped. */
  readonly cascade?: boolean;
}

/** Something that goes with a drop. */
export interface DroppedThing {
  readonly kind: SecurableKind;
  readonly name: string;
  /** Rows of a table's newest version, where its files say. */
  readonly rows: number | null;
  /** All its files: also those of earlier versions, and the log's. */
  readonly files: number;
  readonly sizeBytes: number;
}

/** What a drop removed, or would remove. */
export interface DropReport {
  /** From the inside out: what is removed first stands first. */
  readonly things: readonly DroppedThing[];
  /** Grants that go with them. */
  readonly grants: number;
  readonly dryRun: boolean;
}

/**
 * Drops a thing, and with `cascade` what is in it. One entry of the catalog's log takes its grants and
 * tags and stops its writers; then each table is marked as gone, which its readers see at once and as
 * a whole; only then are files removed, the log's before the data's. What was interrupted is ended by
 * dropping the same again.
 */
export async function dropThing(
  parts: DropContext,
  thing: Thing,
  options: CascadeOptions,
): Promise<DropReport> {
  const { log, layout, ids } = parts;
  const { cascade = false, dryRun = false } = options;
  const before = await log.state();
  const begun = dropOf(layout, before, thing);
  if (begun === undefined) await checkDroppable(parts, before, { thing, cascade });
  const planned = begun?.parts ?? (await partsOf(parts, before, thing));
  const report = { ...(await reportOf(parts, before, planned)), dryRun };
  if (dryRun) return report;
  for (const inner of before.drops.values())
    if (isInside(refThing(layout, inner.on), thing)) await runDrop(parts, inner, options);
  const state = await log.add(async (now): Promise<CatalogChange | undefined> => {
    if (dropOf(layout, now, thing) !== undefined) return undefined;
    if (!(await isThere(parts, now, thing))) return undefined; // gone with a drop that has ended
    await checkDroppable(parts, now, { thing, cascade });
    const things = await partsOf(parts, now, thing);
    return { action: "drop", on: toRef(thing), drop: ids(), parts: things };
  });
  const drop = dropOf(layout, state, thing);
  if (drop !== undefined) await runDrop(parts, drop, options);
  return report;
}

async function checkDroppable(
  parts: CatalogParts,
  state: CatalogState,
  { thing, cascade }: { thing: Thing; cascade: boolean },
): Promise<void> {
  await checkThere(parts, state, thing);
  if (cascade) return;
  const inside = (await contentsOf(parts, state, thing)).map(keyOf);
  const { kind, name } = thing;
  if (inside.length > 0) fail("table/conflict-contents", { kind, name, contents: inside });
}

/** What is in a catalog or a schema; nothing is in tables and volumes. */
async function contentsOf(
  parts: CatalogParts,
  state: CatalogState,
  within: Thing,
): Promise<readonly Thing[]> {
  const inner = { catalog: ["schema", "table", "volume"], schema: ["table", "volume"] } as const;
  const found: Thing[] = [];
  if (within.kind === "catalog" || within.kind === "schema")
    for (const kind of inner[within.kind])
      found.push(...(await thingsIn(parts, kind, { state, within })));
  return found;
}

/** All that goes with a thing, from the inside out; also what is recorded of things that are gone. */
async function partsOf(
  parts: CatalogParts,
  state: CatalogState,
  thing: Thing,
): Promise<readonly Securable[]> {
  const { layout } = parts;
  const noted = [...state.things.values(), ...[...state.grants.values()].flat()]
    .map(({ on }) => refThing(layout, on))
    .filter((each) => isInside(each, thing));
  const all = [...(await contentsOf(parts, state, thing)), ...noted, thing];
  const once = [...new Map(all.map((each) => [keyOf(each), each])).values()];
  const order = ({ kind }: Thing): number => -kinds.indexOf(kind);
  return once.sort((a, b) => order(a) - order(b)).map(toRef);
}

/** The newest state of a table; a table that cannot be read can be dropped all the same. */
async function snapshotOf(parts: CatalogParts, thing: Thing): Promise<Snapshot | undefined> {
  if (thing.kind !== "table") return undefined;
  const place = placeOf(parts, thing);
  return readSnapshot({ place, engine: parts.engine }).catch((error: unknown) => {
    if (isMillraceError(error)) return undefined;
    throw error;
  });
}

async function reportOf(
  parts: CatalogParts,
  state: CatalogState,
  things: readonly Securable[],
): Promise<Omit<DropReport, "dryRun">> {
  const dropped: DroppedThing[] = [];
  for (const on of things) {
    const thing = refThing(parts.layout, on);
    const { kind, name } = thing;
    const hasFiles = kind === "table" || kind === "volume";
    const files = hasFiles ? await filesBelow(parts.bytes, folderOf(parts.layout, thing)) : [];
    const rows = rowsOf(await snapshotOf(parts, thing));
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    dropped.push({ kind, name, rows, files: files.length, sizeBytes });
  }
  const grants = things.flatMap((on) => state.grants.get(refKey(on)) ?? []).length;
  return { things: dropped, grants };
}

/** Removes what a drop names, and says so in the log. */
async function runDrop(parts: CatalogParts, drop: OpenDrop, options: LongWork): Promise<void> {
  const { signal, progress } = options;
  const { layout, log } = parts;
  const goOn = async (): Promise<boolean> => (await log.state()).drops.has(drop.id);
  for (const [done, on] of drop.parts.entries()) {
    signal?.throwIfAborted();
    progress?.({ done, total: drop.parts.length });
    if (!(await goOn())) return; // another process has ended it
    await removeThing({ ...parts, goOn, signal }, refThing(layout, on));
  }
  await log.add(
    async (state): Promise<CatalogChange | undefined> =>
      state.drops.has(drop.id) ? { action: "end-drop", on: drop.on, drop: drop.id } : undefined,
  );
}

type Removing = CatalogParts & Pick<Removal, "goOn" | "signal">;

async function removeThing(removing: Removing, thing: Thing): Promise<void> {
  const { bytes, layout } = removing;
  if (thing.kind === "table") return removeTable(removing, thing);
  if (thing.kind === "volume")
    return void (await removeFiles({ ...removing, folder: folderOf(layout, thing) }));
  if (thing.kind === "catalog") return;
  // What writers left that died before their first commit. A folder of format 1 can be a catalog's too.
  const folder = schemaFolder(layout, thing);
  const isShared = [...layout.nested].some((name) => name.startsWith(`${folder}.`));
  if (!isShared) await removeFiles({ ...removing, folder: `tables/${folder}` });
  await removeFiles({ ...removing, bytes, folder: `volumes/${folder}` });
}

/** Marks a table as gone, removes its log and then its data, and the mark last. */
async function removeTable(removing: Removing, thing: Thing): Promise<void> {
  const { bytes, layout, log: catalog } = removing;
  const place = placeOf(removing, thing);
  const log = logFolder(place);
  await bytes.put(`${log}/${dropMark}`, Buffer.from("{}\n"));
  const clearLog = (): Promise<boolean> =>
    removeFiles({ ...removing, folder: log, keep: dropMark, inOrder: true });
  const isCleared =
    (await clearLog()) &&
    (await removeFiles({ ...removing, folder: place.folder, keep: "_delta_log" })) &&
    (await clearLog()); // what came meanwhile is gone too
  // a process that has ended the drop before us may have removed the mark before we put ours
  const isOver = async () => dropOf(layout, await catalog.state(), thing) === undefined;
  if (isCleared || (await isOver())) await bytes.remove(`${log}/${dropMark}`);
}
