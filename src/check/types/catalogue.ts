/** @file All types of expectations by name, and finding one. */
import { fail } from "../errors.ts";
import { columnMeasures } from "./column-measures.ts";
import type { Definition, Definitions } from "./definition.ts";
import { divergenceMeasures } from "./divergence.ts";
import { queryMeasures } from "./query-measures.ts";
import { rowRules } from "./row-rules.ts";
import { setMeasures } from "./set-measures.ts";
import { spreadRules } from "./spread-rules.ts";
import { tableMeasures } from "./table-measures.ts";
import { textRules } from "./text-rules.ts";
import { valueRules } from "./value-rules.ts";

const definitions: Definitions = {
  ...tableMeasures,
  ...queryMeasures,
  ...columnMeasures,
  ...setMeasures,
  ...divergenceMeasures,
  ...valueRules,
  ...textRules,
  ...spreadRules,
  ...rowRules,
};

/** Names that older versions of Great Expectations used. */
const formerNames: Readonly<Record<string, string>> = {
  expect_column_pair_values_A_to_be_greater_than_B:
    "expect_column_pair_values_a_to_be_greater_than_b",
  expect_multicolumn_values_to_be_unique: "expect_select_column_values_to_be_unique_within_record",
};

/**
 * The types of expectations, by the names that Great Expectations gives them; `holds` alone is our
 * own, `expect_condition_to_hold`.
 *
 * @example
 * ```ts
 * expectationTypes.length // => 55
 * ```
 */
export const expectationTypes: readonly string[] = Object.keys(definitions);

/** The definition of a type, and its name today. Throws `check/unknown-type`. */
export function definitionOf(type: string): { readonly type: string; readonly is: Definition } {
  const name = formerNames[type] ?? type;
  const found = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  return { type: name, is: found ?? fail("check/unknown-type", { type, known: expectationTypes }) };
}
