/**
 * @file Sharing passes among threads. One thread leads: it announces a pass with its number of
 * tasks; every thread, the leader too, takes the next task until none is left; the leader goes on
 * when all are done. A crew of one is a plain loop.
 */
import type { WasmMemory } from "../adapter/web-assembly.ts";
import { fail } from "../errors.ts";
import type { Kernel, KernelCode } from "./kernel.ts";
import type { Layout } from "./layout.ts";
import { controlWords } from "./layout.ts";

/** What a leaf pass does, as flags. */
export const leafModes = { update: 1, pack: 2, root: 4 } as const;
/** Why the crew stops before its work is done. */
export const stops = { none: 0, done: 1, failed: 2 } as const;

// Words of the control block. Heartbeats begin at 32, words of tasks at 64.
const epochWord = 0; // grows by one with each pass
const nextWord = 1; // the first task that nobody has taken
const tasksWord = 2;
const finishedWord = 3; // how many hands have found no more tasks
const stopWord = 4;
const passWord = 5;
const stepWord = 6; // rows in a task
const clearWord = 7; // bytes of its set that a thread clears before its first task
const maskWord = 8; // which threads have put something in their set
const beginWord = 9; // rows of the pass
const endWord = 10;
const planeWord = 11; // output that the pass is of
const argWords = 12; // up to four arguments of the pass
const factorWord = 16; // a 32-bit real argument
const readyWord = 17; // 1 once the rows are in bins
const addedWord = 18; // tasks of a queue so far, and the flag that no more come
const queueWord = 19; // 1 while the pass is a queue
const doneWord = 20; // tasks of a queue that are done
const heartbeatWord = 32;
const taskWord = 64;
const spins = 2000; // looks at a word before going to sleep on it

const noMore = 2 ** 30; // in addedWord

/** Words that a task may have of its own, and most tasks that may have some. The last says of a queue's task that it is done. */
const wordsOfTask = 6;
const doneMark = wordsOfTask - 1;
export const mostWordTasks = Math.floor((controlWords - taskWord) / wordsOfTask);

/** What a thread reads of its task; the same object for one task after the other. */
interface Task {
  task: number;
  from: number;
  to: number;
  readonly thread: number;
  plane: number;
  /** An argument of the pass. */
  readonly arg: (i: number) => number;
  /** A word of the task. */
  readonly word: (i: number) => number;
  /** A word of the task, as a 32-bit real. */
  readonly real: (i: number) => number;
  readonly factor: () => number;
  readonly mask: () => number;
}

/** What a task of each pass does. The order is that of the numbers in the control block. */
const passes = {
  level: (code: KernelCode, { from, to, thread, plane, arg }: Task) =>
    code.levelPass(from, to, thread, plane, arg(0)),
  leaf: (code: KernelCode, { from, to, thread, plane, arg }: Task) =>
    code.leafPass(from, to, thread, arg(0), plane, arg(1)),
  scan: (code: KernelCode, { word, thread, mask }: Task) =>
    code.scanPair(mask(), word(0), word(1), word(2), word(3), thread),
  measure: (code: KernelCode, { from, to, task }: Task) => code.measureGradients(from, to, task),
  quantise: (code: KernelCode, { from, to }: Task) => code.quantiseGradients(from, to),
  expand: (code: KernelCode, { word, thread, plane }: Task) =>
    code.expandNode(word(0), word(1), word(2), word(3), word(4), thread, plane),
  gather: (code: KernelCode, { from, to, thread, plane }: Task) =>
    code.gatherRows(from, to, thread, plane),
  sort: (code: KernelCode, { from, to, task, arg }: Task) => code.sortSides(arg(0), from, to, task),
  place: (code: KernelCode, { from, to, task }: Task) => code.placeSides(from, to, task),
  leaves: (code: KernelCode, { word, real, plane }: Task) =>
    code.addLeafRows(word(0), word(1), real(2), plane),
  walk: (code: KernelCode, { from, to, plane, arg, factor }: Task) =>
    code.addTree(arg(0), from, to, factor(), plane, arg(1)),
} as const;

type PassName = keyof typeof passes;
const passNames = Object.keys(passes) as PassName[];

/** One pass, as the leader announces it. */
export interface Pass {
  readonly pass: PassName;
  /** Default: as many as the rows have steps. */
  readonly tasks?: number;
  /** Rows in a task; 0 where tasks are not row ranges. */
  readonly step?: number;
  /** Rows of the pass. Default all. */
  readonly begin?: number;
  readonly end?: number;
  readonly clearBytes?: number;
  readonly plane?: number;
  readonly args?: readonly number[];
  readonly factor?: number;
}

