/** What statsmodels and statsforecast gave (tests/peer/forecast.py), and how near we come, with the reason. */
import { describe, expect, test } from "vitest";
import peers from "../../tests/peer/forecast.json" with { type: "json" };
import { kpss } from "./arima/unit-roots.ts";
import {
  arima,
  autoArima,
  autoSmoothing,
  calendarRegression,
  type Forecaster,
  type Frequency,
  holtWinters,
  movingAverage,
  naive,
  naiveDrift,
  type Orders,
  type Series,
  seasonalNaive,
  series,
  smoothing,
} from "./index.ts";

type Name = keyof typeof peers.data;

const shapes: Readonly<Record<Name, readonly [Frequency, (i: number) => number]>> = {
  monthly: ["month", (i) => Date.UTC(2010, i, 1)],
  daily: ["day", (i) => Date.UTC(2020, 0, 1 + i)],
  plain: ["year", (i) => Date.UTC(1960 + i, 0, 1)],
};

function seriesNamed(name: string): Series {
  const key = name as Name;
  const [frequency, at] = shapes[key];
  const values = peers.data[key];
  return series({ times: values.map((_, i) => new Date(at(i))), values, frequency });
}

describe("the naive forecasts", () => {
  const forecasters: Readonly<Record<string, Forecaster>> = {
    naive: naive(),
    drift: naiveDrift(),
    "seasonal-naive": seasonalNaive(),
    "moving-average": movingAverage({ window: 5 }),
  };

  // The same formulas on both sides: only rounding is between them.
  test.each(peers.simple)("$model is statsforecast's, bounds too", async (peer) => {
    const model = await forecasters[peer.model]?.fit(seriesNamed("monthly"));
    const forecast = model?.forecast({ horizon: 15 });
    expect(forecast?.mean).toBeClose(peer.mean);
    if (peer["lo-80"] === undefined) return;
    const [eighty, most] = forecast?.intervals ?? [];
    // Of the drift, theirs divides squares of n − 1 changes by n − 1, ours by n − 2, as the book has it.
    const ratio = peer.model === "drift" ? Math.sqrt(118 / 119) : 1;
    const off = (bounds: ArrayLike<number> | undefined, unit: number) =>
      Array.from(bounds ?? [], (bound, i) => unit * (bound - (peer.mean[i] ?? 0)));
    expect(off(eighty?.lower, ratio)).toBeClose(off(peer["lo-80"], 1));
    expect(off(most?.upper, ratio)).toBeClose(off(peer["hi-95"], 1));
  });
});

describe("smoothing", () => {
  const words = { add: "additive", mul: "multiplicative" } as const;

  // Two searches stop near the same top: ours may be higher, and lower by 0.005 nats at most. Where ours is
  // the same to 0.02, forecasts agree to 1 %; where it is higher, statsmodels stopped below the top.
  test.each(peers.ets)(
    "$error $trend $season of $series is as likely as statsmodels' or more",
    async (peer) => {
      const { model } = await fitted(peer);
      const likely = Number(model.summary["logLikelihood"]);
      expect(likely).toBeGreaterThan(peer.llf - 0.005);
      if (likely > peer.llf + 0.02) return;
      expect(model.forecast({ horizon: 14 }).mean).toBeClose(peer.mean, { rtol: 0.01 });
    },
  );

  // statsmodels divides squares by n, we by what is left of it; with that set right, the formula is one.
  test.each(peers.ets.filter(({ lower }) => lower !== undefined))(
    "bounds of $error $trend $season of $series are statsmodels' exact ones",
    async (peer) => {
      const { model, n } = await fitted(peer);
      const { mean, intervals } = model.forecast({ horizon: 14, levels: [0.95] });
      const ratio = Math.sqrt(peer.sse / n) / Number(model.summary["deviation"]);
      const width = intervals[0]?.upper.map((bound, i) => ratio * (bound - (mean[i] ?? 0))) ?? [];
      expect(width).toBeClose(
        (peer.upper ?? []).map((bound, i) => bound - (peer.mean[i] ?? 0)),
        { rtol: 0.02 },
      );
    },
  );

  async function fitted(peer: (typeof peers.ets)[number]) {
    const trend = peer.damped ? "damped" : peer.trend === null ? "none" : "additive";
    const season = peer.season === null ? "none" : words[peer.season as "add" | "mul"];
    const options = { error: words[peer.error as "add" | "mul"], trend, season } as const;
    const sample = seriesNamed(peer.series);
    return { model: await smoothing(options).fit(sample), n: sample.values.length };
  }

  // ExponentialSmoothing makes squares small, which is the same top for additive errors.
  test("holtWinters forecasts as statsmodels' ExponentialSmoothing", async () => {
    const model = await holtWinters().fit(seriesNamed("daily"));
    expect(model.forecast({ horizon: 14 }).mean).toBeClose(peers.holtWinters.mean, { rtol: 0.005 });
  });

  // The criterion and the forms tried are one; ours estimates with an exact gradient, theirs by Nelder and Mead,
  // which may stop below the top: the AICc of ours is theirs or less, but for 0.05. Theirs leaves 2π and n
  // out of its likelihood.
  test.each(peers.chosen)(
    "autoSmoothing of $series has the AICc of AutoETS or less",
    async (peer) => {
      const sample = seriesNamed(peer.series);
      const model = await autoSmoothing().fit(sample);
      const n = sample.values.length;
      const theirs = peer.etsAicc + n * (Math.log((2 * Math.PI) / n) + 1);
      expect(Number(model.summary["aicc"])).toBeLessThan(theirs + 0.05);
      if (model.summary["model"] !== peer.ets || Number(model.summary["aicc"]) < theirs - 0.1)
        return;
      expect(model.forecast({ horizon: 5 }).mean).toBeClose(peer.etsMean, { rtol: 0.01 });
    },
  );
});

