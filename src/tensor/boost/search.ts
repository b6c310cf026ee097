/**
 * @file Nodes of a tree under construction, and the records in which the kernel is told what to look for and says what
 * it found. Both ways of growing share them.
 */
import { type Random, random } from "../../core/index.ts";
import type { BoostJob } from "./job.ts";
import type { Kernel } from "./kernel.ts";
import { recordBytes, routeBytes } from "./layout.ts";
import { hasOwnFeatures } from "./options.ts";

/** Sums over the rows of a node, in scaled units. */
export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

/** A node under construction. */
export interface Growing extends Sums {
  readonly depth: number;
  /** Where it lies below the root: "L" and "R" for each step. */
  readonly path: string;
  /** Features that its path has asked for; only kept where interactions are limited. */
  readonly used: readonly number[];
  /** Bounds of its value, in the unit of the outputs. */
  readonly lower: number;
  readonly upper: number;
  readonly split: Split | undefined;
}

/** A split that was found. */
export interface Split {
  readonly feature: number;
  /** Bins up to this one go left; of categories unused. */
  readonly bin: number;
  /** The set of bins that go left; absent for numbers. */
  readonly bits?: Uint8Array;
  readonly missingRight: boolean;
  /** In the unit of the loss. */
  readonly gain: number;
  readonly left: Sums;
  readonly right: Sums;
}

/** A root before anything is known of it. */
export const bareRoot: Growing = {
  ...{ depth: 0, path: "", used: [], lower: -Infinity, upper: Infinity },
  ...{ gradient: 0, hessian: 0, split: undefined },
};

/** Scales of the tree under construction. */
export interface Scales {
  gradient: number;
  hessian: number;
}

/** What both ways of growing use. */
export interface Search {
  /** Chooses the columns of a tree. */
  begin(tree: number): void;
  recordOf(slot: number): number;
  histogramOf(slot: number): number;
  /** Writes what the kernel must know before it looks for the split of a node. */
  ask(slot: number, node: Growing, searched: boolean): void;
  setHistogram(slot: number, histogram: number): void;
  histogramAt(slot: number): number;
  setRows(slot: number, begin: number, count: number): void;
  rowsOf(slot: number): { readonly begin: number; readonly count: number };
  /** A node with the sums and the split that the kernel found. */
  answer(slot: number, node: Growing): Growing;
  /** The children of a node that is split. */
  children(node: Growing, split: Split): readonly [Growing, Growing];
  /** The value of a leaf before it is shrunk. */
  leafValueOf(node: Growing): number;
  /** Writes which way a node's rows go; gives the route's address. */
  writeRoute(place: number, split: Split | undefined): number;
  /** Writes where the histogram of a child is built, + 1; 0: nowhere. */
  setBuild(place: number, side: 0 | 1, built: number): void;
}

