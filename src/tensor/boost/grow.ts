/** @file Growing trees, a level at a time, by telling a crew what to pass over. */
import { random } from "../../core/index.ts";
import type { WasmMemory, WasmModule } from "../adapter/web-assembly.ts";
import { type Crew, controlOf, leadCrew, leafModes, passes, writeScan } from "./crew.ts";
import { type Kernel, openKernel } from "./kernel.ts";
import { jobFields, type Layout, routeBytes, splitBytes, type TreeOptions } from "./layout.ts";
import type { Trees } from "./trees.ts";

/** What a thread needs to take part; plain data, so that it can be posted to a worker. */
export interface BoostJob {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly layout: Layout;
  readonly cuts: readonly Float64Array[];
  readonly options: TreeOptions;
}

/** Trees, and how much each feature gained over all their splits, [d], in nats of log loss. */
export interface Grown {
  readonly trees: Trees;
  readonly gains: Float64Array;
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
    for (let depth = 0; depth < options.depth; depth++) {
      const ends = nodes.flatMap((node) => [node.split?.left ?? node, node.split?.right ?? node]);
      for (const [i, node] of nodes.entries()) {
        writer.writeNode(tree, 2 ** depth - 1 + i, node.split);
        level.writeRoute(i, node.split);
      }
      const children = ends.map(({ gradient, hessian }) => ({
        gradient,
        hessian,
        split: undefined,
      }));
      nodes = depth + 1 < options.depth ? level.pass(depth, nodes, children) : children;
    }
    const values = nodes.map((node) => leafValue(node, layout, options));
    writer.writeLeaves(tree, values);
    new Float32Array(kernel.memory.buffer, layout.leaves, values.length).set(values);
    tree++;
    sampler.chooseRows(tree);
    passLeaves(tree < options.trees ? leafModes.update | leafModes.renew : leafModes.update);
  };
  sampler.chooseRows(0);
  passLeaves(leafModes.renew);
  return { grow, grown: () => ({ trees: writer.trees, gains: writer.gains }) };
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

/** The trees under construction. */
function openWriter({ layout, options, cuts }: BoostJob) {
  const inner = 2 ** options.depth - 1;
  const trees: Trees = {
    depth: options.depth,
    features: new Int32Array(options.trees * inner),
    thresholds: new Float64Array(options.trees * inner).fill(Infinity),
    missingRight: new Uint8Array(options.trees * inner),
    leaves: new Float32Array(options.trees * (inner + 1)),
  };
  const gains = new Float64Array(layout.width);
  const writeNode = (tree: number, node: number, split: Split | undefined): void => {
    if (split === undefined) return;
    const k = tree * inner + node;
    const ends = cuts[split.feature]!; // bins up to b hold what is below cut b
    trees.features[k] = split.feature;
    trees.thresholds[k] = split.bin === 0 ? -Infinity : (ends[split.bin - 1] ?? Infinity);
    trees.missingRight[k] = split.missingRight ? 1 : 0;
    gains[split.feature] = gains[split.feature]! + split.gain;
  };
  const writeLeaves = (tree: number, values: readonly number[]): void =>
    trees.leaves.set(values, tree * (inner + 1));
  return { trees, gains, writeNode, writeLeaves };
}
