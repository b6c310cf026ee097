/** @file The ARIMA whose orders are found step by step. */
import { setImmediate } from "node:timers/promises";
import { checkNames, checkNumber } from "../../core/index.ts";
import { type Forecaster, forecaster, type Lesson, seasonOf } from "../forecaster.ts";
import { type ArimaParams, arimaFamily, leastOf } from "./arima.ts";
import { type ArimaOrder, estimateArima, polynomialsOf } from "./estimate-arima.ts";
import { differenced, hasRootsBeyond } from "./polynomials.ts";
import { differencesNeeded, seasonalStrength } from "./unit-roots.ts";

/** Options of {@link autoArima}. */
export interface AutoArimaOptions {
  /** Steps of a season, ≥ 2. Default: 24 hours, 7 days, 52 weeks, 12 months, 4 quarters. */
  readonly period?: number;
  /** Whether a season may be found. Default true. */
  readonly seasonal?: boolean;
  /** Largest p and q, 0 to 12. Default 5. */
  readonly maxOrder?: number;
  /** Largest P and Q, 0 to 2. Default 2. */
  readonly maxSeasonalOrder?: number;
}

/** The strength of season from which it is differenced. */
const strong = 0.64;
/** The longest season that is looked for. */
const longestSeason = 60;
/** Roots nearer to the circle than this belong to a model that is on its edge. */
const edge = 1.001;

/**
 * ARIMA with orders of least AICc, found by the steps of Hyndman and Khandakar: the season is
 * differenced where it is strong, the rest until KPSS is content; then, from four models, to the best
 * neighbour in p, q, P, Q and the constant, until none is better. Every candidate has its exact
 * likelihood; one whose autoregression has a root within 1.001 of the circle is passed over, while a
 * moving average may end on it, as that of a season that never changes does.
 *
 * @param options - See {@link AutoArimaOptions}.
 * @returns A forecaster; it needs 5 values. Its models are of the kind "arima".
 * @throws `option/out-of-range`, `option/unknown-name`
 * @example
 * ```ts
 * const times = Array.from({ length: 40 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
 * const values = times.map((_, i) => i + ((i * 7) % 5) / 10);
 * const model = await autoArima({ seasonal: false }).fit(series({ times, values }));
 * Math.round(model.forecast({ horizon: 1 }).mean[0] ?? 0) // => 40
 * ```
 * @see Hyndman & Khandakar, Journal of Statistical Software 27(3), 2008. Peer: statsforecast
 *   `AutoARIMA`, which approximates the likelihood of long series and measures the season by STL.
 */
export function autoArima(options: AutoArimaOptions = {}): Forecaster {
  const at = "autoArima";
  checkNames(at, options, ["period", "seasonal", "maxOrder", "maxSeasonalOrder"]);
  const { period, seasonal = true, maxOrder = 5, maxSeasonalOrder = 2 } = options;
  if (period !== undefined) checkNumber(at, { period }, { min: 2, max: 400, integer: true });
  checkNumber(at, { maxOrder }, { min: 0, max: 12, integer: true });
  checkNumber(at, { maxSeasonalOrder }, { min: 0, max: 2, integer: true });
  return forecaster({
    name: "auto-arima",
    options: { ...(period === undefined ? {} : { period }), seasonal, maxOrder, maxSeasonalOrder },
    family: arimaFamily,
    least: () => [5, "differences and a mean"],
    learn: (lesson) => {
      const m = seasonal ? seasonOf(lesson.series, period) : 1;
      const isSeasonal = m > 1 && m <= longestSeason && lesson.values.length >= 3 * m;
      return new Search(lesson, { m: isSeasonal ? m : 1, maxOrder, maxSeasonalOrder }).best();
    },
  });
}

interface Limits {
  readonly m: number;
  readonly maxOrder: number;
  readonly maxSeasonalOrder: number;
}

/** p, q, P, Q and the constant. */
type Place = readonly [p: number, q: number, seasonalP: number, seasonalQ: number, constant: 0 | 1];

class Search {
  private readonly lesson: Lesson;
  private readonly limits: Limits;
  private readonly d: number;
  private readonly seasonalD: number;
  private readonly known = new Map<string, ArimaParams | undefined>();

