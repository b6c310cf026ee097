/** @file A forecast model as a model among others: it is asked for a time, kept as a file, registered and served. */
import {
  checkNames,
  formatJson,
  hashOf,
  isMillraceError,
  isRecord,
  parseJson,
} from "../core/index.ts";
import type { Cells, Model, ModelFiles, Signature } from "../flow.ts";
import { placeOf, timeOf } from "./calendar/grid.ts";
import { fail } from "./errors.ts";
import type { ForecastModel } from "./forecaster.ts";
import { forecastModelFromState } from "./model-state.ts";
import { isoOf } from "./series/series.ts";

/** What the columns of a request and of an answer are called. */
export interface ServedForecastOptions {
  /** The time that is asked for. Default "time". */
  readonly time?: string;
  /** What is told of it. Default "value". */
  readonly value?: string;
}

/** A model whose request is a time after the end of its series, and whose answer is a number. */
export interface ServedForecast extends Model<Cells, number> {
  /** The steps ahead with their bounds. */
  readonly forecast: ForecastModel;
}

/** The one file of a forecast model; no other model has a file of this name. */
export const forecastFile = "forecast.json";
/** The format of that file. */
const fileFormat = 1;
/** The most steps after the end that are answered. */
const mostSteps = 10_000;

/**
 * A forecast model as a {@link Model}: a row holds one time, which is one of the next 10,000 steps after the history, and
 * the answer is what is expected then, in the unit of the series. Its hash is that of its file, in which there are
 * neither times of learning nor ids. The first answer to a time costs a forecast up to it, later ones nothing.
 *
 * @param forecast - What `fit` of a forecaster gave.
 * @param options - Names of columns; see {@link ServedForecastOptions}.
 * @returns A model that is registered, loaded and served as any other; `predict` throws `forecast/out-of-range-step`.
 * @throws `option/unknown-name`
 * @example
 * ```ts
 * const times = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day)));
 * const model = servedForecast(await naiveDrift().fit(series({ times, values: [1, 3, 5] })), { time: "day" });
 * model.predict({ day: new Date("2026-01-05") }) // => { value: 9, probability: null }
 * loadForecast(model.files()).hash === model.hash // => true
 * ```
 */
export function servedForecast(
  forecast: ForecastModel,
  options: ServedForecastOptions = {},
): ServedForecast {
  checkNames("servedForecast", options, ["time", "value"]);
  const { time = "time", value = "value" } = options;
  const signature: Signature = {
    inputs: { [time]: { kind: "timestamp", nullable: false } },
    output: { name: value, kind: "float" },
  };
  const { kind, state } = forecast;
  const text = formatJson({ format: fileFormat, kind, signature, forecast: state });
  const bytes = new TextEncoder().encode(text);
  let known = new Float64Array(0); // of the first steps: a longer forecast begins with a shorter one
  const predictAll = (rows: readonly Cells[]) => {
    const steps = rows.map((row) => stepOf(forecast, time, row));
    const horizon = steps.reduce((most, step) => Math.max(most, step), 0);
    if (horizon > known.length) known = forecast.forecast({ horizon, levels: [] }).mean.slice();
    return steps.map((step) => ({ value: known[step - 1] ?? Number.NaN, probability: null }));
  };
  return {
    ...{ kind, signature, hash: hashOf(bytes), importances: [], forecast, predictAll },
    predict: (row) => predictAll([row])[0] ?? { value: Number.NaN, probability: null },
    files: (): ModelFiles => ({ [forecastFile]: bytes.slice() }),
  };
}

/** How many steps after the end a row asks for. Throws `forecast/out-of-range-step`. */
function stepOf({ state: { series } }: ForecastModel, column: string, row: Cells): number {
  const { id, length, frequency } = series;
  const asked = row[column];
  const place = asked instanceof Date ? placeOf(series, asked.getTime()) : undefined;
  const step = (place ?? -1) - length + 1;
  if (place !== undefined && step >= 1 && step <= mostSteps) return step;
  const isTime = asked instanceof Date && !Number.isNaN(asked.getTime());
  return fail("forecast/out-of-range-step", {
    ...{ id, column, frequency, after: isoOf(timeOf(series, length - 1)), most: mostSteps },
    got: isTime ? isoOf(asked.getTime()) : String(asked ?? "nothing"),
  });
}

/**
 * The forecast model of some files: it answers the same bits as the one that wrote them, and has its hash.
 *
 * @param files - What its `files()` gave.
 * @throws `forecast/corrupt-files`; `forecast/unsupported-format` and `forecast/unknown-kind` of a file that a newer Millrace wrote
 * @example
 * ```ts
 * const times = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day)));
 * const model = servedForecast(await naive().fit(series({ times, values: [1, 3, 2] })));
 * loadForecast(model.files()).predict({ time: new Date("2026-02-01") }).value // => 2
 * ```
 */
export function loadForecast(files: ModelFiles): ServedForecast {
  const bytes = files[forecastFile];
  const names = Object.keys(files).join(", ");
  if (bytes === undefined) return corrupt(`there is no ${forecastFile} among its files ${names}`);
  let value: unknown;
  try {
    value = parseJson(new TextDecoder().decode(bytes), forecastFile);
  } catch (error) {
    return corrupt((error as Error).message, error);
  }
  if (!isRecord(value)) return corrupt("it is no object");
  const { format, signature, forecast } = value;
  if (typeof format !== "number") return corrupt("it has no format number");
  if (!Number.isInteger(format) || format < 1) return corrupt(`its format is ${format}`);
  if (format > fileFormat)
    fail("forecast/unsupported-format", { kind: "forecast", got: format, known: fileFormat });
  const { inputs, output } = isRecord(signature) ? signature : {};
  const [time] = isRecord(inputs) ? Object.keys(inputs) : [];
  const told = isRecord(output) ? output["name"] : undefined;
  if (time === undefined || typeof told !== "string")
    return corrupt("its signature names no time or no output");
  return servedForecast(modelOf(forecast), { time, value: told });
}

/** The model of a state; one that is damaged damages the files. */
function modelOf(state: unknown): ForecastModel {
  try {
    return forecastModelFromState(state);
  } catch (error) {
    if (isMillraceError(error, "forecast/corrupt-state")) return corrupt(error.message, error);
    throw error;
  }
}

function corrupt(reason: string, cause?: unknown): never {
  return fail("forecast/corrupt-files", { reason }, { cause });
}
