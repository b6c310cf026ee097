/** @file Growing trees, a level at a time, by telling a crew what to pass over. */
import { random } from "../../core/index.ts";
import type { WasmMemory, WasmModule } from "../adapter/web-assembly.ts";
import { TreeWriter } from "../tree/tree-writer.ts";
import type { Trees } from "../tree/trees.ts";
import { type Crew, controlOf, leadCrew, leafModes, passes, writeScan } from "./crew.ts";
import { type Kernel, openKernel } from "./kernel.ts";
import { jobFields, type Layout, routeBytes, splitBytes, type TreeOptions } from "./layout.ts";

/** What a thread needs to take part; plain data, so that it can be posted to a worker. */
export interface BoostJob {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly layout: Layout;
  readonly cuts: readonly Float64Array[];
  readonly options: TreeOptions;
  readonly base: number;
}

/** What was grown. */
export interface Grown {
  readonly trees: Trees;
}

const taskRows = 8192; // rows a thread takes at a time; a multiple of 256
const leastGain = 1e-6; // a split must gain more than rounding does

/** A node of the level being grown: sums over its rows, in scaled units, and its best split. */
interface Node {
  readonly gradient: number;
  readonly hessian: number;
  readonly split: Split | undefined;
}
interface Split {
  readonly feature: number;
  readonly bin: number;
  readonly missingRight: boolean;
  readonly gain: number;
  readonly left: Node;
  readonly right: Node;
}

/** What grows the trees of one job, one call a tree, in order. */
export interface Grower {
  /** Grows the next tree. */
  grow(): void;
  grown(): Grown;
}

/** Opens the job in the leading thread and builds the first tree's root histogram. */
export function openGrower(job: BoostJob, stallMs?: number): Grower {
  const { layout, options } = job;
  const kernel = openKernel(job.module, job.memory);
  kernel.code.open(layout.job);
  const crew = leadCrew(kernel, layout, stallMs);
  const sampler = openSampler(kernel, job);
  const writer = openWriter(job);
  const level = openLevel(kernel, crew, layout);
  let tree = 0;
  const passLeaves = (mode: number): void => {
    const tasks = Math.ceil(layout.rows / taskRows);
    const clearBytes = layout.histogramBytes;
    crew.run({ pass: passes.leaf, tasks, step: taskRows, clearBytes, mode });
  };
  const grow = (): void => {
    sampler.chooseColumns(tree);
    let nodes = level.root();
    writer.begin();
    for (let depth = 0; depth < options.depth; depth++) {
      const ends = nodes.flatMap((node) => [node.split?.left ?? node, node.split?.right ?? node]);
      writer.writeLevel(nodes);
      for (const [i, node] of nodes.entries()) level.writeRoute(i, node.split);
      const children = ends.map(({ gradient, hessian }) => ({
        gradient,
        hessian,
        split: undefined,
      }));
      nodes = depth + 1 < options.depth ? level.pass(depth, nodes, children) : children;
    }
    const values = nodes.map((node) => Math.fround(leafValue(node, layout, options)));
    writer.writeLeaves(nodes, values);
    new Float32Array(kernel.memory.buffer, layout.leaves, values.length).set(values);
    tree++;
    sampler.chooseRows(tree);
    passLeaves(tree < options.trees ? leafModes.update | leafModes.renew : leafModes.update);
  };
  sampler.chooseRows(0);
  passLeaves(leafModes.renew);
  return { grow, grown: () => ({ trees: writer.written() }) };
}

/** −G/(H + λ), shrunk by the learning rate; 0 where no row of the sample lies. */
function leafValue(node: Node, layout: Layout, options: TreeOptions): number {
  const gradient = node.gradient / layout.gradientScale;
  const weight = node.hessian / layout.hessianScale + options.l2;
  return weight > 0 ? (-gradient / weight) * options.learningRate : 0;
}

/** The rows and columns of each tree's sample, from one named stream per tree. */
function openSampler(kernel: Kernel, { layout, options }: BoostJob) {
  const view = new DataView(kernel.memory.buffer, layout.job);
  const chosen = new Uint32Array(kernel.memory.buffer, layout.chosen, layout.width);
  const draws = random(options.seed).stream("boost");
  const count = Math.max(1, Math.round(options.columnSample * layout.width));
  const chooseColumns = (tree: number): void => {
    const all = chosen.map((_, f) => f);
    const some =
      count === layout.width ? all : draws.stream(`columns/${tree}`).shuffled(layout.width);
    chosen.set(some.subarray(0, count).sort());
    view.setUint32(jobFields.chosenCount, count, true);
  };
  const chooseRows = (tree: number): void => {
    const stream = draws.stream(`rows/${tree}`);
    view.setUint32(jobFields.rowKey, stream.next() * 2 ** 32, true);
    view.setUint32(jobFields.rowKey + 4, stream.next() * 2 ** 32, true);
    view.setBigUint64(jobFields.rowLimit, BigInt(Math.round(options.rowSample * 2 ** 32)), true);
  };
  return { chooseColumns, chooseRows };
}

