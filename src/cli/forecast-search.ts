/** @file `millrace forecast --search`: each series with the best of a search that is kept, registered and written down. */
import { writeFile } from "node:fs/promises";
import { count, isMillraceError, type LongWork } from "../core/index.ts";
import {
  type BacktestEntry,
  type ForecastMetric,
  type ForecastResult,
  forecasterNames,
  type Region,
  type Series,
} from "../forecast/index.ts";
import {
  type AutoForecastResult,
  autoForecast,
  type ForecastFamilyName,
  formatAutoForecast,
} from "../tune/index.ts";
import { openWorkspace, type Workspace } from "../workspace/index.ts";
import { type KeptWinner, keepWinner } from "./automl-keep.ts";
import { checkLines, keptLines, leaderboardLines, programLines } from "./automl-lines.ts";
import { checkProgram } from "./automl-program.ts";
import type { OptionSpecs } from "./command.ts";
import { fail } from "./errors.ts";
import type { Source } from "./source.ts";
import { columns, wrap } from "./text.ts";

/** The options of a search. */
export const searchOptions = {
  search: {
    type: "boolean",
    default: false,
    help: "search forecasters, and params of boosting, under a budget; every trial is kept",
  },
  trials: {
    type: "number",
    default: 40,
    min: 1,
    max: 10_000,
    whole: true,
    value: "N",
    help: "with --search: most trials of a series in all",
  },
  minutes: {
    type: "number",
    default: 5,
    min: 0.01,
    max: 100_000,
    value: "M",
    help: "with --search: no trial is begun after these, of all series",
  },
  test: {
    type: "number",
    min: 0,
    max: 100_000,
    whole: true,
    value: "STEPS",
    help: "with --search: how many of the last values judge in the end; the horizon if not given",
  },
  seed: {
    type: "number",
    default: 0,
    value: "N",
    help: "with --search: chooses draws and samples",
  },
  register: {
    type: "string",
    value: "MODEL",
    help: "with --search: register the winner of one series as a version of this model",
  },
  program: {
    type: "string",
    value: "FILE",
    help: "with --search: write a TypeScript program of that winner",
  },
  again: {
    type: "string",
    value: "WHY",
    help: "with --search: score the last values again where another winner was scored on them, as when the search goes on",
  },
} as const satisfies OptionSpecs;

const families = forecasterNames.filter(
  (name): name is ForecastFamilyName => name !== "moving-average",
);

/** What was asked for. */
export interface SearchTask {
  readonly dir: string;
  readonly time: string;
  readonly value: string;
  readonly id: string | undefined;
  readonly model: readonly string[];
  readonly horizon: number;
  readonly origins: number;
  readonly metric: ForecastMetric;
  readonly season: number | undefined;
  readonly holidays: Region | undefined;
  readonly levels: readonly number[];
  readonly trials: number;
  readonly minutes: number;
  readonly test: number | undefined;
  readonly seed: number;
  readonly register: string | undefined;
  readonly program: string | undefined;
  readonly again: string | undefined;
}

/** What became of one series. */
export interface Searched {
  readonly result: ForecastResult;
  readonly found: AutoForecastResult | null;
  readonly kept: KeptWinner | null;
  readonly program: string | null;
}

/** Refuses what only a search does where none was asked for, before anything is read. */
export function checkSearch({
  search,
  register,
  program,
  test,
  again,
}: { readonly search: boolean } & Pick<
  SearchTask,
  "register" | "program" | "test" | "again"
>): void {
  const [odd] = Object.entries({ register, program, test, again }).filter(
    ([, value]) => value !== undefined,
  );
  if (!search && odd !== undefined)
    fail("cli/missing-option", {
      command: "forecast",
      option: "search",
      value: "",
      help: `--${odd[0]} is of a search`,
    });
}

/** Searches each series, and keeps its winner. One that is too short is told, and stops nothing. */
export async function searchSeries(
  all: readonly Series[],
  source: Source,
  { progress, signal, ...task }: SearchTask & Required<LongWork>,
): Promise<readonly Searched[]> {
  const { register, program } = task;
  const option = register === undefined ? "program" : "register";
  if (all.length > 1 && (register ?? program) !== undefined)
    fail("cli/unsupported-series", { option, series: all.length });
  await checkProgram("forecast", program, source);
  await using workspace = await openWorkspace(task.dir);
  const endsAt = performance.now() + 60_000 * task.minutes;
  const done: Searched[] = [];
  for (const [i, series] of all.entries()) {
    const timeMs = Math.max(1, (endsAt - performance.now()) / (all.length - i));
    const own = ({ done: trials }: { readonly done: number }) =>
      progress({ done: i * task.trials + trials, total: all.length * task.trials });
    const work = { signal, progress: own };
    const found = await searchOne(series, { ...task, source, workspace, timeMs, work }).catch(
      untold,
    );
    if (typeof found === "string") {
      const nothing = { chosen: null, forecast: null, model: null, report: null };
      const result = { id: series.id, ...nothing, note: found };
      done.push({ result, found: null, kept: null, program: null });
    } else done.push(await keepOne(found, { ...task, source, workspace }));
  }
  return done;
}

/** Why a series has no forecast; what else goes wrong is thrown. */
function untold(error: unknown): string {
  if (
    isMillraceError(error) &&
    /^tune\/(failed-checks|missing-scale|missing-best|failed-trials)$/.test(error.code)
  )
    return error.message;
  throw error;
}

