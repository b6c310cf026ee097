/** @file Imputers: what training rows say about missing cells, applied later to tables and to single rows. */
import type { Cells } from "../../flow.ts";
import { type AnyRows, type Frame, isHeldOut } from "../frame.ts";
import type { Columns, Schema } from "../schema.ts";
import { type Cleaned, runAndFrame } from "./clean.ts";
import { place } from "./deed.ts";
import { fail } from "./errors.ts";
import { fillRow } from "./impute/fill.ts";
import { fitState } from "./impute/fit.ts";
import type { Imputation } from "./impute/methods.ts";
import { type ImputerState, parseImputer } from "./impute/state.ts";

/** A fitted imputer. Filling a row and filling a table give the same cells, bit for bit. */
export interface Imputer {
  /** What was learned, as JSON. */
  readonly state: ImputerState;
  /** The row with its missing cells filled and its indicators set. Throws `table/mismatch-type`. */
  row(cells: Cells): Cells;
  /**
   * The rows with their missing cells filled, as a cleaning of one step. The target has the rows'
   * columns, and may have indicators besides. Close it when the rows are used.
   */
  apply<C extends Columns>(rows: AnyRows, target: Schema<C>): Promise<Cleaned<C>>;
}

/**
 * Learns from training rows how some columns are filled. All are learned from the cells as given,
 * and all are filled at once, so that their order does not matter.
 *
 * @param rows - Training rows; the test side of a split is refused.
 * @param imputations - Which columns, how, and which columns remember that a cell was missing.
 * @throws `table/conflict-training-rows`, `table/missing-training-values`, `table/unknown-column`,
 * `table/mismatch-kind`, `table/unknown-level`, `option/out-of-range`
 * @example
 * ```ts
 * const people = schema("people", { age: float({ nullable: true }), plan: category(["a", "b"], { nullable: true }) });
 * const engine = await openEngine();
 * const rows = frame({ engine, schema: people, sql: "SELECT * FROM (VALUES (20::DOUBLE, 'a'), (30, 'a'), (70, 'b'), (NULL, NULL)) v(age, plan)" });
 * const { row, state } = await fitImputer(rows, [
 *   { columns: ["age"], by: "group", of: "plan", middle: "mean" },
 *   { columns: ["plan"], by: "mode" },
 * ]);
 * row({ age: null, plan: "a" }) // => { age: 25, plan: "a" }
 * row({ age: null, plan: null }) // => { age: 40, plan: "a" }
 * imputer(JSON.parse(JSON.stringify(state))).row({ age: null, plan: "b" }) // => { age: 70, plan: "b" }
 * await engine.close();
 * ```
 */
export async function fitImputer<C extends Columns>(
  rows: Frame<C>,
  imputations: readonly Imputation<C>[],
): Promise<Imputer> {
  const at = "fitImputer";
  if (isHeldOut(rows)) fail("table/conflict-training-rows", { at });
  const sql = `SELECT *, row_number() OVER () AS ${place} FROM (${rows.sql})`;
  return imputer(
    await fitState(imputations, { engine: rows.engine, schema: rows.schema, sql, at }),
  );
}

/**
 * Makes an imputer of its state, fitted or read from JSON.
 *
 * @throws `table/corrupt-imputer`, `table/corrupt-expression`, `table/unknown-operation`
 */
export function imputer(state: unknown): Imputer {
  const checked = parseImputer(state);
  return {
    state: checked,
    row: fillRow(checked),
    apply: (rows, target) =>
      runAndFrame(rows, target, {
        name: "imputer",
        steps: [{ do: "impute", by: "fitted", fitted: checked, why: "fill missing cells" }],
      }),
  };
}
