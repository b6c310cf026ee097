/**
 * @file Sharing passes among threads. One thread leads: it announces a pass with its number of
 * tasks; every thread, the leader too, takes the next task until none is left; the leader goes on
 * when all are done. A crew of one is a plain loop.
 */
import type { WasmMemory } from "../adapter/web-assembly.ts";
import { fail } from "../errors.ts";
import type { Kernel } from "./kernel.ts";
import type { Layout } from "./layout.ts";
import { controlWords } from "./layout.ts";

/** What a pass does; its tasks are row ranges (level, leaf) or pairs of siblings (scan). */
export const passes = { level: 0, leaf: 1, scan: 2 } as const;
/** What a leaf pass does, as flags. */
export const leafModes = { update: 1, renew: 2 } as const;
/** Why the crew stops before its work is done. */
export const stops = { none: 0, done: 1, failed: 2 } as const;

// Words of the control block. Heartbeats begin at 16, scan tasks of six words at 64.
const epochWord = 0; // grows by one with each pass
const nextWord = 1; // the first task that nobody has taken
const tasksWord = 2;
const finishedWord = 3; // how many hands have found no more tasks
const stopWord = 4;
const passWord = 5;
const stepWord = 6; // rows in a task
const clearWord = 7; // bytes of its set that a thread clears before its first task
const maskWord = 8; // which threads have put something in their set
const modeWord = 9;
const heartbeatWord = 16;
const scanWord = 64;
const spins = 2000; // looks at a word before going to sleep on it

/** One pass, as the leader announces it. */
export interface Pass {
  readonly pass: number;
  readonly tasks: number;
  /** Rows in a task; 0 where tasks are not row ranges. */
  readonly step?: number;
  readonly clearBytes?: number;
  readonly mode?: number;
}

/** The control block of a layout, as int32 words. */
export function controlOf(memory: WasmMemory, layout: Layout): Int32Array {
  return new Int32Array(memory.buffer, layout.control, controlWords);
}

/** Writes the words of one scan task: built, parent, small, large, smallSplit, largeSplit. */
export function writeScan(control: Int32Array, task: number, words: readonly number[]): void {
  control.set(words, scanWord + 6 * task);
}

/** Tells every thread to leave, and wakes those asleep. */
export function stopCrew(control: Int32Array, why: number): void {
  Atomics.compareExchange(control, stopWord, stops.none, why);
  Atomics.add(control, epochWord, 1);
  Atomics.notify(control, epochWord);
  Atomics.notify(control, finishedWord);
}

/** Whether somebody has told the crew to stop. */
export function isStopped(control: Int32Array): boolean {
  return Atomics.load(control, stopWord) !== stops.none;
}

/** What the leader runs passes with. */
export interface Crew {
  run(pass: Pass): void;
}

/** The leader's side; `stallMs` without a sign of life from any hand is an error, not a hang. */
export function leadCrew(kernel: Kernel, layout: Layout, stallMs = 60_000): Crew {
  const control = controlOf(kernel.memory, layout);
  const drain = drainer(kernel, layout, 0);
  const hands = layout.threads - 1;
  const run = ({ pass, tasks, step = 0, clearBytes = 0, mode = 0 }: Pass): void => {
    control[passWord] = pass;
    control[stepWord] = step;
    control[clearWord] = clearBytes;
    control[modeWord] = mode;
    if (clearBytes > 0) control[maskWord] = 0;
    control[tasksWord] = tasks;
    control[finishedWord] = 0;
    Atomics.store(control, nextWord, 0);
    Atomics.add(control, epochWord, 1); // all of the above is seen by whoever sees this
    if (hands > 0) Atomics.notify(control, epochWord);
    drain();
    if (hands > 0) awaitHands(control, hands, stallMs);
  };
  return { run };
}

/** A hand's side: takes part in every pass until told to stop. Returns then. */
export function joinCrew(kernel: Kernel, layout: Layout, thread: number): void {
  const control = controlOf(kernel.memory, layout);
  const drain = drainer(kernel, layout, thread);
  for (let epoch = 0; ; ) {
    for (let spin = 0; Atomics.load(control, epochWord) === epoch; spin++)
      if (spin > spins) Atomics.wait(control, epochWord, epoch, 1000);
    if (isStopped(control)) return;
    epoch++; // the leader waits for every hand, so no pass is ever missed
    drain();
    Atomics.add(control, finishedWord, 1);
    Atomics.notify(control, finishedWord);
  }
}

function awaitHands(control: Int32Array, hands: number, stallMs: number): void {
  let [life, since] = [-1, performance.now()];
  for (let spin = 0; ; spin++) {
    const finished = Atomics.load(control, finishedWord);
    if (finished === hands || isStopped(control)) return;
    if (spin < spins) continue;
    Atomics.wait(control, finishedWord, finished, Math.min(1000, stallMs));
    const beats = heartbeats(control, hands);
    if (beats !== life) [life, since] = [beats, performance.now()];
    else if (performance.now() - since > stallMs)
      fail("tensor/timed-out-worker", { finished, workers: hands, seconds: stallMs / 1000 });
  }
}

function heartbeats(control: Int32Array, hands: number): number {
  let sum = Atomics.load(control, finishedWord);
  for (let thread = 1; thread <= hands; thread++)
    sum += Atomics.load(control, heartbeatWord + thread);
  return sum;
}

/** Takes tasks of the announced pass until none is left. */
function drainer(kernel: Kernel, layout: Layout, thread: number): () => void {
  const control = controlOf(kernel.memory, layout);
  const { code } = kernel;
  const perform = (task: number): void => {
    const pass = control[passWord];
    const from = task * control[stepWord]!;
    const to = Math.min(layout.rows, from + control[stepWord]!);
    if (pass === passes.level) code.levelPass(from, to, thread);
    else if (pass === passes.leaf) code.leafPass(from, to, thread, control[modeWord]!);
    else {
      const at = scanWord + 6 * task;
      const word = (i: number): number => control[at + i]! >>> 0;
      code.scanPair(control[maskWord]!, word(0), word(1), word(2), word(3), word(4), word(5));
    }
  };
  return () => {
    let used = false;
    for (;;) {
      const task = Atomics.add(control, nextWord, 1);
      if (task >= control[tasksWord]!) return;
      if (!used && control[clearWord]! > 0) {
        code.clearSet(thread, control[clearWord]!);
        Atomics.or(control, maskWord, 1 << thread);
      }
      used = true;
      perform(task);
      Atomics.add(control, heartbeatWord + thread, 1);
    }
  };
}