/** Opens the records of a job; `scales` changes from round to round. */
export function openSearch(kernel: Kernel, job: BoostJob, scales: Scales): Search {
  const { layout, options } = job;
  const { buffer } = kernel.memory;
  const records = new DataView(buffer, layout.records, recordBytes * layout.recordCount);
  const routes = new DataView(buffer, layout.routes, routeBytes * layout.routeCount);
  const allBits = new Uint8Array(buffer);
  const features = openFeatures(kernel, job);
  const real = (slot: number, offset: number): number =>
    records.getFloat64(recordBytes * slot + offset, true);
  const word = (slot: number, offset: number): number =>
    records.getUint32(recordBytes * slot + offset, true);
  const setWord = (slot: number, offset: number, value: number): void =>
    records.setUint32(recordBytes * slot + offset, value, true);
  const bitsOf = (slot: number): number => layout.bits + layout.bitBytes * slot;
  const leastGain = (): number =>
    job.objective.name === "logLoss" ? 1e-6 : scales.hessian / scales.gradient ** 2;

  const ask: Search["ask"] = (slot, node, searched) => {
    const list = searched ? features.of(slot, node) : { at: layout.chosen, count: 0 };
    setWord(slot, 12, list.at);
    setWord(slot, 16, list.count);
    setWord(slot, 20, Number(searched));
    const unit = scales.gradient / scales.hessian;
    records.setFloat64(recordBytes * slot + 24, node.lower * unit, true);
    records.setFloat64(recordBytes * slot + 32, node.upper * unit, true);
    setWord(slot, 96, bitsOf(slot));
  };
  const splitOf = (slot: number, { gradient, hessian }: Sums): Split | undefined => {
    const gain = (real(slot, 40) * scales.hessian) / scales.gradient ** 2;
    const feature = records.getInt32(recordBytes * slot + 48, true);
    if (feature < 0 || !(gain > Math.max(leastGain(), options.minGain))) return undefined;
    const left = { gradient: real(slot, 64), hessian: real(slot, 72) };
    const right = { gradient: gradient - left.gradient, hessian: hessian - left.hessian };
    const missing = word(slot, 56);
    const missingRight = missing === 2 ? right.hessian > left.hessian : missing === 1;
    const split = { feature, bin: word(slot, 52), missingRight, gain, left, right };
    if (word(slot, 60) === 0) return split;
    const bits = allBits.slice(bitsOf(slot), bitsOf(slot) + layout.bitBytes);
    bits[0] = (bits[0]! & ~1) | (missingRight ? 0 : 1); // bin 0 holds missing values
    return { ...split, bits };
  };
  const children: Search["children"] = (node, split) => {
    const limited = options.interactions.length > 0;
    const used = limited ? [...new Set([...node.used, split.feature])] : node.used;
    // spelt out: spreading objects would take as long as the kernel's work on a small node
    const child = ({ gradient, hessian }: Sums, side: "L" | "R"): Growing => ({
      gradient,
      hessian,
      depth: node.depth + 1,
      path: node.path + side,
      used,
      lower: node.lower,
      upper: node.upper,
      split: undefined,
    });
    const [left, right] = [child(split.left, "L"), child(split.right, "R")];
    const sign = options.monotone[split.feature] ?? 0;
    if (sign === 0) return [left, right];
    const middle = (leafValueOf(left) + leafValueOf(right)) / 2; // a child has its parent's bounds so far
    return sign > 0
      ? [
          { ...left, upper: middle },
          { ...right, lower: middle },
        ]
      : [
          { ...left, lower: middle },
          { ...right, upper: middle },
        ];
  };
  const leafValueOf: Search["leafValueOf"] = (node) => {
    const gradient = node.gradient / scales.gradient;
    const soft = Math.sign(gradient) * Math.max(0, Math.abs(gradient) - options.l1);
    const weight = node.hessian / scales.hessian + options.l2;
    return weight > 0 ? Math.min(node.upper, Math.max(node.lower, -soft / weight)) : 0;
  };
  const writeRoute: Search["writeRoute"] = (place, split) => {
    const bitsAt = layout.routeBits + layout.bitBytes * place;
    encodeRoute({ job, view: routes, start: routeBytes * place, bitsAt }, split);
    return layout.routes + routeBytes * place;
  };
  return {
    begin: features.begin,
    recordOf: (slot) => layout.records + recordBytes * slot,
    histogramOf: (slot) => layout.histograms + layout.histogramBytes * slot,
    ...{ ask, children, leafValueOf, writeRoute },
    setHistogram: (slot, histogram) => setWord(slot, 8, histogram),
    histogramAt: (slot) => word(slot, 8),
    setRows: (slot, begin, count) => {
      setWord(slot, 0, begin);
      setWord(slot, 4, count);
    },
    rowsOf: (slot) => ({ begin: word(slot, 0), count: word(slot, 4) }),
    answer: (slot, node) => {
      const sums = { gradient: real(slot, 80), hessian: real(slot, 88) };
      const { depth, path, used, lower, upper } = node;
      return { ...sums, depth, path, used, lower, upper, split: splitOf(slot, sums) };
    },
    setBuild: (place, side, built) =>
      routes.setUint32(routeBytes * place + 20 + 4 * side, built, true),
  };
}

