/** @file The errors of cleaning: names that collide, cells that do not fit, steps that cannot work. */
import { caller, count, didYouMean, failWith, list, quote } from "../../core/index.ts";

/** What can go wrong while rows are cleaned. */
export const cleanErrors = {
  "table/duplicate-name": caller(
    (d: { at: string; names: readonly string[]; standard: string }) =>
      `${d.at}: the columns ${list(d.names)} would all be called ${quote(d.standard)}; expected one column a name. Name them apart in the overrides`,
  ),
  "table/mismatch-cast": caller(
    (d: { at: string; cells: Readonly<Record<string, number>>; sample: unknown }) =>
      `${d.at}: ${Object.entries(d.cells)
        .map(([column, n]) => `${count(n, "cell")} of ${quote(column)}`)
        .join(
          ", ",
        )} do not fit, for example ${quote(d.sample)}. Mend them, or cast with "rescue" to keep them aside; nothing was written`,
  ),
  "table/mismatch-kind": caller(
    (d: { at: string; column: string; expected: string; got: string }) =>
      `${d.at}: column ${quote(d.column)} needs ${d.expected}; got ${d.got}`,
  ),
  "table/unknown-level": caller(
    (d: { at: string; column: string; level: string; levels: readonly string[] }) =>
      `${d.at}: ${quote(d.level)} is no level of ${quote(d.column)}; expected one of ${list(d.levels, d.level)}.${didYouMean(d.level, d.levels)}`,
  ),
  "table/missing-values": caller(
    (d: { at: string; column: string; share: number; atMost: number }) =>
      `${d.at}: ${(100 * d.share).toFixed(2)} % of ${quote(d.column)} is missing; expected at most ${100 * d.atMost} %. Nothing was written`,
  ),
  "table/missing-training-values": caller(
    (d: { at: string; column: string; rows: number }) =>
      `${d.at}: there is nothing to learn ${quote(d.column)} from among ${count(d.rows, "row")}; expected at least one row with a value`,
  ),
  "table/conflict-training-rows": caller(
    (d: { at: string }) =>
      `${d.at}: these are test rows, and what is learned from them would make the test worthless; fit on the training rows of the split`,
  ),
  "table/corrupt-imputer": caller(
    (d: { at: string; expected: string; got: unknown }) =>
      `${d.at}: this is not the state of an imputer; expected ${d.expected}, got ${quote(d.got)}`,
  ),
};

/** Throws one of {@link cleanErrors}. */
export const fail = failWith(cleanErrors);
