/** @file Numbers in columns: SQLite stores NaN as null, so NaN has a column of its own. */

/** The columns a number is stored in. */
export interface NumberColumns {
  /** The number; 0 for NaN. */
  readonly value: number;
  /** 1 for NaN, else 0. */
  readonly is_nan: number;
}

/**
 * The columns that a number is stored in.
 *
 * @example
 * ```ts
 * toNumberColumns(Number.NaN) // => { value: 0, is_nan: 1 }
 * ```
 */
export function toNumberColumns(value: number): NumberColumns {
  return Number.isNaN(value) ? { value: 0, is_nan: 1 } : { value, is_nan: 0 };
}

/**
 * The number that columns stand for.
 *
 * @example
 * ```ts
 * fromNumberColumns(toNumberColumns(0.5)) // => 0.5
 * ```
 */
export function fromNumberColumns(columns: NumberColumns): number {
  return columns.is_nan === 1 ? Number.NaN : columns.value;
}