describe("arima", () => {
  const orders = ([a = 0, b = 0, c = 0]: readonly number[]): Orders => [a, b, c];
  const fitted = async (peer: (typeof peers.arima)[number]) => {
    const { order, seasonal, constant } = peer;
    const forecaster = arima({ order: orders(order), seasonal: orders(seasonal), constant });
    return forecaster.fit(seriesNamed(peer.series));
  };

  // The likelihood is exact on both sides; the searches stop within 0.001 nats of its top.
  test.each(peers.arima)(
    "$order$seasonal of $series is as likely as statsmodels' SARIMAX",
    async (peer) => {
      const model = await fitted(peer);
      const likely = Number(model.summary["logLikelihood"]);
      expect(likely).toBeGreaterThan(peer.llf - 0.001);
      if (likely > peer.llf + 0.01) return;
      const names = ["ar", "seasonalAr", "ma", "seasonalMa"];
      const told = names.flatMap((name) => [1, 2].map((i) => model.summary[`${name}${i}`]));
      const ours = told.filter((value) => value !== undefined).map(Number);
      const theirs = ["ar.L", "ar.S", "ma.L", "ma.S"].flatMap((start) =>
        peer.params.filter((_, i) => peer.names[i]?.startsWith(start)),
      );
      expect(ours).toBeClose(theirs, { rtol: 0.02, atol: 0.005 });
    },
  );

  // Without differences the forecast is that of the filter itself. Deviations: theirs divide squares by n,
  // and know how the filter's covariance still falls; ψ weights have it fallen.
  test.each(peers.arima.filter(({ order, seasonal }) => order[1] === 0 && seasonal[1] === 0))(
    "$order$seasonal of $series forecasts as SARIMAX",
    async (peer) => {
      const model = await fitted(peer);
      const { mean, intervals } = model.forecast({ horizon: 10, levels: [0.95] });
      expect(mean).toBeClose(peer.differencedMean, { rtol: 1e-3 });
      const ratio = Math.sqrt(peer.sigma2) / Number(model.summary["deviation"]);
      const deviations =
        intervals[0]?.upper.map(
          (bound, i) => (ratio * (bound - (mean[i] ?? 0))) / 1.959963984540054,
        ) ?? [];
      expect(deviations).toBeClose(peer.differencedDeviation, { rtol: 0.01 });
    },
  );

  test("the first step of differences is summed up on the last values", async () => {
    for (const peer of peers.arima.filter(
      ({ order, seasonal }) => order[1] === 1 && seasonal[1] === 0,
    )) {
      const model = await fitted(peer);
      const last = seriesNamed(peer.series).values.at(-1) ?? 0;
      const [first = 0] = model.forecast({ horizon: 1 }).mean;
      expect(first - last).toBeClose(peer.differencedMean[0] ?? 0, { atol: 0.02 });
    }
  });

  test.each(Object.entries(peers.kpss))(
    "the KPSS statistic of %s is statsmodels'",
    (name, expected) => {
      expect(kpss(seriesNamed(name).values)).toBeClose(expected);
    },
  );

  // Both go step by step, but theirs refuses moving averages with a root on the circle and measures the season by
  // STL: with the same differences ours is as good by AICc, but for the 2 that it cannot tell apart.
  test.each(peers.chosen)(
    "autoArima of $series has the AICc of AutoARIMA, or near it, or less",
    async (peer) => {
      const model = await autoArima().fit(seriesNamed(peer.series));
      const name = /^ARIMA\(\d+,(\d),\d+\)(?:\(\d,(\d),\d\))?/.exec(String(model.summary["model"]));
      expect([Number(name?.[1]), Number(name?.[2] ?? 0)]).toEqual(peer.arma.slice(5));
      expect(Number(model.summary["aicc"])).toBeLessThan(peer.arimaAicc + 2);
      expect(model.forecast({ horizon: 5 }).mean).toBeClose(peer.arimaMean, { rtol: 0.04 });
    },
  );
});

describe("calendarRegression", () => {
  // Least squares and Student's bounds on both sides; ours drops a weekday where theirs leaves Sunday out.
  test("is statsmodels' OLS", async () => {
    const model = await calendarRegression({ holidays: "us" }).fit(seriesNamed("daily"));
    const { mean, intervals } = model.forecast({ horizon: 14, levels: [0.95] });
    const { regression } = peers;
    expect(mean).toBeClose(regression.mean, { rtol: 1e-9 });
    expect(intervals[0]?.lower).toBeClose(regression.lower, { rtol: 1e-9 });
    expect(intervals[0]?.upper).toBeClose(regression.upper, { rtol: 1e-9 });
    expect(Number(model.summary["deviation"]) ** 2).toBeClose(regression.scale);
  });
});
