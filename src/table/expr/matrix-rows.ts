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

/** 1 where a number is the wanted one, else 0. */
export function sameAs(
  column: Float64Array,
  { out, n, wanted }: { out: Float64Array; n: number; wanted: number },
): void {
  for (let i = 0; i < n; i++) out[i] = column[i] === wanted ? 1 : 0;
}

/** 1 where the text has the wanted number, 0 where it is another, NaN where it is missing. */
export function isNumbered(
  texts: Float64Array,
  { out, n, wanted }: { out: Float64Array; n: number; wanted: number },
): void {
  for (let i = 0; i < n; i++) {
    const text = texts[i] ?? 0;
    out[i] = text === wanted ? 1 : text >= -1 ? 0 : Number.NaN;
  }
}

export function lookedUp(
  texts: Float64Array,
  { out, n, dense, other }: { out: Float64Array; n: number; dense: Float64Array; other: number },
): void {
  for (let i = 0; i < n; i++) {
    const text = texts[i] ?? 0;
    out[i] = text >= 0 ? (dense[text] ?? 0) : text === -1 ? other : Number.NaN;
  }
}

/** The hash of each text: of a numbered one from the list, of others what the engine gave. */
export function hashRows(
  texts: Float64Array,
  of: { out: Float64Array; n: number; hashes: Float64Array; others: Float64Array },
): void {
  const { out, n, hashes, others } = of;
  for (let i = 0; i < n; i++) {
    const text = texts[i] ?? -1;
    out[i] = text >= 0 ? (hashes[text] ?? 0) : (others[i] ?? 0);
  }
}
