/** @file Where everything lies in the memory, and the records that the passes share. */

/** Byte offsets, sizes and settings. boost/layout.ts writes the same order: words, then reals. */
@unmanaged
export class Job {
  rows: u32;
  width: u32; // d, the number of features
  padded: u32; // rows of a plane: a multiple of 16
  narrow: u32; // columns of one byte, first in a row of bins
  wide: u32; // columns of two bytes, after them
  rowBytes: u32; // bytes of a row of bins
  wideStart: u32; // where the wide columns begin in a row
  packedFeatures: u32; // features that share bytes; they come first
  narrowFeatures: u32; // features of one byte or less
  places: usize; // u32 [d]: byte of a feature in a row
  lows: usize; // u32 [d]: its lowest bit there
  masks: usize; // u32 [d]: all its bits, moved to the lowest
  cuts: usize; // f64 [narrowFeatures, 256], ascending, padded with +Infinity; of category columns unused
  staging: usize; // f64 [rows of one block, d]: raw features on their way to bins
  bins: usize; // [n] rows of bins
  columns: usize; // the same, column by column, padded rows each
  sources: usize; // u32 [d]: the features in the order of the columns; the next two are in the same order
  codes: usize; // u32 [d]: address of the table code → bin of categories, 0 of a number
  codeCounts: usize; // u32 [d]: entries of that table
  columnOffsets: usize; // u32 [narrow + wide]: where a column begins among the histograms under construction of a node, in bytes
  offsets: usize; // u32 [d]: where a feature begins inside a finished histogram
  counts: usize; // u32 [d]: bins of feature f, without that of missing values
  kinds: usize; // u8 [d]: 1 for categories
  monotone: usize; // i8 [d]: 1 rising, −1 falling
  outputs: u32; // k
  margins: usize; // f32 [k, padded]: outputs so far
  labels: usize; // f32 [padded]
  weights: usize; // f32 [padded]; 0: all are 1
  gradients: usize; // i64 [k, padded]: packed; while they are measured, two f32: hessian, gradient
  partials: usize; // f64 [tasks, 2]: sums of |gradient| and of hessian, by task
  positions: usize; // u8 [padded]: node of the row within the level; the bit of each level is 1 where the row went right
  index: usize; // u32 [n]: rows in the order of the nodes they lie in
  spare: usize; // u32 [2·n]: two scratches of the same shape
  routes: usize; // Route [nodes of a level, by position, or of a batch]
  leaves: usize; // f32 [2^depth], by position
  sets: usize; // [threads] sets of histograms under construction
  setBytes: u32;
  buildBytes: u32; // of the histograms under construction of a node: those of shared bytes, then all others
  sharedBytes: u32;
  histogramBytes: u32; // a multiple of 16; of a feature of 32, or fullBytes
  scratch: usize; // [threads] scratch of scratchBytes
  scratchBytes: u32;
  bitBytes: u32; // bytes of a set of bins
  objective: u32;
  trainRows: u32; // rows from here on take no part, they are only told to (validation)
  general: u32; // 1 where splits need more than l2: l1, monotone features
  full: u32; // columns of one byte at the front, a multiple of 4, which begin fullBytes after each other
  categoryLimit: u32; // most categories in the smaller set of a split
  gradientScale: f64;
  hessianScale: f64;
  penalty: f64; // l2, in scaled hessian units
  soft: f64; // l1, in scaled gradient units
  minWeight: f64; // smallest hessian of a child, in scaled units, ≥ 1
  minRows: f64; // fewest rows of a child
  parameter: f64; // of the objective: quantile, delta or power
  categoryPenalty: f64; // l2 of category splits, beyond the other
  smoothing: f64; // of the order of categories, in scaled hessian units
  rowKey: u64; // which random stream chooses the rows of the tree
  rowLimit: u64; // a row is in the sample when its 32 random bits are below this; 2^32 takes all
}

/** What happens to the rows of one node. 32 bytes. */
@unmanaged
export class Route {
  place: u32; // byte of the column in a row of bins
  column: usize; // address of the column in `columns`
  shift: u16; // 1 sends missing values right: bin 0 − 1 wraps to 255
  bound: u16; // a row goes right when (bin − shift) mod 256 > bound; 255 (allLeft) sends all left
  bits: usize; // 0 for numbers; else the set of bins that go left
  wide: u32; // 1 when the column has two bytes
  buildLeft: u32; // where in the set the left child's histogram is built, + 1; 0: it is not
  buildRight: u32;
  low: u16; // the bin is (byte >> low) & mask
  mask: u16;
}

/** A node whose split is looked for: what the search needs, and what it found. 128 bytes; see boost/nodes.ts. */
@unmanaged
export class Node {
  begin: u32; // its stretch of the index
  count: u32;
  histogram: usize;
  chosen: usize; // u32 [chosenCount]: features it may split on
  chosenCount: u32;
  searched: u32; // 0: nobody asks for its split
  lower: f64; // bounds of its values, in scaled units
  upper: f64;
  gain: f64; // in scaled units; 0 when nothing is gained
  feature: i32; // −1 when there is no split
  bin: i32; // bins up to this one go left
  missing: i32; // where missing values go: 0 left, 1 right, 2 the node saw none
  isSet: u32; // 1: the bins in `bits` go left
  leftGradient: f64;
  leftHessian: f64;
  gradient: f64;
  hessian: f64;
  bits: usize; // room for a set of bins
}

/** Bytes between the bins of full columns: 256 bins, and a pair more so that they do not fall on each other in the cache. */
export const fullBytes: usize = 2064;
export const blockRows: u32 = 256;
export const routeShift: usize = 5;
/** Route.bound of nodes that are not split. */
export const allLeft: u16 = 255;

export let job: Job = changetype<Job>(0);

/** Says where the job lies. To be called once in each thread before anything else. */
export function open(address: usize): void {
  job = changetype<Job>(address);
}

/** Bytes of a job, by which those who write it know that they have its fields. */
export function jobBytes(): usize {
  return offsetof<Job>();
}

/** The first byte that the compiler's static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

// @ts-ignore: decorator
@inline
export function hasBit(bits: usize, bin: u32): u32 {
  return (load<u8>(bits + (bin >> 3)) >> <u8>(bin & 7)) & 1;
}

/** The bin of one byte that a route asks for. */
// @ts-ignore: decorator
@inline
export function binAt(place: usize, route: Route): u32 {
  return (<u32>load<u8>(place) >> <u32>route.low) & <u32>route.mask;
}

/** Whether the value at a place, of a row of bins or of a column, goes right. */
// @ts-ignore: decorator
@inline
export function goesRight(place: usize, route: Route): u32 {
  if (route.bits != 0) return hasBit(route.bits, route.wide ? <u32>load<u16>(place) : binAt(place, route)) ^ 1;
  return <u32>(((binAt(place, route) - <u32>route.shift) & 255) > <u32>route.bound);
}