/** Where a route is written, and the set of its bins. */
export interface RoutePlace {
  readonly job: BoostJob;
  readonly view: DataView;
  readonly start: number;
  readonly bitsAt: number;
}

/** Writes which way a node's rows go: the words of `Route` in kernels/boost/job.as.ts. */
export function encodeRoute(
  { job, view, start, bitsAt }: RoutePlace,
  split: Split | undefined,
): void {
  const { layout, columns, memory } = job;
  const column = columns.byFeature[split?.feature ?? 0]!;
  const shift = split?.missingRight === true ? 1 : 0;
  const isWide = column.bytes === 2;
  const order = isWide ? (column.place - layout.wideStart) / 2 : column.place;
  const wideColumns = layout.columns + layout.padded * layout.narrow;
  const columnAt = isWide
    ? wideColumns + 2 * layout.padded * order
    : layout.columns + layout.padded * order;
  view.setUint32(start, column.place, true);
  view.setUint32(start + 4, columnAt, true);
  view.setUint16(start + 8, shift, true);
  view.setUint16(start + 10, split === undefined ? 255 : split.bin - shift, true);
  view.setUint32(start + 12, split?.bits === undefined ? 0 : bitsAt, true);
  view.setUint32(start + 16, column.bytes - 1, true);
  view.setBigUint64(start + 20, 0n, true);
  view.setUint16(start + 28, column.low, true);
  view.setUint16(start + 30, column.mask, true);
  if (split?.bits !== undefined)
    new Uint8Array(memory.buffer, bitsAt, split.bits.length).set(split.bits);
}

/** The features that a tree, a level and a node may split on. */
function openFeatures(kernel: Kernel, { layout, options }: BoostJob) {
  const { buffer } = kernel.memory;
  const draws = random(options.seed).stream("boost");
  const all = Uint32Array.from({ length: layout.width }, (_, f) => f);
  const own = hasOwnFeatures(options);
  const groups = options.interactions.map((group) => new Set(group));
  let [tree, ofTree, count] = [0, all, layout.width];
  const levels = new Map<number, Uint32Array>();
  const begin = (next: number): void => {
    tree = next;
    ofTree = sample(all, options.columnSample, draws, `columns/${tree}`);
    new Uint32Array(buffer, layout.chosen, ofTree.length).set(ofTree);
    count = ofTree.length;
    levels.clear();
  };
  const ofLevel = (depth: number): Uint32Array => {
    const known =
      levels.get(depth) ??
      sample(ofTree, options.columnSampleLevel, draws, `level/${tree}/${depth}`);
    levels.set(depth, known);
    return known;
  };
  const of = (slot: number, node: Growing): { readonly at: number; readonly count: number } => {
    if (!own) return { at: layout.chosen, count };
    const some = sample(
      ofLevel(node.depth),
      options.columnSampleNode,
      draws,
      `node/${tree}/${node.path}`,
    );
    const list = some.filter((f) => mayFollow(groups, node.used, f));
    const at = layout.ownFeatures + 4 * layout.width * slot;
    new Uint32Array(buffer, at, list.length).set(list);
    return { at, count: list.length };
  };
  return { begin, of };
}

/** Whether some group holds the features of a path and one more; a feature in no group stands alone. */
function mayFollow(groups: readonly Set<number>[], used: readonly number[], next: number): boolean {
  if (groups.length === 0 || used.every((f) => f === next)) return true;
  return groups.some((group) => group.has(next) && used.every((f) => group.has(f)));
}

/** Some of the features, at least one, ascending; all of them without a draw. */
function sample(
  from: Uint32Array,
  share: number,
  draws: Random,
  name: string,
): Uint32Array<ArrayBuffer> {
  const count = Math.max(1, Math.round(share * from.length));
  if (count === from.length) return Uint32Array.from(from);
  const order = draws.stream(name).shuffled(from.length).subarray(0, count);
  return Uint32Array.from(order, (i) => from[i]!).sort();
}
