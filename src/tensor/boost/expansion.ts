/**
 * @file Splitting nodes whose rows are stretches of an index: one by each thread, in a queue that the leader fills while hands work,
 * or a large one by all threads together.
 */
import { invariant } from "../../core/index.ts";
import { type Crew, controlOf, type TaskQueue, writeTask } from "./crew.ts";
import type { BoostJob } from "./job.ts";
import type { Kernel } from "./kernel.ts";
import { taskRows } from "./layout.ts";
import { bareRoot, type Growing, type Search } from "./search.ts";

/** A node, where its record is, and its children once it is split. */
export interface Open {
  readonly slot: number;
  readonly node: Growing;
  kids: readonly [Open, Open] | undefined;
  /** Whether it is with the threads. */
  begun: boolean;
  /** Whether the tree has the split. */
  taken: boolean;
}

/** Splits the nodes of one tree after the other. */
export interface Expansion {
  /** The root of a tree of so many rows, for an output. */
  root(rows: number, plane: number): Open;
  /** How many nodes can still be split: each takes a histogram, and two records. */
  room(): number;
  /** How many nodes have been begun, and not been given back by `advance`. */
  underWay(): number;
  /** Begins with a node, unless it has been begun; `rows` are those of all nodes that may be begun with soon. */
  begin(open: Open, rows: number): void;
  /** Works, or waits, until a node more has children; gives all that have got some. */
  advance(): readonly Open[];
  /** Waits for all that is under way. Other passes may run then. */
  settle(): void;
  rowsOf(open: Open): number;
}

