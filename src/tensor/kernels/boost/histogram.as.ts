/** @file Adding rows to histograms. */
import { job } from "./job.as";

/** Clears the first bytes of this thread's set of histograms. */
export function clearSet(thread: u32, bytes: usize): void {
  memory.fill(job.sets + <usize>thread * job.setBytes, 0, bytes);
}

/** Adds one row's packed gradient to each feature's bin of the row; four features a turn. */
// @ts-ignore: decorator
@inline
export function addRow(rowBins: usize, histogram: usize, packed: i64): void {
  if (packed == 0) return; // not in this tree's sample
  let offset = job.columnOffsets, bin = rowBins;
  const four = rowBins + (<usize>job.narrow & ~3), end = rowBins + job.narrow;
  for (; bin < four; bin += 4, offset += 16) {
    const quad = <usize>load<u32>(bin);
    addTo(histogram + load<u32>(offset) + ((quad & 255) << 3), packed);
    addTo(histogram + load<u32>(offset, 4) + ((quad >> 5) & 2040), packed);
    addTo(histogram + load<u32>(offset, 8) + ((quad >> 13) & 2040), packed);
    addTo(histogram + load<u32>(offset, 12) + ((quad >> 21) & 2040), packed);
  }
  for (; bin < end; bin++, offset += 4)
    addTo(histogram + load<u32>(offset) + (<usize>load<u8>(bin) << 3), packed);
  if (job.wide != 0) addWide(rowBins, histogram, packed);
}

function addWide(rowBins: usize, histogram: usize, packed: i64): void {
  let place = rowBins + job.wideStart, offset = job.columnOffsets + (<usize>job.narrow << 2);
  for (let c: u32 = 0; c < job.wide; c++, place += 2, offset += 4)
    addTo(histogram + load<u32>(offset) + (<usize>load<u16>(place) << 3), packed);
}

// @ts-ignore: decorator
@inline
function addTo(address: usize, packed: i64): void {
  store<i64>(address, load<i64>(address) + packed);
}
