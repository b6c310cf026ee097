/** @file The best forecaster of a series as a program that makes the same model. */
import { formatLiteral } from "../../core/index.ts";
import type { AutoForecastRecipe } from "./auto-forecast.ts";
import { type AutoMlSource, tableCode, tableNames } from "./table-code.ts";

/** Where the series was. */
export interface AutoForecastSource extends AutoMlSource {
  /** The column that tells series apart; absent where there is one series. */
  readonly id?: string;
}

/**
 * A TypeScript program that reads the same version of the table, makes the same series and learns the same model: it has the
 * same hash, and the program says so when it is run. It is meant to be read and changed.
 *
 * @param recipe - What {@link autoForecast} gave, with `time` and `value` as the table's columns are called.
 * @param source - Workspace, table, version, schema, and the column of ids.
 * @returns The program's text.
 * @example
 * ```ts
 * const recipe = {
 *   id: "", frequency: "day", missing: "error", time: "day", value: "sold", test: 7, season: 7,
 *   maker: "naiveDrift", code: "naiveDrift()", modelHash: "sha256:00",
 * } as const;
 * const sales = schema("sales", { day: timestamp(), sold: int() });
 * const text = formatAutoForecast(recipe, { dir: "./shop", table: "shop.sales", version: 3, schema: sales });
 * text.includes("servedForecast(await forecaster.fit(history)") // => true
 * ```
 */
export function formatAutoForecast(recipe: AutoForecastRecipe, source: AutoForecastSource): string {
  const { id, frequency, missing, time, value, test, season, maker, code, modelHash } = recipe;
  const columns = {
    time,
    value,
    ...(source.id === undefined ? {} : { id: source.id }),
    frequency,
    missing,
  };
  const names = new Set([
    ...tableNames(source),
    ...[maker, "seriesOf", "servedForecast"],
    ...(test > 0 ? ["backtest"] : []),
  ]);
  return `${[
    "/** @file Written by Millrace's AutoML; it makes the same model. Read it, change it, run it. */",
    `import { ${[...names].sort().join(", ")} } from "millrace";`,
    "",
    ...tableCode(source),
    `const rows = await table.read({ version: ${source.version} });`,
    `const all = await seriesOf(rows, ${formatLiteral(columns)});`,
    `const [history] = all.filter(({ id }) => id === ${text(id)});`,
    `if (history === undefined) throw new Error(${text(`there is no series ${text(id)}`)});`,
    `const forecaster = ${code};`,
    `const model = servedForecast(await forecaster.fit(history), ${formatLiteral({ time, value })});`,
    `console.log(model.hash === ${text(modelHash)} ? "the same model" : "another model", model.hash);`,
    ...(test > 0
      ? [
          `const { entries } = await backtest(history, { forecasters: { winner: forecaster }, horizon: ${test}, origins: 1, initial: 2, season: ${season} });`,
          "for (const { name, scores, skill } of entries) console.log(name, scores?.rmse, skill);",
        ]
      : []),
  ].join("\n")}\n`;
}

const text = (value: string): string => JSON.stringify(value);
