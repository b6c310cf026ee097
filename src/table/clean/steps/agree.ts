/** @file Two facts of one row that must agree: count the rows where they do not, blank cells, or reject. */
import { checkChoice, checkNumber } from "../../../core/index.ts";
import { type CellsOf, cells, type Expr, toSql } from "../../expr/index.ts";
import type { Columns } from "../../schema.ts";
import { quoteName } from "../../sql-text.ts";
import { type Bench, checkColumns, type Deed, type Touches } from "../deed.ts";
import { fail } from "../errors.ts";
import { withRescued } from "../values.ts";
import type { ColumnName } from "./columns.ts";

/**
 * Compares two expressions over a row. They disagree when both are known and differ: numbers by
 * more than the tolerance, everything else at all.
 */
export type AgreeStep<C extends Columns> = {
  readonly do: "agree";
  readonly facts: (columns: CellsOf<C>) => readonly [Expr, Expr];
  /** How far two numbers may lie apart, in their unit. Default 0. */
  readonly tolerance?: number;
  readonly why: string;
} & (
  | { readonly action: "count" }
  | { readonly action: "reject" }
  | {
      /** Empties these cells; what stood there is kept in the rescued column. */
      readonly action: "blank";
      readonly columns: readonly ColumnName<C>[];
    }
);

type Here<C extends Columns> = Pick<Bench<C>, "at" | "target">;

/** What {@link AgreeStep} reads and writes. Throws `option/out-of-range`, `table/mismatch-kind`. */
export function agreeTouches<C extends Columns>(step: AgreeStep<C>, here: Here<C>): Touches {
  const { at, target } = here;
  checkChoice(at, { action: step.action }, ["count", "reject", "blank"]);
  checkNumber(at, { tolerance: step.tolerance ?? 0 }, { min: 0 });
  const [a, b] = step.facts(cells(target, at));
  const textual = [a, b].every(({ kind }) => kind === "text" || kind === "category");
  if (a.kind !== b.kind && !textual)
    fail("table/mismatch-kind", {
      at,
      column: a.reads.join(", "),
      expected: `a fact of ${a.kind} beside it`,
      got: b.kind,
    });
  const reads = [...new Set([...a.reads, ...b.reads])];
  if (step.action !== "blank") return { reads, writes: [], removes: step.action === "reject" };
  checkColumns(at, target, step.columns);
  return { reads, writes: step.columns };
}

/** {@link AgreeStep} in SQL; the rows that disagree are reported as `disagree`. */
export async function agreeDeed<C extends Columns>(
  step: AgreeStep<C>,
  { at, target, engine, table }: Bench<C>,
): Promise<Deed> {
  const [a, b] = step.facts(cells(target, at));
  const [left, right] = [toSql(a), toSql(b)];
  const tolerance = step.tolerance ?? 0;
  const apart =
    a.kind === "number" && tolerance > 0
      ? `abs(${left} - ${right}) > '${tolerance}'::DOUBLE`
      : `${left} <> ${right}`;
  const differ = `coalesce(${apart}, false)`;
  const [row] = await engine.query(`SELECT count(*) FILTER (${differ}) AS n FROM ${table} t`);
  const found = { disagree: Number(row?.["n"]) };
  if (step.action === "count") return { found };
  if (step.action === "reject") return { found, reject: differ };
  const blanked = step.columns.map((column) => [
    column,
    `CASE WHEN ${differ} THEN NULL ELSE t.${quoteName(column)} END`,
  ]);
  return { found, set: withRescued(target, Object.fromEntries(blanked)) };
}
