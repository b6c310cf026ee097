import { describe, expect, test } from "vitest";
import { renderSvg } from "./render.ts";
import { type RocCurve, rocChart } from "./roc-chart.ts";

const coded = (code: string) => expect.objectContaining({ code });

const steps: RocCurve = {
  name: "boost",
  falsePositiveRate: [0, 0, 0.5, 0.5, 1],
  truePositiveRate: [0, 0.5, 0.5, 1, 1],
  auc: 0.75,
};

describe("rocChart", () => {
  test("names each curve with its AUC, both axes and the diagonal", async () => {
    const svg = await renderSvg(rocChart([steps, { ...steps, name: "logistic", auc: 0.5 }]));
    for (const text of ["0.750  boost", "0.500  logistic", "AUC", "guessing", "ROC curve"])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg).toContain(">false positive rate (share of negatives)</text>");
    expect(svg).toContain(">true positive rate (share of positives)</text>");
  });

  test("draws the vertical steps in the order of the points", async () => {
    const svg = await renderSvg(rocChart([steps]));
    expect(svg).toContain("M0,360L0,180L180,180L180,0L360,0");
  });

  test("thins a curve of a hundred thousand points and keeps its ends", () => {
    const n = 100_000;
    const rates = Float64Array.from({ length: n + 1 }, (_, i) => i / n);
    const spec = rocChart([{ ...steps, falsePositiveRate: rates, truePositiveRate: rates }]);
    const text = JSON.stringify(spec);
    expect(text.length).toBeLessThan(100_000);
    expect(text).toContain(`"x":1,"y":1,"order":${n}`);
  });

  test("refuses no curves, a curve without points, and more than eight", () => {
    const code = (curves: readonly RocCurve[]) => () => rocChart(curves);
    expect(code([])).toThrow(coded("plot/missing-data"));
    const none = { ...steps, falsePositiveRate: [], truePositiveRate: [] };
    expect(code([none])).toThrow(coded("plot/missing-data"));
    const nine = Array.from({ length: 9 }, (_, i) => ({ ...steps, name: `m${i}` }));
    expect(code(nine)).toThrow(coded("plot/out-of-range-count"));
  });

  test("refuses lists of different lengths, NaN, rates above 1 and equal names", () => {
    const code = (change: Partial<RocCurve>) => () => rocChart([{ ...steps, ...change }]);
    expect(code({ truePositiveRate: [0, 1] })).toThrow(coded("plot/mismatch-lengths"));
    expect(code({ auc: Number.NaN })).toThrow(coded("plot/out-of-range-value"));
    expect(code({ truePositiveRate: [0, 0.5, 0.5, 1, 1.1] })).toThrow(
      coded("plot/out-of-range-value"),
    );
    expect(code({ name: " " })).toThrow(coded("plot/out-of-range-value"));
    expect(() => rocChart([steps, steps])).toThrow(coded("plot/duplicate-name"));
  });
});
