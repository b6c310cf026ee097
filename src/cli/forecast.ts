/** @file `millrace forecast`: the next values of the series of a table or a file, judged on their past. */
import { basename, dirname, resolve } from "node:path";
import { count } from "../core/index.ts";
import {
  type BacktestEntry,
  type ForecasterName,
  type ForecastResult,
  forecastAll,
  forecasterNames,
  forecastRows,
  forecastSchema,
  frequencies,
  holidayRules,
  namedForecaster,
  type Region,
  type Series,
  seriesOf,
  timeOf,
} from "../forecast/index.ts";
import { forecastFigure, renderPng, renderSvg } from "../plot/index.ts";
import { folderBytes } from "../store/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { fileForm, fileOptions } from "./file-options.ts";
import {
  checkSearch,
  searchData,
  searchLines,
  searchOptions,
  searchSeries,
} from "./forecast-search.ts";
import { sourceArgument, withSource } from "./source.ts";
import { atOptions, atVersion } from "./table-option.ts";
import { columns } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const regions = Object.keys(holidayRules) as readonly Region[];
/** What is tried where no model is named. */
const usual = ["naive", "seasonal-naive", "drift", "smoothing", "arima"] as const;
/** How many series people are shown. */
const mostShown = 10;

export const forecast = command({
  name: "forecast",
  summary: "The next values of time series, with bounds, judged on their past.",
  about: [
    "Rows have a time, a value and, of several series, an id. Each series is forecast by the model that was best",
    "on its own past: from several origins, each model learns what was known then and is compared with what came,",
    "beside the naive forecasts, which repeat the last value or the last season. Times without a value are refused,",
    "unless --missing says what to do. Calendar and boosted models know weekdays and months, and with --holidays the",
    "holidays of a region. --search tries every model and searches the params of boosting under a budget: the last values",
    "are set aside first and scored once, every trial is kept, and the same command with more --trials goes on; another",
    "winner than before is scored with --again WHY. --into keeps the forecasts as a table, --figure draws the first series. Exit code 1 when a series",
    "has no forecast.",
  ],
  arguments: { source: sourceArgument },
  options: {
    time: { type: "string", value: "COLUMN", help: "the time of a row; needed" },
    value: { type: "string", value: "COLUMN", help: "what is forecast; needed" },
    id: { type: "string", value: "COLUMN", help: "which series a row belongs to" },
    horizon: {
      type: "number",
      default: 30,
      min: 1,
      max: 10_000,
      whole: true,
      value: "STEPS",
      help: "how many steps ahead",
    },
    frequency: {
      type: "string",
      choices: frequencies,
      value: "STEP",
      help: "one value per such; what the times show if not given",
    },
    missing: {
      type: "string",
      choices: ["error", "interpolate", "previous", "zero"],
      default: "error",
      value: "POLICY",
      help: "what is done with times that have no value",
    },
    model: {
      type: "string",
      many: true,
      choices: forecasterNames,
      value: "NAME",
      help: `which models are tried; if not given, all but moving-average and boosted, and calendar with --holidays only; with --search all but moving-average`,
    },
    holidays: {
      type: "string",
      choices: regions,
      value: "REGION",
      help: "that calendar and boosted models know",
    },
    season: {
      type: "number",
      min: 1,
      max: 400,
      whole: true,
      value: "STEPS",
      help: "steps of a season; 24 hours, 7 days, 52 weeks, 12 months, 4 quarters if not given",
    },
    metric: {
      type: "string",
      choices: ["rmse", "mae", "smape", "mase"],
      default: "rmse",
      value: "METRIC",
      help: "which error decides",
    },
    origins: {
      type: "number",
      default: 5,
      min: 1,
      max: 1000,
      whole: true,
      value: "N",
      help: "from how many past moments is forecast",
    },
    level: {
      type: "number",
      many: true,
      min: 1,
      max: 99.9,
      value: "PERCENT",
      help: "of the bounds, several times for several; 80 and 95 if not given",
    },
    into: {
      type: "string",
      value: "TABLE",
      help: "write the forecasts into this table, in place of what it has",
    },
    figure: {
      type: "string",
      value: "FILE.svg|FILE.png",
      help: "draw the first series that has a forecast",
    },
    ...searchOptions,
    ...atOptions,
    ...fileOptions,
    dir,
  },
  examples: [
    "forecast rentals.csv --time day --value count --horizon 30 --holidays us --figure rentals.svg",
    "forecast shop.sales --time day --value sold --id shop --missing zero --into shop.forecasts",
    "forecast shop.sales --time day --value sold --model naive --model smoothing --json",
    "forecast shop.sales --time day --value sold --search --minutes 2 --register sold --program sold.ts",
  ],
  run: async (values, around) => {
    const { source: from, dir, figure, into } = values;
    checkSearch(values);
    const ending = figure === undefined ? null : endingOf(figure);
    const at = atVersion("forecast", values);
    const form = fileForm(values);
    const done = await around.reporter.stage(
      `forecast ${from}`,
      async (progress) =>
        withSource({ from, dir, at, form, command: "forecast" }, around, async (asked) => {
          const { rows } = asked;
          const [time, value] = [needed("time", values.time), needed("value", values.value)];
          const { id, missing, frequency } = values;
          const more = {
            ...(id === undefined ? {} : { id }),
            ...(frequency === undefined ? {} : { frequency }),
          };
          const series = await seriesOf(rows, { time, value, missing, ...more });
          const work = { signal: around.signal, progress };
          if (values.search) {
            const searched = await searchSeries(series, asked, {
              ...values,
              ...work,
              time,
              value,
              levels: levelsOf(values),
            });
            return { series, searched, results: searched.map(({ result }) => result) };
          }
          return {
            series,
            searched: [],
            results: await forecastAll(series, { ...searchOf(values), ...work }),
          };
        }),
      ({ series }) => `${series.length} series`,
    );
    if (into !== undefined)
      await keep(dir, into, { results: done.results, levels: levelsOf(values) });
    const drawn =
      figure === undefined || ending === null
        ? null
        : await draw(figure, ending, { ...done, measure: values.value ?? "" });
    return { ...done, into: into ?? null, figure: drawn };
  },
  render: ({ results, series, searched, into, figure }, { width, program }) => [
    ...results.slice(0, mostShown).flatMap((result, i) => {
      const found = searched[i];
      const more = found === undefined ? [] : searchLines(found, { width, program });
      return [...linesOf(result, series[i], width), ...more];
    }),
    ...(results.length > mostShown ? [`… and ${results.length - mostShown} more series`] : []),
    ...(into === null ? [] : [`table: ${into}`]),
    ...(figure === null ? [] : [`figure: ${figure}`]),
  ],
  data: ({ results, searched, into, figure }) => ({
    series: results.map((result, i) => {
      const found = searched[i];
      return { ...dataOf(result), ...(found === undefined ? {} : { search: searchData(found) }) };
    }),
    ...{ into, figure },
  }),
  isBad: ({ results }) => results.some(({ forecast }) => forecast === null),
});

