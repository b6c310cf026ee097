/**
 * @file Makes the picture of the guide's page on forecasts: two years of made-up rentals by day, and 30 days ahead.
 * `node scripts/forecast-picture.ts` writes docs/guide/pictures/forecast.svg.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { random } from "../src/core/index.ts";
import { boostedForecast, holidays, series, timeOf } from "../src/forecast/index.ts";
import { forecastFigure, renderSvg } from "../src/plot/index.ts";

const draws = random(2);
const free = new Set(holidays({ from: 2024, until: 2026 }).map(({ date }) => date));
const [days, horizon] = [731, 30];
/** More in summer and on weekdays, fewer on holidays, slowly more. */
function rentals(i: number): number {
  const day = new Date(Date.UTC(2024, 0, 1 + i));
  const summer = 1 - 0.45 * Math.cos((2 * Math.PI * (i - 20)) / 365.25);
  const week = [0.75, 1, 1.02, 1.04, 1.03, 1.1, 0.85][day.getUTCDay()] ?? 1;
  const holiday = free.has(day.toISOString().slice(0, 10)) ? 0.6 : 1;
  return Math.round((4000 + i) * summer * week * holiday * (1 + 0.06 * draws.normal()));
}

const all = Array.from({ length: days + horizon }, (_, i) => rentals(i));
const times = Array.from({ length: days }, (_, i) => new Date(Date.UTC(2024, 0, 1 + i)));
const known = series({ times, values: all.slice(0, days) });
const told = (await boostedForecast({ holidays: "us" }).fit(known)).forecast({ horizon });
const moments = (from: number, to: number) =>
  all.slice(from, to).map((value, i) => ({ atMs: timeOf(known, from + i), value }));
const expected = told.times.map((time, i) => ({ atMs: time.getTime(), value: told.mean[i] ?? 0 }));
const spec = forecastFigure(
  {
    history: moments(days - 120, days),
    expected,
    bands: told.intervals,
    came: moments(days, days + horizon),
  },
  {
    measure: "rentals by day",
    subtitle: "dashed: the forecast with its bounds of 80 and 95 %; points: what came",
  },
);
await writeFile(
  fileURLToPath(new URL("../docs/guide/pictures/forecast.svg", import.meta.url)),
  await renderSvg(spec),
);
