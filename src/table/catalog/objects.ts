/** @file Things made by name, and what people say about them: comments, tags and owners. */
import { checkNames } from "../../core/index.ts";
import type { ColumnKind } from "../../flow.ts";
import { rowsOf } from "../delta/rows-of.ts";
import { readSnapshot } from "../delta/snapshot.ts";
import type { CatalogChange, Notes } from "./entry.ts";
import { fail } from "./errors.ts";
import {
  type CatalogParts,
  checkThere,
  failMissing,
  isTable,
  isThere,
  placeOf,
} from "./listing.ts";
import {
  type CatalogRef,
  keyOf,
  refThing,
  type SchemaRef,
  type SecurableKind,
  type SecurableRef,
  type TableRef,
  type Thing,
  thingOf,
  toRef,
  type VolumeRef,
} from "./names.ts";
import { refuseDropping } from "./open-drops.ts";
import type { CatalogState, Noted } from "./state.ts";
import { checkComment, checkPrincipal, checkTagCount, checkTags } from "./texts.ts";

/** What a thing is made with. */
export interface CreateOptions {
  readonly comment?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Default: the lake's actor. */
  readonly owner?: string;
  /** Leaves a thing that is there as it is. Default false: it is an error. */
  readonly ifMissing?: boolean;
}

/** What is said about a thing; null takes it away, and what is not named stays. */
export interface AnnotateOptions extends Notes {
  readonly owner?: string | null;
}

/** A column of a table, for comments and tags. */
export interface ColumnRef extends TableRef {
  readonly column: string;
}

/** What is recorded about a thing. */
export interface SecurableInfo {
  readonly kind: SecurableKind;
  readonly name: string;
  readonly comment: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly owner: string | null;
  /** Absent for what came with its first table, and for tables. */
  readonly created: { readonly atMs: number; readonly actor: string } | null;
}

/** A table: what is recorded, and what its newest version says of itself. No row is read. */
export interface TableInfo extends SecurableInfo {
  readonly version: number;
  /** By the files' statistics; null when a file of another writer has none. */
  readonly rows: number | null;
  readonly files: number;
  readonly sizeBytes: number;
  readonly columns: readonly {
    readonly name: string;
    readonly kind: ColumnKind;
    readonly nullable: boolean;
    readonly comment: string | null;
    readonly tags: Readonly<Record<string, string>>;
  }[];
}

/** Things made and annotated. */
export interface CatalogObjects {
  /**
   * Makes a catalog, a schema or a volume. Schemas and catalogs also come with their first table,
   * and tables with their first write.
   *
   * @throws `table/duplicate-securable`, `table/out-of-range-securable`, `table/out-of-range-text`,
   * `table/conflict-drop`
   */
  create(on: CatalogRef | SchemaRef | VolumeRef, options?: CreateOptions): Promise<void>;
  /**
   * Sets the comment, tags and owner of a thing, or the comment and tags of a column.
   *
   * @throws `table/missing-table` and its like, `table/unknown-column`, `table/out-of-range-text`
   */
  annotate<O extends SecurableRef | ColumnRef>(
    on: O,
    notes: O extends ColumnRef ? Notes : AnnotateOptions,
  ): Promise<void>;
  /** What is recorded about a thing. Throws `table/missing-table` and its like. */
  describe(on: SecurableRef): Promise<SecurableInfo>;
  /** What is recorded about a table, and what its newest version says. Throws `table/missing-table`. */
  describeTable(name: string): Promise<TableInfo>;
}

/** Makes a thing, or leaves it when it is there and that is no error. */
export async function createThing(
  parts: CatalogParts,
  thing: Thing,
  options: CreateOptions & { readonly actor: string },
): Promise<void> {
  const { comment, tags = {}, ifMissing = false } = options;
  const owner = checkPrincipal(options.owner ?? options.actor);
  if (comment !== undefined) checkComment(comment);
  checkTags(tags);
  checkTagCount(`the tags of ${keyOf(thing)}`, new Set(Object.keys(tags)));
  await parts.log.add(async (state): Promise<CatalogChange | undefined> => {
    refuseDropping(parts.layout, state, thing);
    if (await isThere(parts, state, thing)) {
      if (ifMissing) return undefined;
      fail("table/duplicate-securable", { kind: thing.kind, name: thing.name });
    }
    if (thing.kind === "volume") await refuseBesideTable(parts, thing);
    const notes = comment === undefined ? { tags } : { comment, tags };
    return { action: "create", on: toRef(thing), owner, ...notes };
  });
}

