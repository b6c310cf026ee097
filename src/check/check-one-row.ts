/** @file The same suite for one row, such as that of a request: no engine, no scan. */
import type { Cells, Finding } from "../flow.ts";
import { type Columns, toRow } from "../table/index.ts";
import { conditionNode } from "./condition/condition-node.ts";
import { compileExpectation, isRowPlan } from "./scan/compile.ts";
import { type CheckOptions, type Suite, surroundings } from "./suite.ts";

/** What a suite says of one row. */
export interface RowReport {
  /** False when an expectation of severity critical failed. */
  readonly passed: boolean;
  /** One for each expectation about rows, in the order of the suite. */
  readonly findings: readonly Finding[];
  /** What the expectations say that one row cannot answer: aggregates, uniqueness, spread. */
  readonly skipped: readonly string[];
}

/**
 * Prepares a suite for single rows. Its expectations about rows give, for each row, what the scan
 * gives on a table of that row alone (a law in the tests); below a few microseconds a row.
 *
 * @returns A function of a row, which throws `table/mismatch-type` for a cell of another type.
 * @throws what is wrong with an expectation, as {@link check} does
 * @example
 * ```ts
 * const points = schema("points", { x: int() });
 * const checkRow = rowCheck(suite("positive", points, [expectations(points).between("x", { min: 0 })]));
 * checkRow({ x: -1 }).passed // => false
 * ```
 */
export function rowCheck<C extends Columns>(
  suite: Suite<C>,
  options: CheckOptions = {},
): (row: Cells) => RowReport {
  const around = surroundings(suite.schema.columns, suite, options);
  const skipped: string[] = [];
  const rules = suite.expectations.flatMap((given) => {
    const { plan, expectation } = compileExpectation(given, around);
    if (!isRowPlan(plan) || plan.row === undefined) {
      skipped.push(expectation.says);
      return [];
    }
    const node =
      expectation.when ??
      conditionNode({ type: expectation.type, columns: around.columns }, expectation.kwargs);
    const isAbout = node === null ? undefined : toRow({ node });
    return [{ expectation, breaks: plan.row, isAbout }];
  });
  return (row) => {
    const findings = rules.map(({ expectation, breaks, isAbout }): Finding => {
      const { says, column, severity, mostly } = expectation;
      const about = isAbout === undefined || isAbout(row) === true;
      const broken = about ? breaks(row) : null;
      const passed = broken !== true || mostly <= 0;
      const rows = broken === null ? 0 : 1;
      const failedRows = broken === true ? 1 : 0;
      return { expectation: says, column, severity, passed, failedRows, rows, sample: [] };
    });
    const passed = findings.every((one) => one.passed || one.severity !== "critical");
    return { passed, findings, skipped };
  };
}

/**
 * Judges one row by the expectations of a suite that are about rows. For many rows prepare once,
 * with {@link rowCheck}.
 *
 * @param suite - Bound to a schema; one read from JSON is bound by {@link withSchema}.
 * @param row - A cell for every column that the expectations read.
 * @throws `table/mismatch-type`, and what is wrong with an expectation
 * @example
 * ```ts
 * const points = schema("points", { x: int() });
 * const positive = suite("positive", points, [expectations(points).between("x", { min: 0 })]);
 * checkOneRow(positive, { x: 3 }).passed // => true
 * ```
 */
export function checkOneRow<C extends Columns>(suite: Suite<C>, row: Cells): RowReport {
  return rowCheck(suite)(row);
}
