/**
 * @file Growing deep trees, and trees by their best leaf: every node is a stretch of an index of rows. Nodes that will
 * be split for certain, or most likely, are split together, one by each thread; a split that turns out not to be among the best
 * is forgotten, so that the tree is the same for any number of threads.
 */
import { invariant } from "../../core/index.ts";
import {
  type Crew,
  controlOf,
  leafModes,
  mostWordTasks,
  writeLeafTask,
  writeTask,
} from "./crew.ts";
import type { Branch, TreeGrower } from "./growers.ts";
import type { BoostJob } from "./job.ts";
import type { Kernel } from "./kernel.ts";
import { taskRows } from "./layout.ts";
import { bareRoot, type Growing, type Search } from "./search.ts";

/** A node, where its record is, and its children once it is split. */
interface Open {
  readonly slot: number;
  readonly node: Growing;
  kids: readonly [Open, Open] | undefined;
  /** Whether the tree has the split. */
  taken: boolean;
}

/** Grows trees node by node. */
export function openLeaves(kernel: Kernel, crew: Crew, job: BoostJob, search: Search): TreeGrower {
  const { layout, options } = job;
  const all = options.rowSample === 1 && layout.trainRows === layout.rows;
  const batch = crew.threads === 1 ? 1 : 4 * crew.threads;
  const expansion = openExpansion(kernel, crew, job, search);
  let root: Open;

  const grow: TreeGrower["grow"] = (plane) => {
    const rows = kernel.code.fillIndex(plane, Number(all));
    root = expansion.root(rows);
    if (options.leaves > 0) growBest(plane);
    else growAll(plane);
    return branchOf(root);
  };
  const growAll = (plane: number): void => {
    const stack = root.node.split === undefined ? [] : [root];
    while (stack.length > 0) {
      const some = stack.splice(-Math.max(1, Math.min(batch, expansion.free())));
      expansion.expand(some, plane);
      for (const open of some) {
        open.taken = true;
        stack.push(...open.kids!.filter(({ node }) => node.split !== undefined));
      }
    }
  };
  const growBest = (plane: number): void => {
    const frontier: Open[] = [];
    insert(frontier, root);
    for (let leaves = 1; leaves < options.leaves; leaves++) {
      const top = frontier.at(-1);
      if (top === undefined) return;
      if (top.kids === undefined)
        expansion.expand(likely(frontier, options.leaves - leaves), plane);
      top.taken = true;
      frontier.pop();
      for (const kid of top.kids!) insert(frontier, kid);
    }
  };
  /** The nodes that are split next as far as one can see: first the best, which is certain. */
  const likely = (frontier: readonly Open[], budget: number): readonly Open[] => {
    const most = Math.max(1, Math.min(batch, expansion.free() - budget));
    if (most === 1) return frontier.slice(-1);
    const rest = frontier.slice(-budget);
    const some: Open[] = [];
    for (let left = budget; left > 0 && some.length < most; left--) {
      const next = rest.pop();
      if (next === undefined) break;
      if (next.kids === undefined) some.push(next);
      else for (const kid of next.kids) insert(rest, kid);
    }
    return some;
  };
  const begin: TreeGrower["begin"] = (plane, pack) => {
    const args = [leafModes.root | (pack ? leafModes.pack : 0)];
    crew.run({ pass: "leaf", step: taskRows, clearBytes: layout.buildBytes, plane, args });
  };
  const control = controlOf(kernel.memory, layout);
  const update: TreeGrower["update"] = (plane, leaves) => {
    for (let from = 0; from < leaves.length; from += mostWordTasks) {
      const some = leaves.slice(from, from + mostWordTasks);
      for (const [i, { key, value }] of some.entries()) {
        const { begin: start, count } = search.rowsOf(key);
        writeLeafTask(control, i, { begin: start, end: start + count, value });
      }
      crew.run({ pass: "leaves", tasks: some.length, plane });
    }
  };
  const rowsOf: TreeGrower["rowsOf"] = (leaves) =>
    leaves.map(({ key }) => {
      const { begin: start, count } = search.rowsOf(key);
      return new Uint32Array(kernel.memory.buffer, layout.index + 4 * start, count).slice();
    });
  return { begin, grow, update, rowsOf, settle: () => undefined };
}

/** Puts a node that can be split among others: the best are last; of equal gains the one further left and higher up is better. */
function insert(open: Open[], one: Open): void {
  if (one.node.split === undefined) return;
  let [low, high] = [0, open.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBetter(open[middle]!.node, one.node)) high = middle;
    else low = middle + 1;
  }
  open.splice(low, 0, one);
}

function isBetter(a: Growing, b: Growing): boolean {
  const more = a.split!.gain - b.split!.gain;
  return more > 0 || (more === 0 && a.path < b.path);
}

function branchOf({ node, kids, taken, slot }: Open): Branch {
  if (!taken || kids === undefined) return { node, key: slot, kids: undefined };
  return { node, key: -1, kids: () => [branchOf(kids[0]), branchOf(kids[1])] };
}