interface SearchValues {
  readonly model: readonly ForecasterName[];
  readonly holidays: Region | undefined;
  readonly season: number | undefined;
  readonly metric: "rmse" | "mae" | "smape" | "mase";
  readonly origins: number;
  readonly horizon: number;
  readonly level: readonly number[];
}

const levelsOf = ({ level }: Pick<SearchValues, "level">): readonly number[] =>
  level.length === 0 ? [0.8, 0.95] : level.map((percent) => percent / 100);

/** What is asked of the library. */
function searchOf(values: SearchValues) {
  const { model, holidays, season, metric, origins, horizon } = values;
  const chosen =
    model.length > 0
      ? model
      : [...usual, ...(holidays === undefined ? [] : (["calendar"] as const))];
  const forecasters = Object.fromEntries(
    chosen.map((name) => [name, namedForecaster(name, { season, holidays }).forecaster]),
  );
  const levels = levelsOf(values);
  return {
    forecasters,
    metric,
    origins,
    horizon,
    levels,
    ...(season === undefined ? {} : { season }),
  };
}

/** An option without which there is nothing to do. */
function needed(option: "time" | "value", given: string | undefined): string {
  const help = option === "time" ? "a column of moments" : "a column of numbers";
  return (
    given ?? fail("cli/missing-option", { command: "forecast", option, value: "COLUMN", help })
  );
}

function endingOf(figure: string): "svg" | "png" {
  const ending = /\.(svg|png)$/i.exec(figure)?.[1]?.toLowerCase();
  if (ending === "svg" || ending === "png") return ending;
  return fail("cli/mismatch-option", {
    command: "forecast",
    option: "figure",
    expected: "a file that ends in .svg or .png",
    got: figure,
  });
}

