/** @file Numbers of whole columns that some expectations need before the scan: one small query. */
import { type AnyRows, quoteName } from "../../table/index.ts";
import { narrowed, type RowPlan } from "../types/definition.ts";
import { toNumber } from "../types/values.ts";
import { batchSql, type Compiled } from "./compile.ts";

/** A column of whole numbers within so many of each other is checked for doubles by a set of bits. */
const widestSpan = 2 ** 28; // 32 MB

/** The aggregates that a plan needs first, by the names it reads them by. */
function wanted({ plan, where }: Compiled): Readonly<Record<string, string>> {
  if (plan.kind !== "rows") return {};
  const [column] = plan.unique ?? [];
  if (plan.bits !== true || column === undefined) return plan.spread ?? {};
  const x = quoteName(column);
  return { low: narrowed(`min(${x})`, { where }), high: narrowed(`max(${x})`, { where }) };
}

/**
 * Puts numbers of the whole column into the plans that read them: mean and deviation for z-scores,
 * quartiles for outliers, the span of a column of whole numbers where nothing may stand twice.
 * Equal aggregates are asked once; without any there is no query.
 */
export async function settleSpread(
  rows: AnyRows,
  compiled: readonly Compiled[],
): Promise<readonly Compiled[]> {
  const needs = compiled.map(wanted);
  const asked = [...new Set(needs.flatMap((one) => Object.values(one)))];
  if (asked.length === 0) return compiled;
  const select = asked.map((sql, i) => `${sql} AS s${i}`).join(", ");
  const [row = {}] = await rows.engine.queryJson(
    `WITH ${batchSql(rows)} SELECT ${select} FROM batch`,
  );
  return compiled.map((one, i) => {
    const found = Object.entries(needs[i] ?? {}).flatMap(([key, sql]) =>
      namedNumbers(key, row[`s${asked.indexOf(sql)}`]),
    );
    return found.length === 0 || one.plan.kind !== "rows"
      ? one
      : { ...one, plan: filled(one.plan, new Map(found)) };
  });
}

/** A number by its name, the numbers of a list by name and place; no list is two of no number. */
function namedNumbers(key: string, value: unknown): readonly (readonly [string, unknown])[] {
  const plain = [key, toNumber(Array.isArray(value) ? null : value)] as const;
  const items = Array.isArray(value) ? value : [null, null];
  return [plain, ...items.map((item, i) => [`${key}.${i}`, toNumber(item)] as const)];
}

function filled(plan: RowPlan, numbers: ReadonlyMap<string, unknown>): RowPlan {
  const { bits: _, ...plain } = plan;
  if (plan.bits === true) {
    const [low, high] = [numbers.get("low"), numbers.get("high")];
    const fits = typeof low === "number" && typeof high === "number" && high - low <= widestSpan;
    return fits ? { ...plain, span: [low, high] } : plain;
  }
  const broken = [...numbers].reduce((sql, [key, number]) => {
    const literal = typeof number === "number" ? `'${number}'::DOUBLE` : "NULL::DOUBLE";
    return sql.replaceAll(`{${key}}`, literal);
  }, plan.broken);
  return { ...plain, broken };
}
