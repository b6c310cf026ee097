/** @file Passes over all rows in order: a level of a shallow tree, and what lies between two trees. */
import { packLogLoss } from "./gradients.as";
import { addRow } from "./histogram.as";
import { blockRows, goesRight, job, Route, routeShift } from "./job.as";

const updateLeaves: u32 = 1;
const packGradients: u32 = 2;
const buildRoot: u32 = 4;

/**
 * Routes rows from … to−1 into the next level and adds them to the histograms under construction, by the
 * gradients of output `plane`. `special`: some node splits by category.
 */
export function levelPass(from: u32, to: u32, thread: u32, plane: u32, special: u32): void {
  if (special) levelRows(from, to, thread, plane, true);
  else levelRows(from, to, thread, plane, false);
}

// @ts-ignore: decorator
@inline
function levelRows(from: u32, to: u32, thread: u32, plane: u32, special: bool): void {
  const width = <usize>job.rowBytes;
  const bins = job.bins, positions = job.positions, routes = job.routes;
  const gradients = job.gradients + (<usize>plane * job.padded << 3);
  const set = job.sets + <usize>thread * job.setBytes;
  const picks = job.scratch + <usize>thread * job.scratchBytes;
  for (let start = from; start < to; start += blockRows) {
    const end = min(start + blockRows, to);
    let pick = picks; // (row, histogram) pairs of the rows to add
    let rowBins = bins + <usize>start * width;
    for (let row = start; row < end; row++, rowBins += width) {
      const node = <usize>load<u8>(positions + row);
      const route = routes + (node << routeShift);
      const right = goesRight(rowBins, route, special);
      store<u8>(positions + row, <u8>((node << 1) + right));
      const build = load<u32>(route + (right << 2), offsetof<Route>("buildLeft"));
      store<u32>(pick, row);
      store<u32>(pick, build, 4);
      pick += <usize>(build != 0) << 3; // kept only when its child is built: no branch to mispredict
    }
    for (let p = picks; p < pick; p += 8) {
      const row = <usize>load<u32>(p);
      addRow(bins + row * width, set + load<u32>(p, 4) - 1, load<i64>(gradients + (row << 3)));
    }
  }
}

/**
 * The pass between two trees, in one reading of rows from … to−1: adds the finished tree's leaves to the margins
 * of output `plane` (updateLeaves), computes new gradients of log loss (packGradients), and builds a root's
 * histogram (buildRoot).
 */
export function leafPass(from: u32, to: u32, thread: u32, mode: u32, plane: u32): void {
  const width = <usize>job.rowBytes;
  const set = job.sets + <usize>thread * job.setBytes;
  const gradients = job.gradients + (<usize>plane * job.padded << 3);
  for (let start = from; start < to; start += blockRows) {
    const end = min(start + blockRows, to);
    if (mode & updateLeaves) addLeaves(start, end, plane);
    if (mode & packGradients) packLogLoss(start, end);
    if (!(mode & buildRoot)) continue;
    let rowBins = job.bins + <usize>start * width;
    let gradient = gradients + (<usize>start << 3);
    for (let row = start; row < end; row++, rowBins += width, gradient += 8)
      addRow(rowBins, set, load<i64>(gradient));
  }
}

// @ts-ignore: decorator
@inline
function addLeaves(start: u32, end: u32, plane: u32): void {
  const width = <usize>job.rowBytes;
  const positions = job.positions, routes = job.routes, leaves = job.leaves;
  let rowBins = job.bins + <usize>start * width;
  let margin = job.margins + ((<usize>plane * job.padded + start) << 2);
  for (let row = start; row < end; row++, rowBins += width, margin += 4) {
    const node = <usize>load<u8>(positions + row);
    const leaf = (node << 1) + goesRight(rowBins, routes + (node << routeShift), true);
    store<f32>(margin, load<f32>(margin) + load<f32>(leaves + (leaf << 2)));
    store<u8>(positions + row, 0);
  }
}
