/**
 * @file Histogram boosting: the passes over rows and over histograms.
 *
 * AssemblyScript, compiled to boost.wasm by scripts/kernels.ts. All state lies in one memory that
 * every thread shares; a Job at its start says where. No function allocates.
 *
 * Six ideas carry it:
 * - A row's gradient and hessian are rounded to integers and packed into one i64, gradient in the
 *   high 32 bits, hessian in the low 32, of which the sign bit stays 0. A histogram update is one load, add, store, and integer
 *   sums do not depend on their order: the same model for any number of threads. The caller picks
 *   the scales so that no sum over all rows leaves its 31 bits.
 * - Of two siblings, the histogram of one is built from its rows; the other is parent minus it.
 * - Features of few bins share a byte, and with it one histogram while rows are added; it is taken apart afterwards.
 * - Shallow trees grow a level at a time (level): each row has a one-byte position, and 16 rows at a time are asked whether
 *   they are in a node and go right. The rows to add are copied together, node by node.
 * - Splits are looked for in 32 bits, four bins at a time; what may be better is computed again in 64.
 * - Deep and leaf-wise trees keep an index of rows, each node a stretch of it (partition); rows are copied
 *   together in blocks before they are added, so that cache misses overlap.
 */
export { binRows } from "./boost/bins.as";
export { measureGradients, quantiseGradients } from "./boost/gradients.as";
export { clearSet } from "./boost/histogram.as";
export { heapBase, jobBytes, open } from "./boost/job.as";
export { leafPass, levelPass } from "./boost/level.as";
export {
  addLeafRows, expandNode, fillIndex, gatherRows, placeSides, sortSides,
} from "./boost/partition.as";
export { scanPair } from "./boost/splits.as";
export { addTree } from "./boost/walk.as";
