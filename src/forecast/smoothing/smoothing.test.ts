import { describe, expect, test } from "vitest";
import { checkForecaster, quarters, sampleValues } from "../../../tests/conform/forecaster.ts";
import { autoSmoothing, holtWinters, smoothing } from "./smoothing.ts";

describe("simple smoothing", () => {
  checkForecaster((options) => smoothing(options));
});

describe("Holt's line, damped, with relative errors", () => {
  const all = { error: "multiplicative", trend: "damped" } as const;
  checkForecaster((options) => smoothing({ ...all, ...options }), {
    positive: true,
    constant: 1e-4,
  });
});

describe("holtWinters", () => {
  checkForecaster(
    (options = {}) => smoothing({ trend: "additive", season: "additive", ...options }),
    { twoSeasons: true, constant: 1e-4 },
  );

  test("is smoothing with a trend and a season", () => {
    const { name, options } = holtWinters({ damped: true, season: "multiplicative", period: 4 });
    expect([name, options]).toEqual([
      "smoothing",
      { error: "additive", trend: "damped", season: "multiplicative", period: 4, seed: 0 },
    ]);
  });

  test("follows a slope and a season that are plain", async () => {
    const at = (i: number): number => 100 + 2 * i + ([10, -5, -5, 0][i % 4] ?? 0);
    const values = Array.from({ length: 24 }, (_, i) => at(i));
    const model = await holtWinters().fit(quarters(values));
    expect(model.forecast({ horizon: 8 }).mean).toBeClose(
      [24, 25, 26, 27, 28, 29, 30, 31].map(at),
      { rtol: 1e-3 },
    );
  });
});

describe("a multiplied season", () => {
  const all = { error: "multiplicative", season: "multiplicative" } as const;
  checkForecaster((options) => smoothing({ ...all, ...options }), {
    positive: true,
    twoSeasons: true,
    constant: 1e-4,
  });

  test("is drawn by its seed", async () => {
    const bounds = async (seed: number) => {
      const model = await smoothing({ ...all, seed }).fit(quarters(sampleValues(24)));
      return model.forecast({ horizon: 3 }).intervals;
    };
    expect(await bounds(1)).toEqual(await bounds(1));
    expect(await bounds(1)).not.toEqual(await bounds(2));
  });
});

describe("autoSmoothing", () => {
  checkForecaster((options) => autoSmoothing(options), { constant: 1e-4 });

  test("finds a season where there is one, and none in noise", async () => {
    const found = async (values: readonly number[]) =>
      (await autoSmoothing().fit(quarters(values))).summary["model"];
    expect(await found(sampleValues(48))).toMatch(/,[AM]\)$/);
    const { random } = await import("../../core/index.ts");
    const draws = random(1);
    expect(await found(Array.from({ length: 60 }, () => 50 + draws.normal()))).toMatch(/,N,N\)$/);
  });

  test("tells how far it is, and stops when it is told to", async () => {
    const told: number[] = [];
    const stop = new AbortController();
    const progress = ({ done }: { readonly done: number }) => {
      told.push(done);
      if (done === 3) stop.abort(new Error("enough"));
    };
    const fitted = autoSmoothing().fit(quarters(sampleValues(24)), {
      progress,
      signal: stop.signal,
    });
    await expect(fitted).rejects.toThrow("enough");
    expect(told).toEqual([1, 2, 3]);
  });
});