/** Refuses a volume with the name of a table: a name would then mean both. Throws `table/duplicate-securable`. */
async function refuseBesideTable(parts: CatalogParts, { name }: Thing): Promise<void> {
  const table = thingOf(parts.layout, "table", name);
  if (await isTable(parts, table)) fail("table/duplicate-securable", { kind: "table", name });
}

/** Records what is said about a thing or a column. */
export async function annotateThing(
  parts: CatalogParts,
  on: SecurableRef | ColumnRef,
  notes: AnnotateOptions,
): Promise<void> {
  const { column, ref } = columnOf(on);
  const ofColumns = ["comment", "tags"];
  checkNames("annotate", notes, column === undefined ? [...ofColumns, "owner"] : ofColumns);
  const thing = refThing(parts.layout, ref);
  const { comment, tags, owner } = notes;
  if (comment !== undefined) checkComment(comment);
  if (tags !== undefined) checkTags(tags);
  if (typeof owner === "string") checkPrincipal(owner);
  await parts.log.add(async (state) => {
    refuseDropping(parts.layout, state, thing);
    await checkThere(parts, state, thing);
    if (column !== undefined) await checkHasColumn(parts, thing, column);
    const known = state.things.get(keyOf(thing));
    const before = column === undefined ? known : known?.columns.get(column);
    const names = new Set([...(before?.tags.keys() ?? []), ...Object.keys(tags ?? {})]);
    for (const [name, value] of Object.entries(tags ?? {})) if (value === null) names.delete(name);
    checkTagCount(`the tags of ${keyOf(thing)}`, names);
    const where = column === undefined ? {} : { column };
    return { action: "annotate", on: toRef(thing), ...where, ...notes };
  });
}

function columnOf(on: SecurableRef | ColumnRef): { column: string | undefined; ref: SecurableRef } {
  if (typeof on === "string" || !("column" in on)) return { column: undefined, ref: on };
  const { column, ...ref } = on;
  return { column, ref };
}

async function checkHasColumn(parts: CatalogParts, table: Thing, column: string): Promise<void> {
  const snapshot = await readSnapshot({ place: placeOf(parts, table), engine: parts.engine });
  const columns = Object.keys(snapshot?.shape.columns ?? {});
  if (!columns.includes(column)) fail("table/unknown-column", { at: table.name, column, columns });
}

/** What is recorded about a thing that is there. */
export async function describeThing(parts: CatalogParts, thing: Thing): Promise<SecurableInfo> {
  const state = await parts.log.state();
  await checkThere(parts, state, thing);
  return infoOf(state, thing);
}

function infoOf(state: CatalogState, thing: Thing): SecurableInfo {
  const { kind, name } = thing;
  const known = state.things.get(keyOf(thing));
  const { owner = null, created = null } = known ?? {};
  return { kind, name, ...plainNotes(known), owner, created };
}

/** What is recorded about a table, and what its newest version says of itself. */
export async function describeTable(parts: CatalogParts, table: Thing): Promise<TableInfo> {
  const state = await parts.log.state();
  const snapshot = await readSnapshot({ place: placeOf(parts, table), engine: parts.engine });
  if (snapshot === undefined) return failMissing(parts, state, table);
  const files = [...snapshot.files.values()];
  const noted = state.things.get(keyOf(table))?.columns;
  return {
    ...infoOf(state, table),
    version: snapshot.version,
    rows: rowsOf(snapshot),
    files: files.length,
    sizeBytes: files.reduce((sum, { size }) => sum + size, 0),
    columns: Object.entries(snapshot.shape.columns).map(([column, { kind, nullable }]) => ({
      ...{ name: column, kind, nullable },
      ...plainNotes(noted?.get(column)),
    })),
  };
}

const plainNotes = (
  noted: Noted | undefined,
): { comment: string | null; tags: Readonly<Record<string, string>> } => ({
  comment: noted?.comment ?? null,
  tags: Object.fromEntries(noted?.tags ?? []),
});
