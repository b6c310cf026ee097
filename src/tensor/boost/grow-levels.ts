/** @file Growing a shallow tree, a level at a time: every pass reads all rows in order. */
import { type Crew, controlOf, leafModes, writeTask } from "./crew.ts";
import type { Branch, TreeGrower } from "./growers.ts";
import type { BoostJob } from "./job.ts";
import type { Kernel } from "./kernel.ts";
import { taskRows } from "./layout.ts";
import { bareRoot, type Growing, type Search } from "./search.ts";

/** Grows complete levels; what a finished tree adds to the margins may wait for the next tree's first pass. */
export function openLevels(kernel: Kernel, crew: Crew, job: BoostJob, search: Search): TreeGrower {
  const { layout, options } = job;
  const { buffer } = kernel.memory;
  const control = controlOf(kernel.memory, layout);
  const half = layout.histogramCount / 2; // even levels in the first half, odd in the second
  const histogram = (depth: number, i: number): number =>
    search.histogramOf((depth % 2) * half + i);
  let waiting: number | undefined; // the output whose margins lack the last tree

  const leafPass = (mode: number, plane: number): void => {
    const clearBytes = (mode & leafModes.root) === 0 ? 0 : layout.buildBytes;
    const args = [mode, 2 ** (options.depth - 1)];
    crew.run({ pass: "leaf", step: taskRows, clearBytes, plane, args });
  };
  const begin = (plane: number, pack: boolean): void => {
    const update = waiting === plane ? leafModes.update : 0;
    if (update === 0) settle();
    waiting = undefined;
    leafPass(update | (pack ? leafModes.pack : 0) | leafModes.root, plane);
  };
  const settle = (): void => {
    if (waiting !== undefined) leafPass(leafModes.update, waiting);
    waiting = undefined;
  };
  const root = (): Growing => {
    search.setRows(0, 0, layout.trainRows);
    search.setHistogram(0, histogram(0, 0));
    search.ask(0, bareRoot, true);
    writeTask(control, 0, [0, 0, search.recordOf(0), 0]);
    crew.run({ pass: "scan", tasks: 1 });
    return search.answer(0, bareRoot);
  };
  /** Moves rows from the nodes of a level to their children, and finds the children's splits. */
  const descend = (depth: number, nodes: readonly Growing[], plane: number): Growing[] => {
    const children = nodes.flatMap((node) =>
      node.split === undefined ? [node, node] : search.children(node, node.split),
    );
    const placeOf = (i: number): number => reversed(i, depth);
    for (const [i, node] of nodes.entries()) search.writeRoute(placeOf(i), node.split);
    if (depth + 1 === options.depth) return children;
    let tasks = 0;
    for (const [i, { split }] of nodes.entries()) {
      if (split === undefined) continue;
      const right = split.right.hessian < split.left.hessian ? 1 : 0; // build the lighter child
      const [small, large] = [2 * i + right, 2 * i + 1 - right];
      const built = tasks * layout.buildBytes;
      search.setBuild(placeOf(i), right, ++tasks);
      writeTask(control, tasks - 1, [
        built,
        histogram(depth, i),
        search.recordOf(small),
        search.recordOf(large),
      ]);
    }
    for (const [i, child] of children.entries()) {
      if (nodes[i >> 1]!.split === undefined) continue;
      search.setHistogram(i, histogram(depth + 1, i));
      search.ask(i, child, true);
    }
    const clearBytes = tasks * layout.buildBytes;
    crew.run({ pass: "level", step: taskRows, clearBytes, plane, args: [nodes.length] });
    if (tasks > 0) crew.run({ pass: "scan", tasks });
    return children.map((child, i) =>
      nodes[i >> 1]!.split === undefined ? { ...child, split: undefined } : search.answer(i, child),
    );
  };
  /** Nodes of the levels: children of node i are 2i and 2i + 1 of the next; one that is not split is there again. */
  let levels: (readonly Growing[])[] = [];
  const grow: TreeGrower["grow"] = (plane) => {
    levels = [[root()]];
    for (let depth = 0; depth < options.depth; depth++)
      levels.push(descend(depth, levels[depth]!, plane));
    const kids = (depth: number, i: number): Branch => {
      const node = levels[depth]![i]!;
      if (node.split === undefined)
        return { node, kids: undefined, key: i << (options.depth - depth) };
      return {
        node,
        key: -1,
        kids: () => [kids(depth + 1, 2 * i), kids(depth + 1, 2 * i + 1)],
      };
    };
    return kids(0, 0);
  };
  const update: TreeGrower["update"] = (plane, leaves) => {
    const values = new Float32Array(buffer, layout.leaves, 2 ** options.depth);
    const sorted = leaves.toSorted((a, b) => a.key - b.key);
    for (const [i, { key, value }] of sorted.entries())
      for (let leaf = key; leaf < (sorted[i + 1]?.key ?? values.length); leaf++)
        values[reversed(leaf, options.depth)] = value;
    waiting = plane;
  };
  const rowsOf: TreeGrower["rowsOf"] = (leaves) => {
    // the last level's rows have not been moved yet: its routes say where they go
    const last = levels[options.depth - 1]!;
    const positions = new Uint8Array(buffer, layout.positions, layout.rows);
    const sideOf = openSides(kernel, job, last);
    const sorted = leaves.toSorted((a, b) => a.key - b.key);
    const places = new Map(sorted.map(({ key }, i) => [key, i]));
    const owner = new Int32Array(2 ** options.depth);
    for (let i = 0, own = 0; i < owner.length; i++) owner[i] = own = places.get(i) ?? own;
    const rows = sorted.map((): number[] => []);
    for (let row = 0; row < layout.trainRows; row++) {
      const node = reversed(positions[row]!, options.depth - 1);
      rows[owner[2 * node + sideOf(row, node)]!]!.push(row);
    }
    const byKey = new Map(sorted.map(({ key }, i) => [key, Uint32Array.from(rows[i]!)]));
    return leaves.map(({ key }) => byKey.get(key)!);
  };
  return { begin, settle, grow, update, rowsOf };
}

/**
 * The place of node i of a level among the positions of rows, where the side that a row took first is its lowest bit: i, its
 * bits from last to first. Its own inverse.
 */
function reversed(i: number, depth: number): number {
  let place = 0;
  for (let bit = 0; bit < depth; bit++) place |= ((i >> bit) & 1) << (depth - 1 - bit);
  return place;
}

/** Whether a row goes right at a node of the last level, read from its bins. */
function openSides({ memory }: Kernel, { layout, columns }: BoostJob, nodes: readonly Growing[]) {
  const bins = new Uint8Array(memory.buffer, layout.bins, layout.rows * layout.rowBytes);
  return (row: number, node: number): number => {
    const split = nodes[node]!.split;
    if (split === undefined) return 0;
    const { place, bytes, low, mask } = columns.byFeature[split.feature]!;
    const at = row * layout.rowBytes + place;
    const bin = bytes === 1 ? (bins[at]! >> low) & mask : bins[at]! + 256 * bins[at + 1]!;
    if (split.bits !== undefined) return 1 - ((split.bits[bin >> 3]! >> (bin & 7)) & 1);
    if (bin === 0) return split.missingRight ? 1 : 0;
    return bin > split.bin ? 1 : 0;
  };
}
