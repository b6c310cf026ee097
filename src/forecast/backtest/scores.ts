/** @file How far forecasts were off. */

/** One forecast value, and what came. */
export interface JudgedStep {
  /** 1 for the first step ahead. */
  readonly step: number;
  readonly actual: number;
  readonly forecast: number;
  /** Mean absolute change from season to season in the history before the origin. */
  readonly scale: number;
  /** Whether the interval of each level held the value, and how wide it was. */
  readonly within: readonly { readonly held: boolean; readonly width: number }[];
}

/** How many values an interval held. */
export interface Coverage {
  /** The share that it should hold. */
  readonly level: number;
  /** The share that it held, 0 to 1. */
  readonly share: number;
  /** Mean width, in the unit of the series. */
  readonly width: number;
}

/** Errors of forecasts, each a mean over the values that were judged. */
export interface ForecastScores {
  /** Values that were judged. */
  readonly values: number;
  /** √mean (actual − forecast)², in the unit of the series. */
  readonly rmse: number;
  /** Mean |actual − forecast|, in the unit of the series. */
  readonly mae: number;
  /** Mean of forecast − actual: above 0, forecasts are too high. */
  readonly bias: number;
  /** Mean |actual − forecast|/|actual|: 0.1 is 10 %. Null where a value is 0. */
  readonly mape: number | null;
  /** Mean 2·|actual − forecast|/(|actual| + |forecast|), 0 to 2; both 0 count as 0. */
  readonly smape: number;
  /**
   * Mean |actual − forecast| in units of the mean change from season to season before the origin:
   * below 1 is better than the seasonal naive forecast was there. Of values before whose origin nothing
   * changed there is none: it is the mean over the others, and null where there are none.
   */
  readonly mase: number | null;
  /** By level, as they were asked for. */
  readonly coverage: readonly Coverage[];
}

/**
 * Scores of judged values.
 *
 * @param judged - At least one.
 * @param levels - Of their intervals.
 * @see Hyndman & Koehler, International Journal of Forecasting 22(4), 2006. Peer: scikit-learn for
 *   rmse, mae and mape, statsforecast's `utilsforecast` for smape and mase.
 */
export function scoresOf(judged: readonly JudgedStep[], levels: readonly number[]): ForecastScores {
  const mean = (of: (one: JudgedStep) => number): number =>
    judged.reduce((sum, one) => sum + of(one), 0) / judged.length;
  const off = ({ actual, forecast }: JudgedStep): number => Math.abs(actual - forecast);
  const scaled = judged.filter(({ scale }) => scale !== 0);
  const size = ({ actual, forecast }: JudgedStep): number => Math.abs(actual) + Math.abs(forecast);
  return {
    values: judged.length,
    rmse: Math.sqrt(mean((one) => off(one) ** 2)),
    mae: mean(off),
    bias: mean(({ actual, forecast }) => forecast - actual),
    mape: judged.some(({ actual }) => actual === 0)
      ? null
      : mean((one) => off(one) / Math.abs(one.actual)),
    smape: mean((one) => (off(one) === 0 ? 0 : (2 * off(one)) / size(one))),
    mase:
      scaled.length === 0
        ? null
        : scaled.reduce((sum, one) => sum + off(one) / one.scale, 0) / scaled.length,
    coverage: levels.map((level, i) => ({
      level,
      share: mean(({ within }) => (within[i]?.held === true ? 1 : 0)),
      width: mean(({ within }) => within[i]?.width ?? 0),
    })),
  };
}
