/**
 * @file Growing deep trees, and trees by their best leaf: every node is a stretch of an index of rows. Nodes that will
 * be split for certain, or most likely, are split meanwhile, one by each thread; a split that turns out not to be among the best
 * is forgotten, so that the tree is the same for any number of threads.
 */
import { type Crew, controlOf, leafModes, mostWordTasks, writeLeafTask } from "./crew.ts";
import { type Open, openExpansion } from "./expansion.ts";
import type { Branch, TreeGrower } from "./growers.ts";
import type { BoostJob } from "./job.ts";
import type { Kernel } from "./kernel.ts";
import { taskRows } from "./layout.ts";
import type { Growing, Search } from "./search.ts";

/** Grows trees node by node. */
export function openLeaves(kernel: Kernel, crew: Crew, job: BoostJob, search: Search): TreeGrower {
  const { layout, options } = job;
  const all = options.rowSample === 1 && layout.trainRows === layout.rows;
  const ahead = crew.threads === 1 ? 1 : 2 * crew.threads; // nodes that are under way, at most
  const expansion = openExpansion(kernel, crew, job, search);
  let root: Open;

  const grow: TreeGrower["grow"] = (plane) => {
    const rows = kernel.code.fillIndex(plane, Number(all));
    root = expansion.root(rows, plane);
    if (options.leaves > 0) growBest();
    else growAll();
    expansion.settle();
    return branchOf(root);
  };
  const growAll = (): void => {
    const stack = root.node.split === undefined ? [] : [root];
    const follow = (open: Open): void => {
      open.taken = true;
      stack.push(...open.kids!.filter(({ node }) => node.split !== undefined));
    };
    while (stack.length > 0 || expansion.underWay() > 0) {
      const under = expansion.underWay();
      const most = Math.max(under === 0 ? 1 : 0, Math.min(ahead - under, expansion.room()));
      const some = most > 0 ? stack.splice(-most) : [];
      const rows = rowsIn(some);
      for (const open of some) expansion.begin(open, rows);
      for (const open of expansion.advance()) follow(open);
    }
  };
  const growBest = (): void => {
    const frontier: Open[] = [];
    insert(frontier, root);
    for (let leaves = 1; leaves < options.leaves; leaves++) {
      const top = frontier.at(-1);
      if (top === undefined) return;
      while (top.kids === undefined) {
        if (!top.begun || expansion.underWay() <= crew.threads)
          beginLikely(frontier, options.leaves - leaves);
        if (top.kids === undefined) expansion.advance();
      }
      top.taken = true;
      frontier.pop();
      for (const kid of top.kids) insert(frontier, kid);
    }
  };
  const beginLikely = (frontier: readonly Open[], budget: number): void => {
    const some = likely(frontier, budget);
    const rows = rowsIn(some);
    for (const open of some) expansion.begin(open, rows);
  };
  /** The nodes that are split next as far as one can see: first the best, which is certain. */
  const likely = (frontier: readonly Open[], budget: number): readonly Open[] => {
    const most = Math.min(ahead, expansion.room() - budget);
    if (most <= 1) return frontier.slice(-1);
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
  const rowsIn = (some: readonly Open[]): number =>
    some.reduce((sum, open) => sum + expansion.rowsOf(open), 0);
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