/** The level under work: which way its rows go, which histograms are built, what they say. */
function openLevel(kernel: Kernel, crew: Crew, layout: Layout) {
  const { buffer } = kernel.memory;
  const control = controlOf(kernel.memory, layout);
  const routes = new DataView(buffer, layout.routes);
  const splits = new DataView(buffer, layout.splits);
  const { histogramBytes, levels } = layout;
  const gainUnit = layout.hessianScale / layout.gradientScale ** 2; // G²/H, back from scaled units
  const splitOf = (node: number): number => layout.splits + splitBytes * node;

  const writeRoute = (node: number, split: Split | undefined): void => {
    const start = routeBytes * node;
    const shift = split?.missingRight === true ? 1 : 0;
    routes.setUint32(start, split?.feature ?? 0, true);
    routes.setUint16(start + 4, shift, true);
    routes.setUint16(start + 6, split === undefined ? 255 : split.bin - shift, true);
    routes.setBigUint64(start + 8, 0n, true);
  };
  const readNode = (node: number): Node => {
    const start = splitBytes * node;
    const real = (offset: number): number => splits.getFloat64(start + offset, true);
    const [gradient, hessian, gain] = [real(40), real(48), real(0) * gainUnit];
    const feature = splits.getInt32(start + 8, true);
    if (feature < 0 || gain <= leastGain) return { gradient, hessian, split: undefined };
    const left = { gradient: real(24), hessian: real(32), split: undefined };
    const right = {
      gradient: gradient - left.gradient,
      hessian: hessian - left.hessian,
      split: undefined,
    };
    const bin = splits.getInt32(start + 12, true);
    const missing = splits.getInt32(start + 16, true);
    const missingRight = missing === 2 ? right.hessian > left.hessian : missing === 1;
    return { gradient, hessian, split: { feature, bin, missingRight, gain, left, right } };
  };
  const root = (): readonly Node[] => {
    writeScan(control, 0, [0, 0, levels[0], 0, layout.splits, 0]);
    crew.run({ pass: passes.scan, tasks: 1 });
    return [readNode(0)];
  };
  /** Moves rows from the nodes of a level to their children, and finds the children's splits. */
  const pass = (depth: number, nodes: readonly Node[], children: readonly Node[]): Node[] => {
    const [from, to] = [levels[depth % 2]!, levels[(depth + 1) % 2]!];
    let tasks = 0;
    for (const [i, { split }] of nodes.entries()) {
      if (split === undefined) continue;
      const right = split.right.hessian < split.left.hessian ? 1 : 0; // build the lighter child
      const [small, large] = [2 * i + right, 2 * i + 1 - right];
      const built = tasks * histogramBytes;
      routes.setUint32(routeBytes * i + 8 + 4 * right, built + 1, true);
      writeScan(control, tasks++, [
        ...[built, from + i * histogramBytes],
        ...[to + small * histogramBytes, to + large * histogramBytes],
        ...[splitOf(small), splitOf(large)],
      ]);
    }
    const clearBytes = tasks * histogramBytes;
    const step = taskRows;
    crew.run({ pass: passes.level, tasks: Math.ceil(layout.rows / step), step, clearBytes });
    if (tasks > 0) crew.run({ pass: passes.scan, tasks });
    return children.map((child, i) => (nodes[i >> 1]!.split === undefined ? child : readNode(i)));
  };
  return { writeRoute, root, pass };
}

/** The trees under construction, each from its root down. */
function openWriter({ layout, cuts, base }: BoostJob) {
  const shape = { width: layout.width, outputs: 1, leafWidth: 1, average: false };
  const writer = new TreeWriter({ ...shape, base: Float64Array.of(base) });
  let places: number[] = []; // the written node of each node of the level
  const begin = (): void => {
    places = [writer.addTree()];
  };
  const writeLevel = (nodes: readonly Node[]): void => {
    places = nodes.flatMap(({ split, hessian }, i) => {
      const place = places[i]!;
      writer.setCover(place, hessian / layout.hessianScale);
      if (split === undefined) return [place, place];
      const { feature, bin, missingRight, gain } = split;
      const ends = cuts[feature]!; // bins up to b hold what is below cut b
      const threshold = bin === 0 ? -Infinity : (ends[bin - 1] ?? Infinity);
      const left = writer.split(place, { feature, threshold, missingLeft: !missingRight, gain });
      return [left, left + 1];
    });
  };
  const writeLeaves = (nodes: readonly Node[], values: readonly number[]): void => {
    for (const [i, node] of nodes.entries()) {
      writer.setCover(places[i]!, node.hessian / layout.hessianScale);
      writer.setValue(places[i]!, values[i]!);
    }
  };
  return { begin, writeLevel, writeLeaves, written: () => writer.written() };
}
