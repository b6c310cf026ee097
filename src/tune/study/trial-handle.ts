/** @file The trial that an objective holds: draws params when they are asked for, and keeps reports. */
import type { Json } from "../../flow.ts";
import type { Run } from "../../run/index.ts";
import { describeBoth, describeSpec } from "../check-spec.ts";
import { fail } from "../errors.ts";
import {
  categorySpec,
  codeOf,
  floatSpec,
  intSpec,
  isSameSpec,
  type ParamSpec,
  type Params,
  valueAt,
} from "../space.ts";
import { choiceAt, type RunningTrial, type TrialRecord } from "../trial.ts";
import type { TrialRow } from "../trial-row.ts";
import { violationOf } from "../view.ts";
import { type Core, keep, viewOf } from "./core.ts";
import type { StudyStore } from "./study-store.ts";

/** How long what a trial reported waits for more, before it is written, in milliseconds. */
const gatherMs = 50;

/** What a handle is made with. */
export interface HandleParts {
  readonly signal: AbortSignal;
  readonly run: Run | null;
}

/** The trial that an objective holds, and what the search does with it. */
export interface TrialHandle {
  readonly trial: RunningTrial;
  /** The trial as it is by now. */
  row(): TrialRow;
  /** Writes what is not written yet no more: the trial ends. */
  close(): void;
}

/** Makes the handle of a trial that was begun; of a declared space, all params are drawn. */
export function trialHandle(
  core: Core,
  begun: TrialRow,
  { signal, run }: HandleParts,
): TrialHandle {
  const { store, sampler, pruner } = core;
  const { number } = begun;
  const study = store.head.name;
  const codes: Record<string, number> = {};
  const steps: [number, number][] = [];
  const constraints: Record<string, number> = {};
  const notes: Record<string, Json> = { ...begun.notes };
  const drawn = sampler.draw?.(viewOf(core), number);
  const shown: TrialRow = {
    ...{ ...begun, codes, steps, constraints, notes, runId: run?.id ?? null },
    drawn: drawn?.note ?? null,
  };
  store.show(shown); // its parts fill as the trial goes on, and the others in this process see them
  const copy = (): TrialRow => ({
    ...shown,
    codes: { ...codes },
    steps: steps.map(([step, value]) => [step, value]),
    constraints: { ...constraints },
    notes: { ...notes },
  });
  const writer = gathered(core, copy);

  const drawCode = (name: string, spec: ParamSpec): number => {
    const given = begun.fixed[name];
    if (given === undefined)
      return drawn?.codes[name] ?? sampler.drawOne(viewOf(core), { trial: number, name, spec });
    const expected = describeSpec(spec);
    return (
      codeOf(spec, given) ??
      fail("tune/out-of-range-param", { param: name, expected, got: JSON.stringify(given) })
    );
  };
  const ask = <S extends ParamSpec>(name: string, spec: S): { code: number; spec: S } => {
    const known = store.specs.get(name);
    if (known === undefined) {
      if (core.declared !== null)
        fail("tune/unknown-param", { study, param: name, known: Object.keys(core.declared) });
      store.define(name, spec);
    } else if (!isSameSpec(known, spec)) {
      const [old, asked] = describeBoth(known, spec);
      fail("tune/mismatch-param", { study, param: name, known: old, asked });
    }
    const code = codes[name] ?? drawCode(name, spec);
    codes[name] = code;
    writer.changed();
    return { code, spec };
  };

  for (const [name, spec] of Object.entries(core.declared ?? {})) ask(name, spec);
  const declared = core.declared === null ? undefined : paramsOf(core, codes);
  const trial: RunningTrial = {
    ...{ number, signal, run },
    get params() {
      return declared ?? paramsOf(core, codes);
    },
    int: (name, ...range) => ask(name, intSpec(name, range)).code,
    float: (name, ...range) => ask(name, floatSpec(name, range)).code,
    category: (name, choices) => {
      const { code, spec } = ask(name, categorySpec(name, choices));
      return choiceAt(spec, code);
    },
    report: (step, value) => {
      checkReport(`trial ${number}: report`, step, value);
      insertStep(steps, step, value);
      writer.changed();
    },
    shouldPrune: () => pruner?.shouldPrune(viewOf(core), shown) ?? false,
    constrain: (name, value) => {
      if (typeof value !== "number" || Number.isNaN(value)) {
        const at = `trial ${number}: constraint ${JSON.stringify(name)}`;
        fail("tune/out-of-range-value", { at, expected: "a number", got: String(value) });
      }
      constraints[name] = value;
    },
    note: (name, value) => {
      notes[name] = value;
    },
  };
  return { trial, row: copy, close: writer.close };
}

/** The params that have codes, as values. */
export function paramsOf(
  { store }: Pick<Core, "store">,
  codes: Readonly<Record<string, number>>,
): Params {
  const entries = Object.entries(codes).flatMap(([name, code]) => {
    const spec = store.specs.get(name);
    return spec === undefined ? [] : [[name, valueAt(spec, code)] as const];
  });
  return Object.fromEntries(entries);
}

function checkReport(at: string, step: number, value: number): void {
  if (!(Number.isSafeInteger(step) && step >= 0))
    fail("tune/out-of-range-value", {
      at,
      expected: "a step that is a whole number ≥ 0",
      got: String(step),
    });
  if (typeof value !== "number")
    fail("tune/out-of-range-value", {
      at,
      expected: "a value that is a number",
      got: String(value),
    });
}

/** Keeps steps in order; a later report of a step takes the place of an earlier one. */
function insertStep(steps: [number, number][], step: number, value: number): void {
  const last = steps.at(-1);
  if (last === undefined || last[0] < step) {
    steps.push([step, value]);
    return;
  }
  const at = steps.findIndex(([other]) => other >= step);
  steps.splice(at, steps[at]?.[0] === step ? 1 : 0, [step, value]);
}

/** Writes a trial that is under way some time after it changed, once for all changes of that time. */
function gathered(core: Core, row: () => TrialRow): { changed: () => void; close: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let isClosed = !core.store.isShared;
  const write = async (): Promise<void> => {
    timer = undefined;
    if (!isClosed) await keep(core, row());
  };
  return {
    changed: () => {
      // What could not be written is written with the next change, or at the end, which tells of it.
      if (!isClosed) timer ??= setTimeout(() => void write().catch(() => undefined), gatherMs);
      timer?.unref();
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** A trial as users see it. */
export function recordOf(store: StudyStore, row: TrialRow): TrialRecord {
  const { number, state, values, constraints, error, interruptions, notes } = row;
  return {
    ...{ number, state, values, constraints, error, interruptions, notes },
    params: paramsOf({ store }, row.codes),
    value: values?.[0] ?? null,
    steps: row.steps.map(([step, value]) => ({ step, value })),
    isFeasible: violationOf(row) === 0,
    ...{ startedAtMs: row.startedAtMs, endedAtMs: row.endedAtMs, runId: row.runId },
  };
}
