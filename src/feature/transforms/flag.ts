/** @file Truth values as 0 and 1, and whether anything is there at all. */
import { checkChoice, checkNames } from "../../core/index.ts";
import { type BoolExpr, when } from "../../table/index.ts";
import { type Feature, learnsNothing } from "../feature.ts";
import { checkInput, type MaybeMissing, missingColumn } from "./made.ts";

/** Options of {@link flag}. */
export interface FlagOptions {
  /**
   * What becomes of a missing value: NaN, which trees take and linear models refuse; 0 and a column
   * of its own; or 0. Default `nan`.
   */
  readonly missing?: "nan" | "own" | "zero";
}

/**
 * 1 for true, 0 for false.
 *
 * @param of - A truth value.
 * @returns One column; with `missing: "own"` a second, `partner missing`.
 * @throws `feature/mismatch-input`, `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const people = schema("people", { member: bool(), age: int() });
 * features(people, (c) => ({ adult: flag(c.age.isAtLeast(18)) })).reads // => ["age"]
 * ```
 */
export function flag<R extends string>(of: BoolExpr<R>, options: FlagOptions = {}): Feature<R> {
  checkNames("flag", options, ["missing"]);
  checkInput("flag", of, ["bool"]);
  const { missing = "nan" } = options;
  checkChoice("flag", { missing }, ["nan", "own", "zero"]);
  const known = when(of, 1, 0);
  const value = missing === "nan" ? when(of.isMissing().not(), known) : known;
  return {
    transform: "flag",
    options: { missing },
    reads: of.reads,
    ...learnsNothing((name) => [
      { name, node: value.node },
      ...(missing === "own" ? [missingColumn(of, name)] : []),
    ]),
  };
}

/**
 * 1 where a value is missing, 0 where it is there.
 *
 * @param of - Any column or expression.
 * @returns One column.
 * @example
 * ```ts
 * const people = schema("people", { age: int({ nullable: true }) });
 * features(people, (c) => ({ noAge: missing(c.age) })).reads // => ["age"]
 * ```
 */
export function missing<R extends string>(of: MaybeMissing<R>): Feature<R> {
  const { node } = when(of.isMissing(), 1, 0);
  return {
    transform: "missing",
    options: {},
    reads: of.reads,
    ...learnsNothing((name) => [{ name, node }]),
  };
}
