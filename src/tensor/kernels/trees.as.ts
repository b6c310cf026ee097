/**
 * @file Many rows through trees: four rows walk a tree in lockstep, so that their loads overlap.
 *
 * AssemblyScript, compiled to trees.wasm by scripts/kernels.ts. tree/batch.ts writes the {@link Batch}
 * and the nodes. A leaf is a node that leads to itself, so a walk needs no branch but its end.
 */

/** Where everything lies: byte offsets, sizes. tree/batch.ts writes the same order of 32-bit words. */
@unmanaged
class Batch {
  trees: u32;
  roots: usize; // u32 [trees]: address of each root
  depths: usize; // u32 [trees]: most steps from a root to a leaf
  nodes: usize; // Node [nodes], at a multiple of 16
  values: usize; // f64 [nodes, leafWidth]
  leafWidth: u32;
  outputs: u32; // k
  rows: usize; // f64 [rows of a block, d], four rows of padding
  rowBytes: u32;
  sums: usize; // f64 [rows of a block, k], four rows of padding
  setStarts: usize; // i32 [sets + 1]
  setWords: usize; // u32
}

/** 16 bytes. A leaf has threshold NaN, flags 0 and itself as its left child: every value stays. */
@unmanaged
class Node {
  threshold: f64;
  feature: u32; // times 8
  left: u32; // address of the left child, and flags in its low bits; the right child follows it
}

const missingRight: u32 = 1;
const categories: u32 = 2;
const zeroMissing: u32 = 4;
const inner: u32 = 8; // only asked by walkAny
const zeroLimit: f64 = <f64>(<f32>1e-35);

/** Adds every tree's answer to the sums of the first `count` rows; numbers are all that trees ask of. */
export function predictPlain(address: usize, count: u32): void {
  const batch = changetype<Batch>(address);
  const rowBytes = <usize>batch.rowBytes;
  for (let t: u32 = 0; t < batch.trees; t++) {
    const root = <usize>load<u32>(batch.roots + (<usize>t << 2));
    const depth = load<u32>(batch.depths + (<usize>t << 2));
    let row = batch.rows;
    for (let i: u32 = 0; i < count; i += 4) {
      const r1 = row + rowBytes, r2 = r1 + rowBytes, r3 = r2 + rowBytes;
      let a = root, b = root, c = root, d = root;
      for (let level: u32 = 0; level < depth; level++) {
        const a1 = stepOf(a, row), b1 = stepOf(b, r1), c1 = stepOf(c, r2), d1 = stepOf(d, r3);
        const moved = (a ^ a1) | (b ^ b1) | (c ^ c1) | (d ^ d1);
        a = a1; b = b1; c = c1; d = d1;
        if (moved == 0) break; // all four are at leaves
      }
      addLeaf(batch, t, i, a);
      addLeaf(batch, t, i + 1, b);
      addLeaf(batch, t, i + 2, c);
      addLeaf(batch, t, i + 3, d);
      row = r3 + rowBytes;
    }
  }
}

/** As predictPlain, of trees that may ask for categories or take zero for missing. */
export function predictAny(address: usize, count: u32): void {
  const batch = changetype<Batch>(address);
  for (let t: u32 = 0; t < batch.trees; t++) {
    const root = <usize>load<u32>(batch.roots + (<usize>t << 2));
    let row = batch.rows;
    for (let i: u32 = 0; i < count; i++, row += batch.rowBytes)
      addLeaf(batch, t, i, walkAny(batch, root, row));
  }
}

// @ts-ignore: decorator
@inline
function stepOf(node: usize, row: usize): usize {
  const threshold = load<f64>(node), left = load<u32>(node, 12);
  const value = load<f64>(row + load<u32>(node, 8));
  const right = <u32>(value >= threshold) | (<u32>(value != value) & left); // bit 0 is missingRight
  return <usize>((left & ~15) + (right << 4));
}

function walkAny(batch: Batch, root: usize, row: usize): usize {
  let node = root;
  for (let left = changetype<Node>(node).left; left & inner; left = changetype<Node>(node).left) {
    const head = changetype<Node>(node);
    const value = load<f64>(row + head.feature);
    let right: u32 = 0;
    if (value != value || (left & zeroMissing && Math.abs(value) <= zeroLimit)) right = left & missingRight;
    else if (left & categories) right = <u32>!hasCode(batch, <usize>head.threshold, value);
    else right = <u32>(value >= head.threshold);
    node = <usize>((left & ~15) + (right << 4));
  }
  return node;
}

function hasCode(batch: Batch, set: usize, value: f64): bool {
  const start = <f64>load<i32>(batch.setStarts + (set << 2));
  const end = <f64>load<i32>(batch.setStarts + (set << 2), 4);
  const whole = Math.trunc(value);
  const word = start + Math.floor(whole / 32);
  if (whole < 0 || word >= end) return false;
  return <bool>((load<u32>(batch.setWords + (<usize>word << 2)) >> (<u32>whole & 31)) & 1);
}

// @ts-ignore: decorator
@inline
function addLeaf(batch: Batch, tree: u32, row: u32, node: usize): void {
  const outputs = batch.outputs, leafWidth = batch.leafWidth;
  const leaf = (node - batch.nodes) >> 4;
  if (leafWidth == 1) {
    const sum = batch.sums + (<usize>(row * outputs + (outputs == 1 ? 0 : tree % outputs)) << 3);
    store<f64>(sum, load<f64>(sum) + load<f64>(batch.values + (leaf << 3)));
    return;
  }
  let sum = batch.sums + (<usize>(row * outputs) << 3), value = batch.values + ((leaf * leafWidth) << 3);
  for (let o: u32 = 0; o < outputs; o++, sum += 8, value += 8)
    store<f64>(sum, load<f64>(sum) + load<f64>(value));
}
