/** @file The loops of a matrix program over some rows; each is apart so that it is compiled for itself. */

/** Copies rows of a column; views of it would be quicker to make and slower to be rid of. */
export function copyRows(
  column: Float64Array,
  { from, n, to }: { readonly from: number; readonly n: number; readonly to: Float64Array },
): void {
  for (let i = 0; i < n; i++) to[i] = column[from + i] ?? 0;
}

/** Some rows of a matrix: n of them from the row `from` on, each `step` numbers long. */
export interface Rows {
  readonly from: number;
  readonly n: number;
  readonly to: Float64Array;
  readonly step: number;
}

/** Writes n values into a column. */
export function writeColumn(
  values: Float64Array,
  { from, n, to, step }: Rows,
  column: number,
): void {
  for (let i = 0, place = from * step + column; i < n; i++, place += step)
    to[place] = values[i] ?? 0;
}

/** Writes n values, each into the column that its place says; what is no place writes nothing. */
export function spreadRows(
  places: Float64Array,
  values: Float64Array,
  { columnOf, from, n, to, step }: Rows & { readonly columnOf: Int32Array },
): void {
  for (let i = 0, row = from * step; i < n; i++, row += step) {
    const place = places[i] ?? 0;
    const whole = place | 0;
    if (whole !== place || whole < 0 || whole >= columnOf.length) continue; // NaN is none
    const column = columnOf[whole] ?? -1;
    if (column >= 0) to[row + column] = values[i] ?? 0;
  }
}

/** Of each row the value that it chose among some. */
export function chooseRows(
  among: readonly Float64Array[],
  { choice, from, n }: { readonly choice: Int16Array; readonly from: number; readonly n: number },
): Float64Array {
  const chosen = new Float64Array(n);
  for (let i = 0; i < n; i++) chosen[i] = among[choice[from + i] ?? 0]?.[i] ?? 0;
  return chosen;
}
