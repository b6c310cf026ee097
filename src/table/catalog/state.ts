/** @file What the entries of the catalog's log make together. */
import { formatJson } from "../../core/index.ts";
import { type CatalogEntry, type Notes, parseStored } from "./entry.ts";
import { keyOf, namedBy, type Securable } from "./names.ts";
import type { Privilege } from "./privileges.ts";

/** A comment and tags. */
export interface Noted {
  readonly comment: string | null;
  readonly tags: ReadonlyMap<string, string>;
}

/** What is recorded about a thing. */
export interface Known extends Noted {
  readonly on: Securable;
  /** Absent for what was never created by name: schemas that came with their first table. */
  readonly created: { readonly atMs: number; readonly actor: string } | null;
  readonly owner: string | null;
  /** Comments and tags of a table's columns. */
  readonly columns: ReadonlyMap<string, Noted>;
}

/** A privilege that somebody was granted. */
export interface Grant {
  readonly to: string;
  readonly privilege: Privilege;
  /** Where it was granted: it holds there and in all that is inside. */
  readonly on: Securable;
  readonly atMs: number;
  /** Who granted it. */
  readonly actor: string;
}

/** A drop that has begun. */
export interface OpenDrop {
  readonly id: string;
  readonly on: Securable;
  readonly parts: readonly Securable[];
}

/** The catalog after an entry. */
export interface CatalogState {
  /** The last entry; -1 when there is none. */
  readonly sequence: number;
  readonly things: ReadonlyMap<string, Known>;
  /** By the key of the thing they were granted on. */
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
  readonly drops: ReadonlyMap<string, OpenDrop>;
  /** By key, how often a thing was dropped: what began to write before must not go on. */
  readonly dropped: ReadonlyMap<string, number>;
}

/** The catalog of a lake in which nothing was recorded. */
export const emptyState: CatalogState = {
  sequence: -1,
  things: new Map(),
  grants: new Map(),
  drops: new Map(),
  dropped: new Map(),
};

/** The key of a reference; see {@link keyOf}. */
export const refKey = (ref: Securable): string => keyOf(namedBy(ref));

interface Draft extends CatalogState {
  readonly things: Map<string, Known>;
  readonly grants: Map<string, readonly Grant[]>;
  readonly drops: Map<string, OpenDrop>;
  readonly dropped: Map<string, number>;
}

/** The state after some more entries. O(things + entries); the state given stays as it is. */
export function replay(state: CatalogState, entries: readonly CatalogEntry[]): CatalogState {
  const draft: Draft = {
    sequence: state.sequence,
    things: new Map(state.things),
    grants: new Map(state.grants),
    drops: new Map(state.drops),
    dropped: new Map(state.dropped),
  };
  for (const entry of entries) apply(draft, entry);
  return { ...draft, sequence: entries.at(-1)?.sequence ?? state.sequence };
}

function apply(draft: Draft, entry: CatalogEntry): void {
  const key = refKey(entry.on);
  switch (entry.action) {
    case "create":
    case "annotate":
      draft.things.set(key, noted(draft.things.get(key) ?? unknown(entry.on), entry));
      break;
    case "grant":
    case "revoke":
      changeGrants(draft, entry);
      break;
    case "drop":
      dropAll(draft, entry);
      break;
    case "end-drop":
      draft.drops.delete(entry.drop);
  }
}

type EntryOf<A extends CatalogEntry["action"]> = Extract<CatalogEntry, { readonly action: A }>;

function changeGrants(draft: Draft, entry: EntryOf<"grant" | "revoke">): void {
  const key = refKey(entry.on);
  const { to, privileges, on, atMs, actor } = entry;
  const left = (draft.grants.get(key) ?? []).filter(
    (grant) => grant.to !== to || !privileges.includes(grant.privilege),
  );
  const added = privileges.map((privilege) => ({ to, privilege, on, atMs, actor }));
  const now = entry.action === "grant" ? [...left, ...added] : left;
  if (now.length > 0) draft.grants.set(key, now);
  else draft.grants.delete(key);
}

function dropAll(draft: Draft, { drop: id, on, parts }: EntryOf<"drop">): void {
  draft.drops.set(id, { id, on, parts });
  for (const part of parts) {
    const key = refKey(part);
    draft.things.delete(key);
    draft.grants.delete(key);
    draft.dropped.set(key, (draft.dropped.get(key) ?? 0) + 1);
  }
}

const unknown = (on: Securable): Known => ({
  on,
  created: null,
  owner: null,
  comment: null,
  tags: new Map(),
  columns: new Map(),
});

/** A thing with the comment, tags and owner that an entry gives it. */
function noted(before: Known, entry: EntryOf<"create" | "annotate">): Known {
  const { atMs, actor, owner = before.owner } = entry;
  const column = entry.action === "annotate" ? entry.column : undefined;
  if (column !== undefined) {
    const found = before.columns.get(column) ?? { comment: null, tags: new Map() };
    return { ...before, columns: new Map(before.columns).set(column, withNotes(found, entry)) };
  }
  const created = entry.action === "create" ? { atMs, actor } : before.created;
  return { ...before, ...withNotes(before, entry), owner, created };
}

function withNotes(before: Noted, { comment, tags = {} }: Notes): Noted {
  const now = new Map(before.tags);
  for (const [name, value] of Object.entries(tags))
    if (value === null) now.delete(name);
    else now.set(name, value);
  return { comment: comment === undefined ? before.comment : comment, tags: now };
}

interface StoredNotes {
  readonly comment: string | null;
  readonly tags: readonly (readonly [string, string])[];
}

interface StoredThing extends Omit<Known, "tags" | "columns">, StoredNotes {
  readonly columns: readonly (readonly [string, StoredNotes])[];
}

/** A state as JSON has it: maps as lists, so that no name means anything to an object. */
interface StoredState {
  readonly sequence: number;
  readonly things: readonly StoredThing[];
  readonly grants: readonly Grant[];
  readonly drops: readonly OpenDrop[];
  readonly dropped: readonly (readonly [string, number])[];
}

/** The bytes of a state, from which later readers go on. */
export function formatState(state: CatalogState): Uint8Array {
  const stored: StoredState = {
    sequence: state.sequence,
    things: [...state.things.values()].map(({ tags, columns, ...rest }) => ({
      ...rest,
      tags: [...tags],
      columns: [...columns].map(([name, { comment, tags: own }]) => [
        name,
        { comment, tags: [...own] },
      ]),
    })),
    grants: [...state.grants.values()].flat(),
    drops: [...state.drops.values()],
    dropped: [...state.dropped],
  };
  return Buffer.from(`${formatJson(stored)}\n`);
}

/** Reads a state; undefined when the bytes are damaged, for the log has all that is in it. */
export function parseState(bytes: Uint8Array): CatalogState | undefined {
  try {
    return stateOf(parseStored<StoredState>(bytes, "state"));
  } catch {
    return undefined;
  }
}

const stateOf = ({ sequence, things, grants, drops, dropped }: StoredState): CatalogState => ({
  sequence,
  things: new Map(things.map((thing) => [refKey(thing.on), knownOf(thing)])),
  grants: Map.groupBy(grants, ({ on }) => refKey(on)),
  drops: new Map(drops.map((drop) => [drop.id, drop])),
  dropped: new Map(dropped),
});

const knownOf = ({ tags, columns, ...rest }: StoredThing): Known => ({
  ...rest,
  tags: new Map(tags),
  columns: new Map(
    columns.map(([name, notes]) => [name, { comment: notes.comment, tags: new Map(notes.tags) }]),
  ),
});
