/** @file Expectations attached to a table: rules for single rows, kept in its configuration, that every write obeys. */
import type { Json } from "../../flow.ts";
import { fail } from "../errors.ts";

/** What becomes of a row that breaks a rule: it is kept and counted, dropped, or stops the write. */
export type RuleAction = "keep" | "drop" | "fail";

/** A rule for single rows, in the SQL of the engine. Missing values and NaN are NULL in it. */
export interface RowExpectation {
  /** What it says, for people; no two of a table say the same. */
  readonly name: string;
  readonly action: RuleAction;
  /** For `fail`: the share of the rows looked at that must pass, 0 to 1. */
  readonly mostly: number;
  /** The columns it reads. */
  readonly columns: readonly string[];
  /** SQL, never NULL: whether the row is looked at. */
  readonly looked: string;
  /** SQL, never NULL: whether the row breaks it. */
  readonly broken: string;
  /** The expectation it was made from; the table keeps it and does not read it. */
  readonly expectation: Json;
}

/** The rules of a table, and the table that its dropped rows go to. */
export interface TableExpectations {
  readonly rules: readonly RowExpectation[];
  /** A table of the same lake by its name; null: dropped rows are counted and not kept. */
  readonly quarantine: string | null;
}

/** The rules that drop rows; none where there are no rules. */
export const droppingRules = (
  expectations: Pick<TableExpectations, "rules"> | undefined,
): readonly RowExpectation[] => expectations?.rules.filter(({ action }) => action === "drop") ?? [];

/** How often a write met a rule and broke it. */
export interface ExpectationCount {
  readonly name: string;
  readonly action: RuleAction;
  readonly passed: number;
  readonly failed: number;
  /** Of the failed rows, those that were not written. */
  readonly dropped: number;
}

/** Where the rules stand in a table's configuration. */
export const expectationsKey = "millrace.expectations";
const format = 1;

/** The rules as the text that a table's configuration holds. */
export const formatExpectations = ({ rules, quarantine }: TableExpectations): string =>
  JSON.stringify({ format, quarantine, rules });

/**
 * The rules that a configuration holds.
 *
 * @returns undefined where it holds none.
 * @throws `table/unsupported-expectation` for those of a newer Millrace, and what is none of ours
 */
export function parseExpectations(
  name: string,
  configuration: Readonly<Record<string, string>>,
): TableExpectations | undefined {
  const text = configuration[expectationsKey];
  if (text === undefined) return undefined;
  const refuse = (reason: string): never =>
    fail("table/unsupported-expectation", { name, expectation: expectationsKey, reason });
  const found = parsed(text, refuse);
  if (found["format"] !== format)
    refuse(`its format is ${JSON.stringify(found["format"])}, and this Millrace knows ${format}`);
  const { quarantine = null, rules } = found;
  if (quarantine !== null && typeof quarantine !== "string") refuse("its quarantine is no name");
  if (!Array.isArray(rules) || !rules.every(isRule)) return refuse("a rule lacks a part");
  return { rules, quarantine: quarantine as string | null };
}

function parsed(text: string, refuse: (reason: string) => never): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return refuse("it is no JSON");
  }
}

function isRule(value: unknown): value is RowExpectation {
  const { name, action, mostly, columns, looked, broken } = Object(value) as Record<
    string,
    unknown
  >;
  const texts = [name, looked, broken].every((one) => typeof one === "string");
  const known = action === "keep" || action === "drop" || action === "fail";
  return texts && known && typeof mostly === "number" && Array.isArray(columns);
}

/**
 * Refuses rules that contradict themselves or read columns that a table has not.
 *
 * @throws `table/unsupported-expectation`, `table/out-of-range-name`
 */
export function checkExpectations(
  name: string,
  { rules, quarantine }: TableExpectations,
  columns: readonly string[],
): void {
  const names = new Set<string>();
  for (const { name: expectation, columns: reads } of rules) {
    const refuse = (reason: string): never =>
      fail("table/unsupported-expectation", { name, expectation, reason });
    if (names.has(expectation)) refuse("two of the table's expectations say the same");
    names.add(expectation);
    for (const column of reads)
      if (!columns.includes(column))
        refuse(`it reads column ${JSON.stringify(column)}, which the table has not`);
  }
  if (quarantine === null) return;
  if (quarantine === name)
    fail("table/unsupported-expectation", {
      name,
      expectation: quarantine,
      reason: "a table is not its own quarantine",
    });
  if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,2}$/.test(quarantine))
    fail("table/out-of-range-name", { name: quarantine });
}