/** The control block of a layout, as int32 words. */
export function controlOf(memory: WasmMemory, layout: Layout): Int32Array {
  return new Int32Array(memory.buffer, layout.control, controlWords);
}

/** Writes the words of a task of a scan (built, parent, small, large). */
export function writeTask(control: Int32Array, task: number, words: readonly number[]): void {
  control.set(words, taskWord + wordsOfTask * task);
}

/** Writes the words of a task that adds a leaf's value to its rows. */
export function writeLeafTask(
  control: Int32Array,
  task: number,
  { begin, end, value }: { readonly begin: number; readonly end: number; readonly value: number },
): void {
  writeTask(control, task, [begin, end]);
  const at = taskWord + wordsOfTask * task + 2;
  new Float32Array(control.buffer, control.byteOffset, controlWords)[at] = value;
}

/** Tells every thread to leave, and wakes those asleep. */
export function stopCrew(control: Int32Array, why: number): void {
  Atomics.compareExchange(control, stopWord, stops.none, why);
  Atomics.add(control, epochWord, 1);
  Atomics.notify(control, epochWord);
  Atomics.notify(control, finishedWord);
  Atomics.notify(control, readyWord);
}

/** Tells the leader that it may begin. */
export function allowStart(control: Int32Array): void {
  Atomics.store(control, readyWord, 1);
  Atomics.notify(control, readyWord);
}

/** Waits until the leader may begin; whether it may, or was told to stop. */
export function awaitStart(control: Int32Array): boolean {
  while (Atomics.load(control, readyWord) === 0 && !isStopped(control))
    Atomics.wait(control, readyWord, 0, 1000);
  return !isStopped(control);
}

/** Whether somebody has told the crew to stop. */
export function isStopped(control: Int32Array): boolean {
  return Atomics.load(control, stopWord) !== stops.none;
}

/** Tasks that the leader adds while others are under way: each thread takes the oldest that nobody has taken. */
export interface TaskQueue {
  /** Adds a task of some words; gives its number. At most as many as there are places may be under way. */
  add(words: readonly number[]): number;
  isDone(task: number): boolean;
  /** Does a task that nobody has taken, or waits until some task is done that was not when `done` were. */
  help(done: number): void;
  /** How many tasks are done. */
  done(): number;
  /** Lets the hands go, once all tasks are done. */
  close(): void;
}

/** What the leader runs passes with. */
export interface Crew {
  readonly threads: number;
  run(pass: Pass): void;
  /** Begins a pass whose tasks come one by one, with so many places for their words. */
  queue(pass: PassName, plane: number, places: number): TaskQueue;
}

/** The leader's side; `stallMs` without a sign of life from any hand is an error, not a hang. */
export function leadCrew(kernel: Kernel, layout: Layout, stallMs = 60_000): Crew {
  const control = controlOf(kernel.memory, layout);
  const reals = new Float32Array(control.buffer, control.byteOffset, controlWords);
  const { drain, takeOne } = openTasks(kernel, layout, 0);
  const hands = layout.threads - 1;
  const announce = (): void => {
    Atomics.add(control, epochWord, 1); // all that was written before is seen by whoever sees this
    if (hands > 0) Atomics.notify(control, epochWord);
  };
  const run = ({ pass, step = 0, clearBytes = 0, plane = 0, ...more }: Pass): void => {
    const { begin = 0, end = layout.rows, args = [], factor = 0 } = more;
    const tasks = more.tasks ?? Math.ceil((end - begin) / step);
    control[passWord] = passNames.indexOf(pass);
    control[stepWord] = step;
    control[beginWord] = begin;
    control[endWord] = end;
    control[planeWord] = plane;
    control.set(args, argWords);
    reals[factorWord] = factor;
    control[clearWord] = clearBytes;
    if (clearBytes > 0) control[maskWord] = 0;
    control[tasksWord] = tasks;
    control[finishedWord] = 0;
    control[queueWord] = 0;
    Atomics.store(control, nextWord, 0);
    announce();
    drain();
    if (hands > 0) awaitAll(control, { word: finishedWord, enough: hands, hands, stallMs });
  };
  const queue: Crew["queue"] = (pass, plane, places) => {
    control[passWord] = passNames.indexOf(pass);
    control[stepWord] = 0;
    control[planeWord] = plane;
    control[tasksWord] = places;
    control[finishedWord] = 0;
    control[queueWord] = 1;
    for (const word of [nextWord, addedWord, doneWord]) Atomics.store(control, word, 0);
    announce();
    let added = 0;
    return {
      add: (words) => {
        const place = added % places;
        writeTask(control, place, words);
        control[taskWord + wordsOfTask * place + doneMark] = 0;
        Atomics.store(control, addedWord, ++added);
        if (hands > 0) Atomics.notify(control, addedWord);
        return added - 1;
      },
      isDone: (task) =>
        Atomics.load(control, taskWord + wordsOfTask * (task % places) + doneMark) === 1,
      done: () => Atomics.load(control, doneWord),
      help: (done) => {
        if (!takeOne()) awaitAll(control, { word: doneWord, enough: done + 1, hands, stallMs });
      },
      close: () => {
        Atomics.or(control, addedWord, noMore);
        if (hands === 0) return;
        Atomics.notify(control, addedWord);
        awaitAll(control, { word: finishedWord, enough: hands, hands, stallMs });
      },
    };
  };
  return { threads: layout.threads, run, queue };
}