interface Around extends SearchTask {
  readonly source: Source;
  readonly workspace: Workspace;
}

function searchOne(
  series: Series,
  {
    source,
    workspace,
    timeMs,
    work,
    ...task
  }: Around & { readonly timeMs: number; readonly work: LongWork },
): Promise<AutoForecastResult> {
  const { time, value, horizon, origins, metric, trials, seed, season, holidays, test, again } =
    task;
  const { records, tracking, testLog } = workspace;
  const of = source.version === null ? source.name : `${source.name} v${source.version}`;
  const name = `forecast ${of}: ${value}${series.id === "" ? "" : ` of ${series.id}`}`;
  const chosen = task.model.map(
    (one) =>
      families.find((known) => known === one) ??
      fail("cli/mismatch-option", {
        command: "forecast",
        option: "model",
        expected: `with --search some of ${families.join(", ")}`,
        got: one,
      }),
  );
  const options = {
    ...{ time, value, horizon, origins, metric, trials, seed, timeMs, name },
    ...{ records, tracking, testLog },
    ...(season === undefined ? {} : { season }),
    ...(holidays === undefined ? {} : { holidays }),
    ...(test === undefined ? {} : { test }),
    ...(again === undefined ? {} : { again }),
    ...(chosen.length === 0 ? {} : { families: chosen }),
  };
  return autoForecast(series, options, work);
}

/** A run with the winner, its version and its program. */
async function keepOne(
  found: AutoForecastResult,
  { source, workspace, value, time, id: column, ...task }: Around,
): Promise<Searched> {
  const { best, model, metric, leaderboard, recipe } = found;
  const { horizon, levels, dir, program: path, register } = task;
  const { name, version, rows } = source;
  const ids = column === undefined ? {} : { id: column };
  const text =
    path === undefined || version === null
      ? null
      : formatAutoForecast(recipe, { dir, table: name, version, schema: rows.schema, ...ids });
  const forecast = model.forecast.forecast({ horizon, levels });
  const scores = testEntry(found)?.scores ?? null;
  const kept = await keepWinner(workspace, {
    ...{ experiment: `forecast ${value}`, family: best.family, leaderboard, model, register },
    params: {
      source: name,
      version,
      value,
      series: recipe.id,
      family: best.family,
      forecaster: best.code,
    },
    scores: {
      [`origins_${metric}`]: best.score ?? Number.NaN,
      ...(scores === null ? {} : numbersOf(scores)),
    },
    inputExample: { [time]: forecast.times[0] ?? null },
    program: text === null ? null : { text },
  });
  if (path !== undefined && text !== null) await writeFile(path, text);
  const result = {
    id: recipe.id,
    chosen: best.family,
    forecast,
    model: model.forecast,
    report: null,
    note: noteOf(found, task.test ?? horizon),
  };
  return { result, found, kept, program: path ?? null };
}

/** Why a forecast has no scores of the last values. */
const noteOf = ({ untested }: AutoForecastResult, test: number): string | null =>
  untested === null
    ? null
    : `the last ${count(test, "value")} were not scored again: they were for another winner of this search, and who chooses by test scores makes them too good; --again WHY scores them, and is kept`;

const testEntry = ({ test, best }: AutoForecastResult): BacktestEntry | undefined =>
  test?.entries.find(({ name }) => name === best.family);

function numbersOf(scores: NonNullable<BacktestEntry["scores"]>): Readonly<Record<string, number>> {
  const { rmse, mae, mape, smape, mase } = scores;
  return { rmse, mae, smape, mape: mape ?? Number.NaN, mase: mase ?? Number.NaN };
}

const short = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : `${Number(value.toPrecision(4))}`;

/** What people are shown of a search. */
export function searchLines(
  { found, kept, program: file }: Searched,
  { width, program }: { readonly width: number; readonly program: string },
): readonly string[] {
  if (found === null) return [];
  const { checks, leaderboard, metric, test, best } = found;
  const judged = (test?.entries ?? []).map(({ name, scores, skill }) => [
    name,
    short(scores?.rmse),
    short(scores?.mae),
    short(scores?.mase),
    short(skill),
  ]);
  const style = { metric, what: "forecaster", format: short, width };
  return [
    ...checkLines(checks, width),
    ...leaderboardLines(leaderboard, style),
    ...(test === null
      ? []
      : [
          `on the last ${count(test.horizon, "value")}, scored once:`,
          ...columns([["model", "rmse", "mae", "mase", "skill"], ...judged], {
            right: [1, 2, 3, 4],
            width,
            indent: "  ",
          }),
        ]),
    ...wrap(`the winner: ${best.code}`, width),
    ...(kept === null ? [] : keptLines(kept, program)),
    ...programLines(file, program),
    "",
  ];
}

/** The same as plain data. */
export function searchData({ found, kept, program }: Searched) {
  if (found === null) return null;
  const { checks, metric, leaderboard, test } = found;
  const judged = (test?.entries ?? []).map(({ name, scores, skill }) => ({ name, scores, skill }));
  const entries = leaderboard.map(({ candidate: _, ...entry }) => entry);
  return {
    checks,
    metric,
    leaderboard: entries,
    test: test === null ? null : judged,
    ...kept,
    program,
  };
}