/** Splits nodes: one by each thread, or a large one by all threads together. */
function openExpansion(kernel: Kernel, crew: Crew, job: BoostJob, search: Search) {
  const { layout, options } = job;
  const control = controlOf(kernel.memory, layout);
  const partials = new Uint32Array(kernel.memory.buffer, layout.partials, 4 * Math.ceil(layout.rows / taskRows)); // biome-ignore format: one line
  let slots = 0;
  let freeHistograms: number[] = [];

  const openNode = (slot: number, node: Growing): Open => ({ slot, node, kids: undefined, taken: false }); // biome-ignore format: one line
  const root = (rows: number): Open => {
    slots = 1;
    freeHistograms = Array.from({ length: layout.histogramCount }, (_, i) => search.histogramOf(i));
    search.setRows(0, 0, rows);
    search.setHistogram(0, freeHistograms.pop()!);
    search.ask(0, bareRoot, true);
    writeTask(control, 0, [0, 0, search.recordOf(0), 0]);
    crew.run({ pass: "scan", tasks: 1 });
    return openNode(0, search.answer(0, bareRoot));
  };
  const expand = (nodes: readonly Open[], plane: number): void => {
    const total = nodes.reduce((sum, { slot }) => sum + search.rowsOf(slot).count, 0);
    const isLarge = ({ slot }: Open): boolean =>
      crew.threads > 1 &&
      search.rowsOf(slot).count >= 4 * taskRows &&
      search.rowsOf(slot).count * crew.threads > 1.5 * total;
    const begun = nodes.map((open, i) => ({ open, ...begin(open, i) }));
    const small = begun.filter(({ open }) => !isLarge(open));
    for (const [i, { open, left, route, fresh }] of small.entries())
      writeTask(control, i, [search.recordOf(open.slot), search.recordOf(left), search.recordOf(left + 1), route, fresh]); // biome-ignore format: one line
    if (small.length > 0) crew.run({ pass: "expand", tasks: small.length, plane });
    for (const one of begun) if (isLarge(one.open)) expandTogether(one, plane);
    for (const one of begun) finish(one);
  };
  const begin = (open: Open, place: number) => {
    const split = open.node.split!;
    const kids = search.children(open.node, split);
    const searched = kids[0].depth < options.depth;
    const left = slots;
    slots += 2;
    for (const [i, kid] of kids.entries()) search.ask(left + i, kid, searched);
    const fresh = freeHistograms.pop();
    invariant(fresh !== undefined, "a histogram is free for each node that is split");
    return { left, kids, searched, route: search.writeRoute(place, split), fresh };
  };
  type Begun = { readonly open: Open } & ReturnType<typeof begin>;
  const finish = ({ open, left, kids, searched, fresh }: Begun): void => {
    const nodes = kids.map((kid, i) => (searched ? search.answer(left + i, kid) : kid));
    open.kids = [openNode(left, nodes[0]!), openNode(left + 1, nodes[1]!)];
    if (!searched) freeHistograms.push(fresh, search.histogramAt(open.slot));
    else
      for (const { slot, node } of open.kids)
        if (node.split === undefined) freeHistograms.push(search.histogramAt(slot));
  };
  /** All threads sort the rows of one node, then add those of its smaller child. */
  const expandTogether = ({ open, left, route, fresh, searched }: Begun, plane: number): void => {
    const { begin: start, count } = search.rowsOf(open.slot);
    const stretch = { begin: start, end: start + count, step: taskRows };
    crew.run({ ...stretch, pass: "count", args: [route] });
    const tasks = Math.ceil(count / taskRows);
    let lefts = 0;
    for (let i = 0; i < tasks; i++) lefts += partials[4 * i]!;
    let [toLeft, toRight] = [start, start + lefts];
    for (let i = 0; i < tasks; i++) {
      const own = partials[4 * i]!;
      partials[4 * i] = toLeft;
      partials[4 * i + 1] = toRight;
      toLeft += own;
      toRight += Math.min(taskRows, count - i * taskRows) - own;
    }
    crew.run({ ...stretch, pass: "write", args: [route] });
    crew.run({ ...stretch, pass: "copy" });
    search.setRows(left, start, lefts);
    search.setRows(left + 1, start + lefts, count - lefts);
    if (!searched) return;
    const [small, large] = 2 * lefts <= count ? [left, left + 1] : [left + 1, left];
    const parent = search.histogramAt(open.slot);
    search.setHistogram(small, fresh);
    search.setHistogram(large, parent);
    const rows = search.rowsOf(small);
    const { buildBytes: clearBytes } = layout;
    crew.run({ pass: "gather", begin: rows.begin, end: rows.begin + rows.count, step: taskRows, clearBytes, plane }); // biome-ignore format: one line
    writeTask(control, 0, [0, parent, search.recordOf(small), search.recordOf(large)]);
    crew.run({ pass: "scan", tasks: 1 });
  };
  return { root, expand, free: () => freeHistograms.length };
}
