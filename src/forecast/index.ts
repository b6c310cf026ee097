/** @file Series, their forecasts and backtests. */
export { forecastErrors } from "./errors.ts";
