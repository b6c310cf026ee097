/** @file Rows of bins through a whole tree: for rows that had no part in growing it, and for trees that are dropped. */
import { goesRight, job, Route } from "./job.as";

/** Bytes of a written node: a route of 32 bytes; in its last words the left child (0: a leaf) and the value. */
const nodeShift: usize = 5;
const leftAt: usize = 20; // in the place of Route.buildLeft
const valueAt: usize = 24; // in the place of Route.buildRight

/**
 * Adds factor · value of the leaf to the margins of output `plane`, for rows from … to−1; `outside`: only for
 * rows whose gradient is 0.
 */
export function addTree(tree: usize, from: u32, to: u32, factor: f32, plane: u32, outside: u32): void {
  const gradients = job.gradients + (<usize>plane * job.padded << 3);
  const margins = job.margins + (<usize>plane * job.padded << 2);
  let rowBins = job.bins + <usize>from * job.rowBytes;
  for (let row = from; row < to; row++, rowBins += job.rowBytes) {
    if (outside && load<i64>(gradients + (<usize>row << 3)) != 0) continue;
    let node = tree;
    for (let left = load<u32>(node, leftAt); left != 0; left = load<u32>(node, leftAt))
      node = tree + (<usize>(left + goesRight(rowBins + load<u32>(node), changetype<Route>(node))) << nodeShift);
    const at = margins + (<usize>row << 2);
    store<f32>(at, load<f32>(at) + factor * load<f32>(node, valueAt));
  }
}
