/** @file From numbers to bins. Bin 0 of every feature holds its missing values, bins 1 to counts[f] the others in order. */
import { job } from "./job.as";

/** Turns staged rows 0 … count−1 into bins, from row `first` on. */
export function binRows(first: u32, count: u32): void {
  const width = <usize>job.width, rowBytes = <usize>job.rowBytes;
  let value = job.staging;
  let row = job.bins + <usize>first * rowBytes;
  for (let i: u32 = 0; i < count; i++, value += width << 3, row += rowBytes) {
    let cuts = job.cuts, source = job.sources, codes = job.codes, places = job.places, lows = job.lows;
    for (let c: u32 = 0; c < job.narrowFeatures; c++, cuts += 2048, source += 4, codes += 4, places += 4, lows += 4) {
      const x = load<f64>(value + (<usize>load<u32>(source) << 3));
      const table = <usize>load<u32>(codes), place = row + load<u32>(places), low = load<u32>(lows);
      const bin = table == 0 ? binOf(cuts, x) : codeOf(table, c, x);
      store<u8>(place, low == 0 ? <u8>bin : load<u8>(place) | <u8>(bin << low));
    }
    let place = row + job.wideStart;
    for (let c: u32 = 0; c < job.wide; c++, place += 2, source += 4, codes += 4) {
      const x = load<f64>(value + (<usize>load<u32>(source) << 3));
      store<u16>(place, <u16>codeOf(<usize>load<u32>(codes), job.narrowFeatures + c, x));
    }
  }
  copyColumns(first, count);
}

/** Eight halvings, no branch. NaN is not above or below anything, and gives 0. */
// @ts-ignore: decorator
@inline
function binOf(cuts: usize, x: f64): u32 {
  let cut = cuts; // ends at the first cut above x
  cut += <usize>(load<f64>(cut, 127 * 8) <= x) << 10;
  cut += <usize>(load<f64>(cut, 63 * 8) <= x) << 9;
  cut += <usize>(load<f64>(cut, 31 * 8) <= x) << 8;
  cut += <usize>(load<f64>(cut, 15 * 8) <= x) << 7;
  cut += <usize>(load<f64>(cut, 7 * 8) <= x) << 6;
  cut += <usize>(load<f64>(cut, 3 * 8) <= x) << 5;
  cut += <usize>(load<f64>(cut, 1 * 8) <= x) << 4;
  cut += <usize>(load<f64>(cut) <= x) << 3;
  return (<u32>((cut - cuts) >> 3) + 1) * <u32>(x == x);
}

/**
 * The bin of a category code: 0 of a missing one; of one that was never seen the bin after all others, which no set
 * holds, so that it goes right as it does in finished trees. The fraction of a code does not count.
 */
function codeOf(table: usize, column: u32, x: f64): u32 {
  if (x != x) return 0;
  const count = <f64>load<u32>(job.codeCounts + (<usize>column << 2));
  if (x > -1 && x < count) return <u32>load<u16>(table + (<usize>x << 1));
  const feature = <usize>load<u32>(job.sources + (<usize>column << 2));
  return load<u32>(job.counts + (feature << 2)) + 1;
}

function copyColumns(first: u32, count: u32): void {
  const rowBytes = <usize>job.rowBytes, padded = <usize>job.padded;
  for (let c: usize = 0; c < <usize>job.narrow; c++) {
    let from = job.bins + <usize>first * rowBytes + c, to = job.columns + c * padded + first;
    for (let i: u32 = 0; i < count; i++, from += rowBytes, to++) store<u8>(to, load<u8>(from));
  }
  for (let c: usize = 0; c < <usize>job.wide; c++) {
    let from = job.bins + <usize>first * rowBytes + job.wideStart + (c << 1);
    let to = job.columns + <usize>job.narrow * padded + ((c * padded + first) << 1);
    for (let i: u32 = 0; i < count; i++, from += rowBytes, to += 2) store<u16>(to, load<u16>(from));
  }
}
