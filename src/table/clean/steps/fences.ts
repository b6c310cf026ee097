/** @file Where the ordinary numbers of a column end, by four rules. */
import { checkChoice, checkNumber } from "../../../core/index.ts";
import type { Engine } from "../../adapter/duckdb.ts";
import { place } from "../deed.ts";
import { type Place, readSql } from "../values.ts";
import type { Fences } from "./clip.ts";

/**
 * How fences are drawn, with q₁ and q₃ the quartiles (interpolated linearly):
 *
 * - `iqr`: from q₁ − k·(q₃ − q₁) to q₃ + k·(q₃ − q₁); k is `factor`, default 1.5;
 * - `z-score`: mean ± k·σ with the population's σ; k is `threshold`, default 3;
 * - `mad`: median ± k·MAD / 0.6745 with MAD = median |x − median|; k is `threshold`, default 3.5;
 * - `range`: what the domain allows, at least one side.
 *
 * A column whose spread is 0 has no fences by the first three: nothing is called an outlier.
 *
 * @see Tukey, Exploratory Data Analysis, 1977; Iglewicz & Hoaglin, How to Detect and Handle
 * Outliers, 1993. Peers: numpy `percentile`, scipy `zscore` and `median_abs_deviation`.
 */
export type FenceRule =
  | { readonly by: "iqr"; readonly factor?: number }
  | { readonly by: "z-score"; readonly threshold?: number }
  | { readonly by: "mad"; readonly threshold?: number }
  | { readonly by: "range"; readonly min?: number; readonly max?: number };

/** Throws `option/out-of-range` for options that are none. */
export function checkFenceRule(at: string, rule: FenceRule): void {
  checkChoice(at, { by: rule.by }, ["iqr", "z-score", "mad", "range"]);
  if (rule.by === "iqr") checkNumber(at, { factor: rule.factor ?? 1.5 }, { above: 0 });
  else if (rule.by !== "range") checkNumber(at, { threshold: rule.threshold ?? 3 }, { above: 0 });
  else {
    const { min, max } = rule;
    checkNumber(at, { min: min ?? max ?? Number.NaN });
    if (max !== undefined) checkNumber(at, { max }, min === undefined ? {} : { min });
  }
}

/** The fences of a column over some rows; none where there is nothing to draw them from. */
export async function fencesOf(
  rule: FenceRule,
  from: { readonly engine: Engine; readonly where: Place; readonly sql: string },
): Promise<Fences> {
  if (rule.by === "range") {
    const { min, max } = rule;
    return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  }
  const x = readSql(from.where);
  const rows = `(SELECT ${x} AS x, ${place} AS i FROM (${from.sql}) t WHERE ${x} IS NOT NULL)`;
  const [found] = await from.engine.query(spreadSql[rule.by](rows));
  const [low, high, spread] = [found?.["low"], found?.["high"], found?.["spread"]].map(Number);
  if (low === undefined || high === undefined || !(Number(spread) > 0)) return {};
  const reach = reachOf(rule) * Number(spread);
  return { min: low - reach, max: high + reach };
}

/** Two middles and the spread around them. Sums are taken in the order of the rows, so that they are exact copies. */
const spreadSql = {
  iqr: (rows: string) =>
    `SELECT low, high, high - low AS spread FROM
      (SELECT quantile_cont(x, 0.25) AS low, quantile_cont(x, 0.75) AS high FROM ${rows})`,
  "z-score": (rows: string) =>
    `SELECT any_value(m) AS low, any_value(m) AS high, sqrt(avg((x - m) * (x - m) ORDER BY i)) AS spread
      FROM ${rows}, (SELECT avg(x ORDER BY i) AS m FROM ${rows})`,
  mad: (rows: string) =>
    `SELECT any_value(m) AS low, any_value(m) AS high, median(abs(x - m)) AS spread
      FROM ${rows}, (SELECT median(x) AS m FROM ${rows})`,
};

function reachOf(rule: Exclude<FenceRule, { readonly by: "range" }>): number {
  if (rule.by === "iqr") return rule.factor ?? 1.5;
  return rule.by === "mad" ? (rule.threshold ?? 3.5) / 0.6745 : (rule.threshold ?? 3);
}
