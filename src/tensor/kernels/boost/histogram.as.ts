/** @file Adding rows to histograms. */
import { fullBytes, job } from "./job.as";

/** Clears the first bytes of this thread's set of histograms. */
export function clearSet(thread: u32, bytes: usize): void {
  memory.fill(job.sets + <usize>thread * job.setBytes, 0, bytes);
}

/** Adds one row's packed gradient to each feature's bin of the row; four features a turn. */
// @ts-ignore: decorator
@inline
export function addRow(rowBins: usize, histogram: usize, packed: i64, fullCount: usize, narrow: usize): void {
  if (packed == 0) return; // not in this tree's sample
  let bin = rowBins, bins = histogram;
  const full = rowBins + fullCount, end = rowBins + narrow;
  for (; bin < full; bin += 4, bins += 4 * fullBytes) {
    addAt(bins + (<usize>load<u8>(bin) << 3), packed);
    const at1 = bins + (<usize>load<u8>(bin, 1) << 3);
    store<i64>(at1, load<i64>(at1, 1 * fullBytes) + packed, 1 * fullBytes);
    const at2 = bins + (<usize>load<u8>(bin, 2) << 3);
    store<i64>(at2, load<i64>(at2, 2 * fullBytes) + packed, 2 * fullBytes);
    const at3 = bins + (<usize>load<u8>(bin, 3) << 3);
    store<i64>(at3, load<i64>(at3, 3 * fullBytes) + packed, 3 * fullBytes);
  }
  if (bin < end) addOthers(rowBins, histogram, packed, fullCount, narrow);
  if (job.wide != 0) addWide(rowBins, histogram, packed);
}

/** Columns of few bins: each says where it begins. */
// @ts-ignore: decorator
@inline
function addOthers(rowBins: usize, histogram: usize, packed: i64, full: usize, narrow: usize): void {
  let bin = rowBins + full, offset = job.columnOffsets + (full << 2);
  const four = bin + ((narrow - full) & ~3), end = rowBins + narrow;
  for (; bin < four; bin += 4, offset += 16) {
    const quad = <usize>load<u32>(bin);
    addAt(histogram + load<u32>(offset) + ((quad & 255) << 3), packed);
    addAt(histogram + load<u32>(offset, 4) + ((quad >> 5) & 2040), packed);
    addAt(histogram + load<u32>(offset, 8) + ((quad >> 13) & 2040), packed);
    addAt(histogram + load<u32>(offset, 12) + ((quad >> 21) & 2040), packed);
  }
  for (; bin < end; bin++, offset += 4)
    addAt(histogram + load<u32>(offset) + (<usize>load<u8>(bin) << 3), packed);
}

function addWide(rowBins: usize, histogram: usize, packed: i64): void {
  let place = rowBins + job.wideStart, offset = job.columnOffsets + (<usize>job.narrow << 2);
  for (let c: u32 = 0; c < job.wide; c++, place += 2, offset += 4)
    addAt(histogram + load<u32>(offset) + (<usize>load<u16>(place) << 3), packed);
}

// @ts-ignore: decorator
@inline
function addAt(address: usize, packed: i64): void {
  store<i64>(address, load<i64>(address) + packed);
}

/**
 * Sums what the threads of `mask` built at `built` of their sets into a finished histogram, in which every feature has bins of
 * its own.
 */
export function collect(mask: u32, built: usize, to: usize): void {
  const bytes = <usize>job.histogramBytes, shared = <usize>job.sharedBytes;
  let filled = false;
  for (let thread: u32 = 0; thread < 32; thread++) {
    if (!(mask & (1 << thread))) continue;
    const from = job.sets + <usize>thread * job.setBytes + built, part = from + shared;
    if (filled) for (let i: usize = 0; i < bytes; i += 16)
      v128.store(to + i, i64x2.add(v128.load(to + i), v128.load(part + i)));
    else memory.copy(to, part, bytes);
    filled = true;
    takeApart(from, to);
  }
  if (!filled) memory.fill(to, 0, bytes);
}

/** As `collect` from one thread, for siblings: `to` is taken from the parent in the same reading. */
export function collectFrom(parent: usize, to: usize, thread: u32): void {
  const bytes = <usize>job.histogramBytes, from = job.sets + <usize>thread * job.setBytes, part = from + job.sharedBytes;
  takeApart(from, part);
  for (let i: usize = 0; i < bytes; i += 16) {
    const sums = v128.load(part + i);
    v128.store(to + i, sums);
    v128.store(parent + i, i64x2.sub(v128.load(parent + i), sums));
  }
}

/** Adds the histograms of shared bytes to those of their features. */
function takeApart(from: usize, to: usize): void {
  for (let c: usize = 0; c < <usize>job.packedFeatures; c++) {
    const feature = <usize>load<u32>(job.sources + (c << 2)), low = load<u32>(job.lows + (c << 2)), mask = load<u32>(job.masks + (c << 2));
    const shared = from + <usize>load<u32>(job.places + (c << 2)) * fullBytes;
    const own = to + load<u32>(job.offsets + (feature << 2));
    for (let byte: u32 = 0; byte < 256; byte++)
      addAt(own + (<usize>((byte >> low) & mask) << 3), load<i64>(shared + (<usize>byte << 3)));
  }
}
