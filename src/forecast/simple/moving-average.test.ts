import { describe, expect, test } from "vitest";
import { checkForecaster, quarters } from "../../../tests/conform/forecaster.ts";
import { movingAverage } from "./moving-average.ts";

describe("movingAverage", () => {
  checkForecaster((options) => movingAverage(options));

  test("measures by step how far it was off, and never narrows", async () => {
    const model = await movingAverage({ window: 2 }).fit(quarters([0, 2, 4, 6, 8, 10]));
    const [interval] = model.forecast({ horizon: 3, levels: [0.6826894921370859] }).intervals;
    // Means 1, 3, 5, 7 are off by 3 one step later and by 5 two steps later; then √h.
    expect(interval?.upper.map((bound) => bound - 9)).toBeClose([3, 5, 5 * Math.sqrt(1.5)]);
  });

  test("needs one value after its window", async () => {
    await expect(movingAverage({ window: 3 }).fit(quarters([1, 2, 3]))).rejects.toThrow(
      expect.objectContaining({ code: "forecast/missing-history" }),
    );
  });
});
