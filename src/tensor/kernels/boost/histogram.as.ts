/** @file Adding rows to histograms. */
import { fullBytes, job } from "./job.as";

/** Clears the first bytes of this thread's set of histograms. */
export function clearSet(thread: u32, bytes: usize): void {
  memory.fill(job.sets + <usize>thread * job.setBytes, 0, bytes);
}

/** Adds one row's packed gradient to each feature's bin of the row; four features a turn. */
// @ts-ignore: decorator
@inline
export function addRow(rowBins: usize, histogram: usize, packed: i64): void {
  if (packed == 0) return; // not in this tree's sample
  let bin = rowBins, bins = histogram;
  const full = rowBins + job.full, end = rowBins + job.narrow;
  for (; bin < full; bin += 4, bins += 4 * fullBytes) {
    const quad = load<u32>(bin);
    addAt(bins + ((quad & 255) << 3), packed);
    const at1 = bins + ((quad >> 5) & 2040);
    store<i64>(at1, load<i64>(at1, 1 * fullBytes) + packed, 1 * fullBytes);
    const at2 = bins + ((quad >> 13) & 2040);
    store<i64>(at2, load<i64>(at2, 2 * fullBytes) + packed, 2 * fullBytes);
    const at3 = bins + ((quad >> 21) & 2040);
    store<i64>(at3, load<i64>(at3, 3 * fullBytes) + packed, 3 * fullBytes);
  }
  if (bin < end) addOthers(rowBins, histogram, packed);
  if (job.wide != 0) addWide(rowBins, histogram, packed);
}

/** Columns of few bins: each says where it begins. */
// @ts-ignore: decorator
@inline
function addOthers(rowBins: usize, histogram: usize, packed: i64): void {
  const full = <usize>job.full, narrow = <usize>job.narrow;
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