/** Opens it in the leading thread. */
export function openExpansion(
  kernel: Kernel,
  crew: Crew,
  job: BoostJob,
  search: Search,
): Expansion {
  const { layout, options } = job;
  const control = controlOf(kernel.memory, layout);
  const partials = new Uint32Array(
    kernel.memory.buffer,
    layout.partials,
    4 * Math.ceil(layout.rows / taskRows),
  );
  let [slots, plane, added] = [0, 0, 0];
  let freeHistograms: number[] = [];
  let queue: TaskQueue | undefined;
  let finished: Open[] = [];
  let pending: { readonly begun: Begun; readonly task: number }[] = [];

  const openNode = (slot: number, node: Growing): Open => ({
    slot,
    node,
    kids: undefined,
    begun: false,
    taken: false,
  });
  const rowsOf = ({ slot }: Open): number => search.rowsOf(slot).count;
  const root: Expansion["root"] = (rows, ofPlane) => {
    [slots, plane, finished] = [1, ofPlane, []];
    freeHistograms = Array.from({ length: layout.histogramCount }, (_, i) => search.histogramOf(i));
    search.setRows(0, 0, rows);
    search.setHistogram(0, freeHistograms.pop()!);
    search.ask(0, bareRoot, true);
    writeTask(control, 0, [0, 0, search.recordOf(0), 0]);
    crew.run({ pass: "scan", tasks: 1 });
    return openNode(0, search.answer(0, bareRoot));
  };
  const prepare = (open: Open, place: number) => {
    const split = open.node.split!;
    const kids = search.children(open.node, split);
    const searched = kids[0].depth < options.depth;
    const left = slots;
    slots += 2;
    search.ask(left, kids[0], searched);
    search.ask(left + 1, kids[1], searched);
    const fresh = freeHistograms.pop();
    invariant(fresh !== undefined, "a histogram is free for each node that is split");
    open.begun = true;
    return { open, left, kids, searched, route: search.writeRoute(place, split), fresh };
  };
  type Begun = ReturnType<typeof prepare>;
  const begin: Expansion["begin"] = (open, rows) => {
    if (open.begun) return;
    const own = rowsOf(open);
    if (crew.threads > 1 && own >= 4 * taskRows && own * crew.threads > 1.5 * rows) {
      settle();
      const begun = prepare(open, 0);
      splitTogether(begun);
      finish(begun);
      return;
    }
    queue ??= crew.queue("expand", plane, layout.routeCount);
    // a place is free again when its task is done; a large node may take longer than all that came after it
    while (added - (pending[0]?.task ?? added) >= layout.routeCount) work(queue);
    const begun = prepare(open, added % layout.routeCount);
    const { left, route, fresh } = begun;
    const task = queue.add([
      search.recordOf(open.slot),
      search.recordOf(left),
      search.recordOf(left + 1),
      route,
      fresh,
    ]);
    added = task + 1;
    pending.push({ begun, task });
  };
  /** Finishes what is done; where nothing is, works or waits until something is. */
  const work = (tasks: TaskQueue): void => {
    const isDone = ({ task }: { readonly task: number }): boolean => tasks.isDone(task);
    for (let seen = tasks.done(); !pending.some(isDone); seen = tasks.done()) tasks.help(seen);
    const done = pending.filter(isDone);
    pending = pending.filter((one) => !done.includes(one));
    for (const { begun } of done) finish(begun);
  };
  const advance: Expansion["advance"] = () => {
    if (queue !== undefined && finished.length === 0) work(queue);
    const some = finished;
    finished = [];
    return some;
  };
  const settle = (): void => {
    if (queue === undefined) return;
    while (pending.length > 0) work(queue);
    queue.close();
    [queue, added] = [undefined, 0];
  };
  const finish = ({ open, left, kids, searched, fresh }: Begun): void => {
    const nodes = searched
      ? [search.answer(left, kids[0]), search.answer(left + 1, kids[1])]
      : kids;
    open.kids = [openNode(left, nodes[0]!), openNode(left + 1, nodes[1]!)];
    if (!searched) freeHistograms.push(fresh, search.histogramAt(open.slot));
    else
      for (const { slot, node } of open.kids)
        if (node.split === undefined) freeHistograms.push(search.histogramAt(slot));
    finished.push(open);
  };
  /** All threads sort the rows of one node, then add those of its smaller child. */
  const splitTogether = ({ open, left, route, fresh, searched }: Begun): void => {
    const { begin: start, count } = search.rowsOf(open.slot);
    const stretch = { begin: start, end: start + count, step: taskRows };
    crew.run({ ...stretch, pass: "sort", args: [route] });
    const tasks = Math.ceil(count / taskRows);
    let lefts = 0;
    for (let i = 0; i < tasks; i++) lefts += partials[4 * i]!;
    let [toLeft, toRight] = [start, start + lefts];
    for (let i = 0; i < tasks; i++) {
      const own = partials[4 * i]!;
      partials[4 * i + 1] = toLeft;
      partials[4 * i + 2] = toRight;
      toLeft += own;
      toRight += Math.min(taskRows, count - i * taskRows) - own;
    }
    crew.run({ ...stretch, pass: "place" });
    search.setRows(left, start, lefts);
    search.setRows(left + 1, start + lefts, count - lefts);
    if (!searched) return;
    const [small, large] = 2 * lefts <= count ? [left, left + 1] : [left + 1, left];
    const parent = search.histogramAt(open.slot);
    search.setHistogram(small, fresh);
    search.setHistogram(large, parent);
    const rows = search.rowsOf(small);
    const { buildBytes: clearBytes } = layout;
    crew.run({
      pass: "gather",
      begin: rows.begin,
      end: rows.begin + rows.count,
      step: taskRows,
      clearBytes,
      plane,
    });
    writeTask(control, 0, [0, parent, search.recordOf(small), search.recordOf(large)]);
    crew.run({ pass: "scan", tasks: 1 });
  };
  const room = (): number => Math.min(freeHistograms.length, (layout.recordCount - slots) >> 1);
  return {
    root,
    room,
    underWay: () => pending.length + finished.length,
    begin,
    advance,
    settle,
    rowsOf,
  };
}