  constructor(lesson: Lesson, limits: Limits) {
    this.lesson = lesson;
    this.limits = limits;
    const { m } = limits;
    const { values } = lesson;
    this.seasonalD = m > 1 && seasonalStrength(values, m) > strong ? 1 : 0;
    const lags = new Float64Array(this.seasonalD * m);
    if (lags.length > 0) lags[m - 1] = 1;
    this.d = differencesNeeded(differenced(values, lags));
    if (this.seasonalD === 1) this.d = Math.min(this.d, 1);
  }

  async best(): Promise<ArimaParams> {
    const c = this.d + this.seasonalD < 2 ? 1 : 0;
    const first: readonly Place[] = [
      [2, 2, 1, 1, c],
      [0, 0, 0, 0, c],
      [1, 0, 1, 0, c],
      [0, 1, 0, 1, c],
      [0, 0, 0, 0, 0],
    ];
    let [at, found] = await this.bestOf(
      first.map((place) => this.cut(place)),
      undefined,
    );
    for (;;) {
      const [next, better] = await this.bestOf(this.neighbours(at), found);
      if (better === found || better === undefined) break;
      [at, found] = [next, better];
    }
    const plain = this.formOf([0, 0, 0, 0, 0]);
    return found ?? { form: plain, fit: estimateArima(this.lesson.values, plain) };
  }

  private cut([p, q, P, Q, c]: Place): Place {
    const { maxOrder, maxSeasonalOrder, m } = this.limits;
    const most = m > 1 ? maxSeasonalOrder : 0;
    return [Math.min(p, maxOrder), Math.min(q, maxOrder), Math.min(P, most), Math.min(Q, most), c];
  }

  private neighbours([p, q, P, Q, c]: Place): readonly Place[] {
    const { maxOrder, maxSeasonalOrder, m } = this.limits;
    const steps = [
      [-1, 0],
      [1, 0],
      [0, -1],
      [0, 1],
      [-1, -1],
      [1, 1],
      [-1, 1],
      [1, -1],
    ] as const;
    const isIn = (order: number, most: number): boolean => order >= 0 && order <= most;
    const seasonal = m > 1 ? steps.map(([a, b]): Place => [p, q, P + a, Q + b, c]) : [];
    const plain = steps.map(([a, b]): Place => [p + a, q + b, P, Q, c]);
    const turned: Place[] = this.d + this.seasonalD < 2 ? [[p, q, P, Q, c === 1 ? 0 : 1]] : [];
    return [...seasonal, ...plain, ...turned].filter(
      ([a, b, A, B]) =>
        isIn(a, maxOrder) &&
        isIn(b, maxOrder) &&
        isIn(A, maxSeasonalOrder) &&
        isIn(B, maxSeasonalOrder),
    );
  }

  /** The first place, in order, that is better than the best known; that one stays where there is none. */
  private async bestOf(
    places: readonly Place[],
    known: ArimaParams | undefined,
  ): Promise<readonly [Place, ArimaParams | undefined]> {
    let best: readonly [Place, ArimaParams | undefined] = [places[0] ?? [0, 0, 0, 0, 0], known];
    for (const place of places) {
      const tried = await this.tried(place);
      if (tried !== undefined && tried.fit.aicc < (best[1]?.fit.aicc ?? Infinity))
        best = [place, tried];
    }
    return best;
  }

  private async tried(place: Place): Promise<ArimaParams | undefined> {
    const name = place.join();
    if (this.known.has(name)) return this.known.get(name);
    const { work, values } = this.lesson;
    work.signal?.throwIfAborted();
    const form = this.formOf(place);
    const isLong = values.length >= leastOf(form) + 1;
    const fit = isLong ? estimateArima(values, form, true) : undefined;
    const found = fit !== undefined && isSound(form, fit.coefficients) ? { form, fit } : undefined;
    this.known.set(name, found);
    work.progress?.({ done: this.known.size });
    await setImmediate(); // others get a turn
    return found;
  }

  private formOf([p, q, P, Q, c]: Place): ArimaOrder {
    const { d, seasonalD: D } = this;
    return { order: [p, d, q], seasonal: [P, D, Q], period: this.limits.m, constant: c === 1 };
  }
}

/** Whether no root of the autoregression is on the edge of the circle. */
function isSound(form: ArimaOrder, coefficients: Float64Array): boolean {
  return hasRootsBeyond(polynomialsOf(form, coefficients).ar, edge);
}
