/** @file An expectation: one thing that must be true of a table, as plain data. */
import { checkChoice, checkNumber } from "../core/index.ts";
import type { Json, Severity } from "../flow.ts";
import {
  type BoolExpr,
  type CellsOf,
  type Columns,
  type ExprNode,
  parseNode,
  readsOf,
  toSql,
} from "../table/index.ts";
import { readCondition, toCondition } from "./condition/condition-node.ts";
import { fail } from "./errors.ts";
import { dateFormat } from "./pattern/date-format.ts";
import { portableRegex } from "./pattern/regex.ts";
import { definitionOf } from "./types/catalogue.ts";
import { checkKwargs, isParameter, type Kwargs, kwargKinds } from "./types/kwargs.ts";

/** How an expectation is judged, and what is noted about it. */
export interface ExpectationOptions {
  /** What a failure means: `critical` (the default) stops a gated write. */
  readonly severity?: Severity;
  /** The share of the rows looked at that must pass, 0 to 1. Default 1. */
  readonly mostly?: number;
  /** What it says, for people; by default a sentence made of its arguments. */
  readonly says?: string;
  readonly id?: string | null;
  readonly description?: string | null;
  readonly notes?: Json;
  readonly meta?: Readonly<Record<string, Json>>;
}

/** The same, and the rows it is about: those for which the condition is true. */
export interface ExpectationOptionsOf<C extends Columns> extends ExpectationOptions {
  readonly when?: (columns: CellsOf<C>) => BoolExpr;
}

/** One expectation. `type` is the name that Great Expectations gives it where it has one. */
export interface Expectation {
  readonly type: string;
  /** The column it is about, when it is about one. */
  readonly column: string | null;
  /** Its arguments, by Great Expectations' names; `mostly` is among them only as a suite parameter. */
  readonly kwargs: Kwargs;
  /** What it says, for people. */
  readonly says: string;
  readonly severity: Severity;
  readonly mostly: number;
  /** A typed row condition; `kwargs.row_condition` says the same where Great Expectations can. */
  readonly when: ExprNode | null;
  readonly id: string | null;
  readonly description: string | null;
  readonly notes: Json;
  readonly meta: Readonly<Record<string, Json>>;
}

/**
 * An expectation by the name and the arguments that Great Expectations gives it. The typed way is
 * {@link expectations}.
 *
 * @param type - One of {@link expectationTypes}.
 * @param kwargs - Its arguments; `{"$PARAMETER": name}` stands for a value given later.
 * @throws `check/unknown-type`, `check/unknown-kwarg`, `check/missing-kwarg`,
 * `check/mismatch-kwarg`, `check/unsupported-regex`, `check/unsupported-format`,
 * `check/unsupported-condition`, `option/out-of-range`
 * @example
 * ```ts
 * expectation("expect_column_values_to_be_between", { column: "x", min_value: 0 }).says // => "x is ≥ 0"
 * ```
 */
export function expectation(
  type: string,
  kwargs: Kwargs,
  options: ExpectationOptions = {},
): Expectation {
  const { type: name, is } = definitionOf(type);
  const { mostly: given, ...own } = kwargs;
  const specs = { ...is.kwargs, ...(is.conditional ? conditionKwargs : {}) };
  const takesMostly = is.mostly || "mostly" in is.kwargs;
  const later = isParameter(given) ? { mostly: given } : {};
  const fits = takesMostly && (typeof given === "number" || isParameter(given));
  if (given !== undefined && given !== null && !fits)
    refuseMostly({ type: name, known: Object.keys(specs), takesMostly, given });
  checkKwargs({ type: name, specs }, own);
  checkTexts(name, own);
  checkCountBounds(name, own);
  const { severity = "critical", mostly = typeof given === "number" ? given : 1 } = options;
  checkNumber(name, { mostly }, { min: 0, max: 1 });
  checkChoice(name, { severity }, ["critical", "warning", "info"]);
  const column = own["column"];
  return {
    type: name,
    column: typeof column === "string" ? column : null,
    kwargs: { ...own, ...later },
    says: options.says ?? is.says(own),
    severity,
    mostly,
    when: null,
    id: options.id ?? null,
    description: options.description ?? null,
    notes: options.notes ?? null,
    meta: options.meta ?? {},
  };
}

const conditionKwargs = {
  row_condition: { expected: "a text or an object", fits: isCondition },
  condition_parser: kwargKinds.text,
} as const;

function isCondition(value: Json): boolean {
  return typeof value === "string" || kwargKinds.record.fits(value);
}

function refuseMostly(d: {
  readonly type: string;
  readonly known: readonly string[];
  readonly takesMostly: boolean;
  readonly given: Json;
}): never {
  const { type, known, takesMostly, given } = d;
  if (!takesMostly) return fail("check/unknown-kwarg", { type, kwarg: "mostly", known });
  return fail("check/mismatch-kwarg", { type, kwarg: "mostly", expected: "a number", got: given });
}

/** The one type whose bounds Great Expectations compares when it is made. */
function checkCountBounds(type: string, { min_value: min, max_value: max }: Kwargs): void {
  const isRowCount = type === "expect_table_row_count_to_be_between";
  if (isRowCount && typeof min === "number" && typeof max === "number" && min > max)
    fail("check/mismatch-kwarg", {
      type,
      kwarg: "min_value",
      expected: `at most max_value, ${max}`,
      got: min,
    });
}

/** Reads patterns, formats and conditions now, so that a suite is refused when it is made. */
function checkTexts(type: string, kwargs: Kwargs): void {
  const { regex, regex_list, strftime_format, row_condition } = kwargs;
  if (typeof regex === "string") portableRegex(type, regex);
  if (Array.isArray(regex_list))
    for (const one of regex_list as readonly Json[]) portableRegex(type, String(one));
  if (typeof strftime_format === "string") dateFormat(type, strftime_format);
  if (row_condition !== undefined && row_condition !== null)
    readCondition(row_condition, (reason) =>
      fail("check/unsupported-condition", {
        type,
        condition:
          typeof row_condition === "string" ? row_condition : JSON.stringify(row_condition),
        reason,
      }),
    );
}

/**
 * The same expectation about fewer rows: those for which the condition is true. Great Expectations
 * reads the condition where it has a form for it, else the SQL of it.
 *
 * @param condition - Over columns of the table.
 * @throws `check/unsupported-condition` for a type that is about the whole table
 */
export function withCondition(one: Expectation, condition: Pick<BoolExpr, "node">): Expectation {
  const { type, is } = definitionOf(one.type);
  const sql = toSql(condition);
  if (!is.conditional)
    fail("check/unsupported-condition", { type, condition: sql, reason: "it is about the table" });
  const written = toCondition(condition.node) ?? { type: "pass_through", pass_through_filter: sql };
  return {
    ...one,
    when: parseNode(condition.node, type),
    kwargs: { ...one.kwargs, row_condition: written },
  };
}

/** All columns that an expectation reads, those of its condition too where they are known. */
export function columnsOf({ type, kwargs, when }: Expectation): readonly string[] {
  const reads = when === null ? [] : readsOf(when).map(({ name }) => name);
  const node = kwargs["condition"];
  const held =
    type === "expect_condition_to_hold" && node
      ? readsOf(parseNode(node, type)).map(({ name }) => name)
      : [];
  return [...new Set([...definitionOf(type).is.about(kwargs), ...held, ...reads])];
}
