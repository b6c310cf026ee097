/** @file Small pieces of transforms: a column that was made as an input, and columns that tell. */
import { invariant } from "../../core/index.ts";
import {
  type BoolExpr,
  cells,
  type Expr,
  float,
  type NumberExpr,
  when,
} from "../../table/index.ts";
import { fail } from "../errors.ts";
import type { Output } from "../feature.ts";

/** A column of the matrix as an expression, for what undoes a feature. */
export function madeNumber(name: string): NumberExpr {
  const [made] = Object.values(
    cells({ name: "made", columns: { [name]: float({ nullable: true }) } }),
  );
  invariant(made, "a schema of one column has a column");
  return made;
}

/**
 * What a transform is given is an expression of a kind that it takes: types say so, and programs without types are told.
 *
 * @throws `feature/mismatch-input`
 */
export function checkInput(at: string, of: Expr | undefined, takes: readonly Expr["kind"][]): void {
  const kind = of?.kind;
  if (kind !== undefined && takes.includes(kind)) return;
  fail("feature/mismatch-input", { at, takes, kind: kind ?? null, reads: of?.reads ?? [] });
}

/** Any expression that can be missing. */
export interface MaybeMissing<R extends string = string> extends Expr<Expr["kind"], R> {
  isMissing(): BoolExpr<R>;
}

/** The column that tells where an input is missing: "age missing". */
export function missingColumn(of: MaybeMissing, name: string): Output {
  return { name: `${name} missing`, node: when(of.isMissing(), 1, 0).node };
}
