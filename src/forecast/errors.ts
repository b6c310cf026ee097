/** @file What can go wrong with series, their forecasts and backtests. */
import { type Catalogue, failWith } from "../core/index.ts";

/** The errors of this room: code → sentence. */
export const forecastErrors = {} satisfies Catalogue;

/** Throws one of {@link forecastErrors}. */
export const fail = failWith(forecastErrors);