/** A hand's side: takes part in every pass until told to stop. Returns then. */
export function joinCrew(kernel: Kernel, layout: Layout, thread: number): void {
  const control = controlOf(kernel.memory, layout);
  const { drain } = openTasks(kernel, layout, thread);
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

interface Awaited {
  /** A word that the hands count up, and when it is enough. */
  readonly word: number;
  readonly enough: number;
  readonly hands: number;
  readonly stallMs: number;
}

function awaitAll(control: Int32Array, { word, enough, hands, stallMs }: Awaited): void {
  let [life, since] = [-1, performance.now()];
  for (let spin = 0; ; spin++) {
    const now = Atomics.load(control, word);
    if (now >= enough || isStopped(control)) return;
    if (spin < spins) continue;
    Atomics.wait(control, word, now, Math.min(1000, stallMs));
    const beats = heartbeats(control, hands);
    if (beats !== life) [life, since] = [beats, performance.now()];
    else if (performance.now() - since > stallMs) {
      const finished = Atomics.load(control, finishedWord);
      fail("tensor/timed-out-worker", { finished, workers: hands, seconds: stallMs / 1000 });
    }
  }
}

function heartbeats(control: Int32Array, hands: number): number {
  let sum = Atomics.load(control, finishedWord);
  for (let thread = 1; thread <= hands; thread++)
    sum += Atomics.load(control, heartbeatWord + thread);
  return sum;
}

/** How a thread takes tasks of the announced pass: all until none is left, or the next of a queue, if there is one. */
function openTasks(kernel: Kernel, layout: Layout, thread: number) {
  const control = controlOf(kernel.memory, layout);
  const reals = new Float32Array(control.buffer, control.byteOffset, controlWords);
  const { code } = kernel;
  const now: Task = {
    ...{ task: 0, from: 0, to: 0, thread, plane: 0 },
    arg: (i) => control[argWords + i]! >>> 0,
    word: (i) => control[taskWord + wordsOfTask * now.task + i]! >>> 0,
    real: (i) => reals[taskWord + wordsOfTask * now.task + i]!,
    factor: () => reals[factorWord]!,
    mask: () => control[maskWord]!,
  };
  const perform = (task: number): void => {
    const step = control[stepWord]!;
    now.task = task;
    now.from = control[beginWord]! + task * step;
    now.to = Math.min(control[endWord]!, now.from + step);
    now.plane = control[planeWord]!;
    passes[passNames[control[passWord]!]!](code, now);
  };
  const takeOne = (): boolean => {
    for (;;) {
      const task = Atomics.load(control, nextWord);
      if (task >= (Atomics.load(control, addedWord) & (noMore - 1))) return false;
      if (Atomics.compareExchange(control, nextWord, task, task + 1) !== task) continue;
      const place = task % control[tasksWord]!;
      perform(place);
      Atomics.store(control, taskWord + wordsOfTask * place + doneMark, 1);
      Atomics.add(control, heartbeatWord + thread, 1);
      Atomics.add(control, doneWord, 1);
      Atomics.notify(control, doneWord);
      return true;
    }
  };
  const drainQueue = (): void => {
    for (;;) {
      while (takeOne());
      const added = Atomics.load(control, addedWord);
      if ((added & noMore) !== 0 || isStopped(control)) return;
      for (let spin = 0; Atomics.load(control, addedWord) === added; spin++)
        if (spin > spins) {
          Atomics.wait(control, addedWord, added, 1000);
          break;
        }
    }
  };
  const drainPass = (): void => {
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
  const drain = (): void => {
    if (control[queueWord] === 1) drainQueue();
    else drainPass();
  };
  return { drain, takeOne };
}
