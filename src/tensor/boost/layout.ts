/** @file Where the boosting kernel's data lies in its memory. */
import { openBlocks } from "../blocks.ts";
import { fail } from "../errors.ts";
import type { Columns } from "./columns.ts";
import type { Kernel } from "./kernel.ts";
import { type Objective, objectiveCode, parameterOf } from "./objectives.ts";
import { growsByLevel, hasOwnFeatures, mostLeaves, type TreeOptions } from "./options.ts";

// The fields of `Job` in kernels/boost/job.as.ts, in its order: 32-bit words, then 64-bit numbers.
const words = [
  ...(["rows", "width", "padded", "narrow", "wide", "rowBytes", "wideStart"] as const),
  ...(["packedFeatures", "narrowFeatures", "places", "lows", "masks"] as const),
  ...(["cuts", "staging", "bins", "columns", "sources", "codes", "codeCounts"] as const),
  ...(["columnOffsets", "offsets", "counts", "kinds", "monotone", "outputs", "margins"] as const),
  ...(["labels", "weights", "gradients", "partials", "positions", "index", "spare"] as const),
  ...([
    "routes",
    "leaves",
    "sets",
    "setBytes",
    "buildBytes",
    "sharedBytes",
    "histogramBytes",
    "scratch",
  ] as const),
  ...([
    "scratchBytes",
    "bitBytes",
    "objective",
    "trainRows",
    "general",
    "full",
    "categoryLimit",
  ] as const),
];
const wordsBytes = Math.ceil(words.length / 2) * 8;
const reals = [
  ...(["gradientScale", "hessianScale", "penalty", "soft", "minWeight", "minRows"] as const),
  ...(["parameter", "categoryPenalty", "smoothing", "rowKey", "rowLimit"] as const),
] as const;

/** Bytes of a job. */
export const jobBytes: number = wordsBytes + 8 * reals.length;

/** Byte offset, from the job's start, of a 64-bit field. */
export function realField(name: (typeof reals)[number]): number {
  return wordsBytes + 8 * reals.indexOf(name);
}

/** Rows that are binned at a time. */
export const stagedRows = 1024;
/** Rows a thread takes at a time; as chunkRows in kernels/boost/level.as.ts. */
export const taskRows = 8192;
/** Bytes of a node's record, of a route and of a written node; int32 words of the control block. */
export const recordBytes = 128;
export const routeBytes = 32;
export const controlWords = 2048;
/** Most threads: bits of the mask in the control block. */
export const mostThreads = 32;
const maxBytes = 65_536 * 65_536; // all that 32-bit addresses reach

/** Byte offsets and sizes; plain data, so that it can be posted to a worker. */
export interface Layout extends Readonly<Record<(typeof words)[number], number>> {
  readonly threads: number;
  readonly control: number;
  readonly job: number;
  /** Records of nodes, room for the sets of their splits, and for features of their own. */
  readonly records: number;
  readonly recordCount: number;
  readonly bits: number;
  readonly routeBits: number;
  readonly routeCount: number;
  readonly ownFeatures: number;
  /** Features that the tree may split on, u32 [d]. */
  readonly chosen: number;
  /** Finished histograms, as many as `histogramCount`. */
  readonly histograms: number;
  readonly histogramCount: number;
  /** Trees as nodes that the kernel can walk: `walkSlots` of `walkNodes` nodes, and the sets of their splits. */
  readonly walks: number;
  readonly walkSlots: number;
  readonly walkNodes: number;
  readonly walkBits: number;
  /** Tables from category codes to bins. */
  readonly codeTables: number;
  readonly bytes: number;
}

/** What the plan depends on. */
export interface Shape {
  readonly rows: number;
  /** Rows from here on take no part in growing. */
  readonly trainRows: number;
  readonly outputs: number;
  readonly weighted: boolean;
  readonly columns: Columns;
  readonly threads: number;
  readonly objective: Objective;
  readonly options: TreeOptions;
}

/**
 * Plans the memory: fixed blocks one after another from the first free byte on.
 * @throws `tensor/out-of-range-memory` when 32-bit addresses do not reach all of it.
 */
