/** @file The catalog's log: entries numbered without gaps, each put where nobody has put one. */
import { setTimeout as wait } from "node:timers/promises";
import { type Clock, type Ids, isMillraceError } from "../../core/index.ts";
import type { Bytes } from "../../store/index.ts";
import { inParallel, mostRequests } from "../in-parallel.ts";
import { type CatalogChange, type CatalogEntry, formatEntry, parseEntry } from "./entry.ts";
import { fail } from "./errors.ts";
import { type CatalogState, emptyState, formatState, parseState, replay } from "./state.ts";

/** What a catalog's log is kept with. */
export interface CatalogLogParts {
  readonly bytes: Bytes;
  /** The lake's path, for messages. */
  readonly path: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Who is at work. */
  readonly actor: string;
}

/** The log of a lake's catalog. */
export interface CatalogLog {
  /** The state now: what others wrote since the last look is read, which costs one request where nothing was. */
  state(): Promise<CatalogState>;
  /**
   * Adds the entry that `plan` makes of the newest state, or none. When somebody else was faster, the
   * plan is made again from what they wrote; so nothing is lost, and each plan saw all before it.
   *
   * @throws `table/conflict-catalog` after a hundred lost races
   */
  add(plan: (state: CatalogState) => Promise<CatalogChange | undefined>): Promise<CatalogState>;
  /** All entries, oldest first. */
  entries(): Promise<readonly CatalogEntry[]>;
}

const folder = "_catalog/log";
const states = "_catalog/state";
const stateEvery = 50;
const maxTries = 100;

const nameOf = (sequence: number): string => `${String(sequence).padStart(20, "0")}.json`;
const numberOf = (name: string): number => Number(name.slice(0, 20));
const isNumbered = (name: string): boolean => /^\d{20}\.json$/.test(name);

/** Opens the log of a lake's catalog; nothing is read until it is asked. */
export function openCatalogLog(parts: CatalogLogParts): CatalogLog {
  const { bytes } = parts;
  let known: CatalogState | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  /** One look or write of this process after the other: each begins where the last one ended. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const look = async (): Promise<CatalogState> => {
    known = known === undefined ? await load(bytes) : await caughtUp(bytes, known);
    return known;
  };
  return {
    state: () => inTurn(look),
    add: (plan) =>
      inTurn(async () => {
        for (let tries = 0; tries < maxTries; tries++) {
          const before = await look();
          const change = await plan(before);
          if (change === undefined) return before;
          const { clock, ids, actor } = parts;
          const sequence = before.sequence + 1;
          const entry: CatalogEntry = { ...change, sequence, id: ids(), atMs: clock(), actor };
          if (await putEntry(bytes, entry)) {
            known = replay(before, [entry]);
            await keepState(bytes, known);
            return known;
          }
          await pause(ids, tries);
        }
        return fail("table/conflict-catalog", { path: parts.path, tries: maxTries });
      }),
    entries: async () => readEntries(bytes, -1),
  };
}

/** Puts an entry; a store that failed may have stored it all the same, and then it counts. */
async function putEntry(bytes: Bytes, entry: CatalogEntry): Promise<boolean> {
  const key = `${folder}/${nameOf(entry.sequence)}`;
  const body = formatEntry(entry);
  try {
    return await bytes.putIfAbsent(key, body);
  } catch (cause) {
    const found = await bytes.get(key).catch(() => undefined);
    if (found !== undefined) return Buffer.from(found).equals(body);
    throw cause;
  }
}

/** Waits up to a tenth of a second, by an id of chance, so that two processes do not meet again. */
async function pause(ids: Ids, tries: number): Promise<void> {
  const share = Number.parseInt(ids().slice(0, 4), 16) / 0xffff;
  await wait((Number.isNaN(share) ? 0.5 : share) * Math.min(2 ** tries, 100));
}

/** The newest kept state, and the entries after it. A state that is damaged is left for the log. */
async function load(bytes: Bytes): Promise<CatalogState> {
  const newest = (await bytes.list(states)).filter(isNumbered).at(-1);
  const kept = newest === undefined ? undefined : await bytes.get(`${states}/${newest}`);
  const from = kept === undefined ? emptyState : (parseState(kept) ?? emptyState);
  return replay(from, await readEntries(bytes, from.sequence));
}

/** The entries after a sequence number, in order. Throws `table/corrupt-catalog` for a gap. */
async function readEntries(bytes: Bytes, after: number): Promise<readonly CatalogEntry[]> {
  const names = (await bytes.list(folder)).filter(
    (name) => isNumbered(name) && numberOf(name) > after,
  );
  const gap = names.findIndex((name, i) => numberOf(name) !== after + 1 + i);
  if (gap >= 0)
    fail("table/corrupt-catalog", { file: nameOf(after + 1 + gap), reason: "it is missing" });
  return inParallel(names, mostRequests, async (name) =>
    parseEntry(await bytes.get(`${folder}/${name}`), name),
  );
}

/** The state with the entries that others added since. */
async function caughtUp(bytes: Bytes, state: CatalogState): Promise<CatalogState> {
  const entries: CatalogEntry[] = [];
  for (let next = state.sequence + 1; ; next++) {
    const name = nameOf(next);
    const found = await bytes.get(`${folder}/${name}`).catch((error: unknown) => {
      if (isMillraceError(error, "store/missing-bytes")) return undefined;
      throw error;
    });
    if (found === undefined) return entries.length === 0 ? state : replay(state, entries);
    entries.push(parseEntry(found, name));
  }
}

/** Keeps every fiftieth state. One that fails takes nothing from the entry, which is in the log. */
async function keepState(bytes: Bytes, state: CatalogState): Promise<void> {
  if ((state.sequence + 1) % stateEvery !== 0) return;
  await bytes.put(`${states}/${nameOf(state.sequence)}`, formatState(state)).catch(() => undefined);
}