/** Writes the forecasts into a table, in place of what it has. */
async function keep(
  dir: string,
  name: string,
  {
    results,
    levels,
  }: { readonly results: readonly ForecastResult[]; readonly levels: readonly number[] },
): Promise<void> {
  await using workspace = await openWorkspace(dir);
  const rows = forecastRows(
    results.flatMap(({ forecast }) => (forecast === null ? [] : [forecast])),
  );
  await workspace.lake.table(name, forecastSchema("forecasts", levels)).overwrite(rows);
}

interface Drawing {
  readonly series: readonly Series[];
  readonly results: readonly ForecastResult[];
  readonly measure: string;
}

/** Draws the first series that has a forecast, its history cut to eight horizons; null where none has. */
async function draw(
  figure: string,
  ending: "svg" | "png",
  { series, results, measure }: Drawing,
): Promise<string | null> {
  const place = results.findIndex(({ forecast }) => forecast !== null);
  const [found, forecast] = [series[place], results[place]?.forecast];
  if (found === undefined || forecast === null || forecast === undefined) return null;
  const all = Array.from(found.values, (value, i) => ({ atMs: timeOf(found, i), value }));
  const history = all.slice(-Math.max(60, 8 * forecast.mean.length));
  const expected = forecast.times.map((time, i) => ({
    atMs: time.getTime(),
    value: forecast.mean[i] ?? 0,
  }));
  const title = found.id === "" ? {} : { title: `Forecast of ${measure}, ${found.id}` };
  const spec = forecastFigure(
    { history, expected, bands: forecast.intervals },
    { measure, ...title },
  );
  const path = resolve(figure);
  const bytes = ending === "svg" ? Buffer.from(await renderSvg(spec)) : await renderPng(spec);
  await folderBytes(dirname(path)).put(basename(path), bytes);
  return path;
}

const short = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : `${Number(value.toPrecision(4))}`;

function linesOf(result: ForecastResult, series: Series | undefined, width: number) {
  const { id, chosen, forecast, report, note } = result;
  const name = id === "" ? "the series" : id;
  const length = count(series?.values.length ?? 0, series?.frequency ?? "value");
  const filled = series?.filled.length ?? 0;
  const holes = filled === 0 ? "" : `, ${filled} of them filled`;
  const heads = [
    `${name}: ${length}${holes}; ${chosen === null ? "no forecast" : `forecast by ${chosen}`}`,
  ];
  if (note !== null) heads.push(`  ${note}`);
  const scores =
    report === null
      ? []
      : columns(
          [
            ["model", "rmse", "mae", "mape", "mase", "skill", "within 1st bounds"],
            ...report.entries.map(scoreCells),
          ],
          { width, right: [1, 2, 3, 4, 5, 6] },
        );
  const [first, last] = [forecast?.times[0], forecast?.times.at(-1)];
  const ends =
    forecast === null
      ? []
      : [
          `  ${dayOf(first)}: ${short(forecast.mean[0])} … ${dayOf(last)}: ${short(forecast.mean.at(-1))}`,
        ];
  return [...heads, ...ends, ...scores, ""];
}

const dayOf = (time: Date | undefined): string =>
  (time ?? new Date(0)).toISOString().slice(0, 16).replace("T00:00", "");

function scoreCells({ name, scores, skill, failure }: BacktestEntry): readonly string[] {
  if (scores === null) return [name, failure === null ? "–" : "cannot", "–", "–", "–", "–", "–"];
  const { rmse, mae, mape, mase, coverage } = scores;
  const held = coverage[0] === undefined ? "–" : `${Math.round(100 * coverage[0].share)} %`;
  return [
    name,
    short(rmse),
    short(mae),
    mape === null ? "–" : `${short(100 * mape)} %`,
    short(mase),
    short(skill),
    held,
  ];
}

/** A result as plain data: every step, and the scores of every model. */
function dataOf({ id, chosen, forecast, model, report, note }: ForecastResult) {
  const rows = forecast === null ? [] : forecastRows([forecast]);
  const scores = (report?.entries ?? []).map(
    ({ name, isBaseline, scores, bySteps, skill, failure }) => {
      const rmseBySteps = bySteps.map((step) => step?.rmse ?? null);
      return { name, isBaseline, scores, rmseBySteps, skill, failure };
    },
  );
  return { id, chosen, summary: model?.summary ?? null, forecast: rows, backtest: scores, note };
}