export function planLayout(shape: Shape, firstByte: number): Layout {
  const { rows, trainRows, outputs, columns, threads, options, objective } = shape;
  const { width, narrow, wide, full, wideStart, histogramBytes, sharedBytes, bitBytes } = columns;
  const narrowFeatures = width - wide;
  const buildBytes = sharedBytes + histogramBytes;
  const byLevel = growsByLevel(options);
  const leaves = mostLeaves(options, trainRows);
  const { records, histograms, routes } = roomFor(options, leaves, threads);
  const padded = Math.ceil(rows / 16) * 16;
  const setBytes = buildBytes * (byLevel ? Math.max(1, 2 ** options.depth / 4) : 1);
  const rowBytes = byLevel ? columns.rowBytes : aligned(columns.rowBytes);
  const scratchBytes = Math.max(
    byLevel ? levelScratch(Math.min(rows, taskRows), columns.rowBytes) : 64 * (8 + rowBytes) + 64,
    24 * (columns.mostBins + 2) + 4096,
  );
  const walkSlots = walksOf(shape, byLevel);
  // The compiler's static data is below the first byte, rewritten by each thread; blocks have room to read past their end.
  const { take: block, end } = openBlocks(Math.max(65_536, firstByte), 64);
  const onlyIf = (needed: boolean, bytes: number): number => (needed ? block(bytes) : 0);
  const layout = {
    ...{
      rows,
      trainRows,
      width,
      padded,
      narrow,
      wide,
      narrowFeatures,
      packedFeatures: columns.packedFeatures,
      full,
      rowBytes,
      wideStart,
      outputs,
      threads,
    },
    ...{
      histogramBytes,
      sharedBytes,
      buildBytes,
      setBytes,
      scratchBytes,
      bitBytes,
      walkSlots,
      walkNodes: 2 * leaves,
    },
    ...{ recordCount: records, histogramCount: histograms, routeCount: routes },
    categoryLimit: options.categoryLimit,
    objective: objectiveCode(objective.name),
    general: Number(options.l1 > 0 || options.monotone.some((sign) => sign !== 0)),
    control: block(4 * controlWords),
    job: block(jobBytes),
    records: block(recordBytes * records),
    bits: onlyIf(bitBytes > 0, bitBytes * records),
    routes: block(routeBytes * routes),
    routeBits: onlyIf(bitBytes > 0, bitBytes * routes),
    ownFeatures: onlyIf(hasOwnFeatures(options), 4 * width * records),
    leaves: block(4 * (byLevel ? 2 ** options.depth : 1)),
    cuts: block(2048 * narrowFeatures),
    sources: block(4 * width),
    places: block(4 * width),
    lows: block(4 * width),
    masks: block(4 * width),
    codes: block(4 * width),
    codeCounts: block(4 * width),
    columnOffsets: block(4 * width),
    offsets: block(4 * width),
    counts: block(4 * width),
    kinds: block(width),
    monotone: block(width),
    chosen: block(4 * width),
    staging: block(8 * stagedRows * width),
    scratch: block(scratchBytes * threads),
    bins: block(rows * rowBytes),
    columns: block(padded * (narrow + 2 * wide)),
    margins: block(4 * padded * outputs),
    labels: block(4 * padded),
    weights: onlyIf(shape.weighted, 4 * padded),
    gradients: block(8 * padded * outputs),
    partials: block(16 * Math.ceil(rows / taskRows)),
    positions: onlyIf(byLevel, padded),
    index: onlyIf(!byLevel, 4 * padded),
    spare: onlyIf(!byLevel, 8 * padded),
    sets: block(setBytes * threads),
    histograms: block(histogramBytes * histograms),
    walks: onlyIf(walkSlots > 0, routeBytes * 2 * leaves * walkSlots),
    walkBits: onlyIf(walkSlots > 0 && bitBytes > 0, bitBytes * leaves * walkSlots),
    codeTables: block(columns.codeBytes),
  };
  if (end() > maxBytes)
    fail("tensor/out-of-range-memory", {
      ...{ at: "boost", needBytes: end(), maxBytes, rows, features: width },
    });
  return { ...layout, bytes: end() };
}

/** Scratch of a thread that adds the rows of a task to the nodes of a level; kernels/boost/level.as.ts says what lies there. */
function levelScratch(rows: number, rowBytes: number): number {
  return 1344 + taskRows * (4 + 8) + rows * Math.ceil(rowBytes / 16) * 16;
}

