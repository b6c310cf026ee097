/** @file One table of a store in memory: what readers see, and writers one after the other. */
import type { OnlineRow } from "../../flow.ts";
import { checkFrom, checkShape, conflicted } from "./checks.ts";
import { fail } from "./errors.ts";
import { type MemoryTable, memoryTable } from "./memory-table.ts";
import { keysTable, type Step } from "./step.ts";
import type { StepFiles } from "./step-files.ts";
import type { OnlineBatch, OnlineEntry, OnlineState, OnlineStore } from "./store.ts";

/** A table that is held in memory, and, where there are files, kept in them. */
export interface HeldTable {
  /** The number of the newest step that is seen; -1 before the first. */
  readonly number: number;
  readonly state: OnlineState | undefined;
  /** What {@link OnlineStore.read} gives; undefined when the table is not there. */
  read(...asked: ReadArguments): readonly (OnlineRow | undefined)[] | undefined;
  /** All entries, some at a time; undefined when the table is not there. */
  parts(): AsyncIterable<readonly OnlineEntry[]> | undefined;
  write(batch: OnlineBatch): Promise<void>;
  drop(): Promise<void>;
  /** Takes the steps that other processes made since. */
  catchUp(): Promise<void>;
}

type ReadArguments = [keys: Parameters<OnlineStore["read"]>[1], columns: readonly string[]];

/** What readers see: rows, and before them a change that is on its way into them. */
interface Layers {
  readonly base: MemoryTable;
  readonly change?: { readonly upserts: MemoryTable; readonly deletes: MemoryTable };
}

/** Rows that are taken at once, while requests wait. */
const rowsAtOnce = 1000;
/** More changed rows than this, and than the table has, or more steps, and it is copied. */
const fewRows = 1000;
const manySteps = 64;

/** Makes a table without rows. */
export function heldTable(name: string, files: StepFiles | undefined): HeldTable {
  let layers: Layers | undefined;
  let [number, changed, steps] = [-1, 0, 0];
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const stateNow = (): OnlineState | undefined => (layers?.change?.upserts ?? layers?.base)?.state;

  /** Makes a step seen: at once, however large it is. A change then goes into the rows little by little. */
  const show = async (step: Step): Promise<void> => {
    if (step.kind !== "change") {
      layers = step.kind === "drop" ? undefined : { base: step.rows };
      [changed, steps] = [0, 0];
      return;
    }
    const { upserts, deletes } = step;
    const base = layers?.base ?? memoryTable(upserts.state);
    layers = { base, change: { upserts, deletes } };
    for (const some of slices(deletes.entries())) {
      base.forget(some.map(({ key }) => key));
      await breath();
    }
    await copy(upserts, base);
    base.state = upserts.state;
    layers = { base };
    changed += upserts.rows + deletes.rows;
    steps += 1;
  };

  /** Takes newer steps; false when one went away meanwhile, since others clear up what is not needed. */
  const advance = async (numbers: readonly number[]): Promise<boolean> => {
    for (const next of numbers.filter((one) => one > number)) {
      const step = await files?.get(name, next);
      if (step === undefined) return false;
      const follows = layers !== undefined && next === number + 1;
      if (step.kind === "change" && !follows) continue; // left from before the whole that comes
      await show(step);
      number = next;
    }
    return number >= (numbers.at(-1) ?? -1);
  };
  const catchUp = async (): Promise<void> => {
    for (let tries = 0; files !== undefined; tries++) {
      if (await advance((await files.list()).get(name) ?? [])) return;
      if (tries === 10)
        fail("feature/corrupt-snapshot", { file: name, reason: "a step is missing" });
    }
  };

  /** Stores a step as the next one; whoever is second is told. */
  const store = async (step: Step, check: () => void): Promise<void> => {
    await catchUp();
    check();
    while (files !== undefined && !(await files.add(name, number + 1, step))) {
      await catchUp();
      check();
    }
    number += 1;
  };

  /** Copies a table of which much changed: its texts of before go, and its steps become one. */
  const tidy = async (base: MemoryTable): Promise<void> => {
    if (changed <= Math.max(base.rows, fewRows) && steps < manySteps) return;
    const rows = memoryTable(base.state);
    await copy(base, rows);
    if (files !== undefined && !(await files.add(name, number + 1, { kind: "whole", rows })))
      return;
    number += 1;
    await show({ kind: "whole", rows });
    await files?.removeBefore(name, number);
  };

  const write = async (batch: OnlineBatch): Promise<void> => {
    checkShape(batch);
    const check = (): void => checkFrom(batch, stateNow());
    await catchUp();
    check();
    const step = await stepOf(batch);
    await store(step, check);
    await show(step);
    const done =
      step.kind === "change" && layers !== undefined
        ? tidy(layers.base)
        : files?.removeBefore(name, number);
    await done?.catch(() => undefined); // the step is kept; the next one tidies up
  };

  return {
    get number() {
      return number;
    },
    get state() {
      return stateNow();
    },
    read: (keys, columns) => {
      if (layers === undefined) return undefined;
      const { base, change } = layers;
      if (change === undefined) return base.read(keys, columns);
      const changes = change.upserts.read(keys, columns);
      return keys.map(
        (key, i) =>
          changes[i] ?? (change.deletes.has(key) ? undefined : base.read([key], columns)[0]),
      );
    },
    parts: () => (layers === undefined ? undefined : partsOf(name, layers, stateNow)),
    write: (batch) => inTurn(() => write(batch)),
    drop: () =>
      inTurn(async () => {
        await catchUp();
        if (layers === undefined) return;
        await store({ kind: "drop" }, () => undefined);
        await show({ kind: "drop" });
        await files?.removeBefore(name, number);
      }),
    catchUp: () => inTurn(catchUp),
  };
}

/** Reads a batch whole. */
async function stepOf({ state, from, replaces, upserts, deletes }: OnlineBatch): Promise<Step> {
  const rows = memoryTable(state);
  for await (const some of upserts)
    for (const slice of slices(some)) {
      rows.set(slice);
      await breath();
    }
  if (from === null || replaces === true) return { kind: "whole", rows };
  return { kind: "change", upserts: rows, deletes: keysTable(state, deletes) };
}

/** The entries of one moment; who goes on when the table was written meanwhile is told. */
async function* partsOf(
  table: string,
  { base, change }: Layers,
  stateNow: () => OnlineState | undefined,
): AsyncIterable<readonly OnlineEntry[]> {
  const expected = (change?.upserts ?? base).state;
  const isOld = ({ key }: OnlineEntry): boolean =>
    change !== undefined && (change.upserts.has(key) || change.deletes.has(key));
  const check = (): void => {
    const found = stateNow();
    if (found !== expected) conflicted(table, { expected, found });
  };
  for (const part of slices(change?.upserts.entries() ?? [])) {
    check();
    yield part;
  }
  for (const part of slices(base.entries())) {
    check();
    yield part.filter((entry) => !isOld(entry));
  }
}

/** Sets all rows of one table in another, some at a time. */
async function copy(from: MemoryTable, to: MemoryTable): Promise<void> {
  for (const some of slices(from.entries())) {
    to.set(some);
    await breath();
  }
}

function* slices<T>(all: Iterable<T>): Iterable<readonly T[]> {
  let slice: T[] = [];
  for (const one of all) {
    if (slice.push(one) < rowsAtOnce) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

/** Lets requests that wait be answered. */
const breath = (): Promise<void> => new Promise((later) => setImmediate(later));