/** Bytes of a row that is read at random: where little is lost, so many that no row lies in two lines of the cache. */
function aligned(rowBytes: number): number {
  const next = [8, 16, 32, 64].find((bytes) => bytes >= rowBytes);
  return next !== undefined && next <= 1.25 * rowBytes ? next : rowBytes;
}

/** How many records, histograms and routes a tree needs while it grows. */
function roomFor(options: TreeOptions, leaves: number, threads: number) {
  const batch = threads === 1 ? 1 : 4 * threads; // nodes that may be under way
  if (growsByLevel(options)) {
    const nodes = 2 ** options.depth;
    return { records: nodes, histograms: nodes, routes: Math.max(1, nodes / 2) };
  }
  if (options.leaves > 0)
    return { records: 6 * leaves + 2, histograms: leaves + 2 + 2 * batch, routes: batch };
  const deep = Math.min(leaves, (Math.min(options.depth, 64) + 2) * batch);
  return { records: 2 * leaves + 2, histograms: deep + 2, routes: batch };
}

/** How many trees are kept in a form that the kernel can walk. */
function walksOf({ options, rows, trainRows, outputs }: Shape, byLevel: boolean): number {
  if (options.dropRate > 0) return options.trees * outputs;
  return !byLevel && (options.rowSample < 1 || trainRows < rows) ? 1 : 0;
}

/** What {@link writeJob} writes beside the plan. */
export interface JobData extends Shape {
  /** Shape [n]; of objectives in the unit of y, y − base. */
  readonly labels: Float64Array;
  readonly weights?: Float64Array | undefined;
  /** Where margins begin, [k]. */
  readonly start: Float64Array;
}

/** Writes the job, the columns, labels and weights; everything else starts as zero, as new memory is. */
export function writeJob(kernel: Kernel, layout: Layout, data: JobData): void {
  const { buffer } = kernel.memory;
  const { columns, options, labels, weights, start } = data;
  const view = new DataView(buffer, layout.job);
  for (const [i, word] of words.entries()) view.setUint32(4 * i, layout[word], true);
  view.setFloat64(realField("parameter"), parameterOf(data.objective), true);
  view.setFloat64(realField("minRows"), options.minRows, true);
  const table = new Float64Array(buffer, layout.cuts, 256 * layout.narrowFeatures).fill(Infinity);
  const wordsAt = (at: number): Uint32Array => new Uint32Array(buffer, at, layout.width);
  const [sources, places, lows, masks] = [
    layout.sources,
    layout.places,
    layout.lows,
    layout.masks,
  ].map(wordsAt);
  const [codes, codeCounts] = [layout.codes, layout.codeCounts].map(wordsAt);
  const [columnOffsets, offsets, counts] = [
    layout.columnOffsets,
    layout.offsets,
    layout.counts,
  ].map(wordsAt);
  const kinds = new Uint8Array(buffer, layout.kinds, layout.width);
  for (const [column, at] of columns.builds.entries()) columnOffsets![column] = at;
  let codeTable = layout.codeTables;
  for (const [c, column] of columns.list.entries()) {
    const { feature, cuts, levels, offset, bins, place, low, mask } = column;
    sources![c] = feature;
    places![c] = place;
    lows![c] = low;
    masks![c] = mask;
    offsets![feature] = offset;
    counts![feature] = bins;
    if (levels === undefined) table.set(cuts, 256 * c);
    else {
      kinds[feature] = 1;
      const most = (levels.at(-1) ?? -1) + 1;
      const bin = new Uint16Array(buffer, codeTable, most).fill(levels.length + 1);
      for (const [i, code] of levels.entries()) bin[code] = i + 1;
      codes![c] = codeTable;
      codeCounts![c] = most;
      codeTable += Math.ceil(most / 4) * 8;
    }
  }
  new Int8Array(buffer, layout.monotone, layout.width).set(options.monotone);
  new Float32Array(buffer, layout.labels, labels.length).set(labels);
  if (weights !== undefined) new Float32Array(buffer, layout.weights, weights.length).set(weights);
  for (const [c, from] of start.entries())
    new Float32Array(buffer, layout.margins + 4 * layout.padded * c, labels.length).fill(from);
  kernel.code.open(layout.job);
}
