import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { histogramChart } from "./histogram-chart.ts";
import { renderSvg } from "./render.ts";

const coded = (code: string) => expect.objectContaining({ code });

interface Corner {
  readonly value: number;
  readonly share: number;
  readonly sample: string;
}

function corners(...given: Parameters<typeof histogramChart>): readonly Corner[] {
  const { layer } = histogramChart(...given) as unknown as {
    layer: readonly { data: { values: readonly Corner[] } }[];
  };
  return layer[0]?.data.values ?? [];
}

describe("histogramChart", () => {
  test("names the samples with their sizes, the column with its unit, and the axis", async () => {
    const samples = { training: [1.5, 2, 2.5, 9], now: [2, 3] };
    const svg = await renderSvg(histogramChart(samples, { column: "tenure", unit: "months" }));
    for (const text of ["training (4 rows)", "now (2 rows)", "tenure (months)"])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg).toContain(">share of rows (%)</text>");
  });

  test("gives whole numbers a bin each", () => {
    const rows = corners({ training: [1, 2, 2, 4], now: [1] }, { column: "calls" });
    const shares = rows.filter(({ sample }) => sample.startsWith("training"));
    expect(shares.map(({ share }) => share)).toEqual([
      0, 0.25, 0.25, 0.5, 0.5, 0, 0, 0.25, 0.25, 0,
    ]);
    expect([shares[0]?.value, shares.at(-1)?.value]).toEqual([0.5, 4.5]);
  });

  test("says how many values are missing", async () => {
    const samples = { training: [1, 2, 3, Number.NaN], now: [2] };
    const svg = await renderSvg(histogramChart(samples, { column: "x" }));
    expect(svg).toContain(">missing and left out: 25.0 % of training, 0.0 % of now</text>");
  });

  test("calls the samples by the names that are given", async () => {
    const samples = { training: [1, 2, Number.NaN, 3], now: [2] };
    const named = { column: "error", names: ["normal", "others"] } as const;
    const svg = await renderSvg(histogramChart(samples, named));
    for (const part of ["error: normal and others", "normal (3 rows)", "others (1 row)"])
      expect(svg).toContain(`>${part}</text>`);
    expect(svg).toContain("25.0 % of normal, 0.0 % of others");
    expect(svg).not.toMatch(/training|now/);
    const empty = () => histogramChart({ training: [1], now: [] }, named);
    expect(empty).toThrow(/others/);
  });

  test("law: the shares of each sample sum to one", () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, values, fc.integer({ min: 1, max: 50 }), (training, now, bins) => {
        const rows = corners({ training, now }, { column: "x", bins });
        for (const sample of ["training", "now"]) {
          const own = rows.filter((row) => row.sample.startsWith(sample));
          expect(own.reduce((sum, { share }) => sum + share, 0)).toBeClose(2, { rtol: 1e-6 });
        }
      }),
    );
  });

  test("draws values that are all the same, also very large ones", async () => {
    for (const value of [0, 0.5, 1e300, -7]) {
      const svg = await renderSvg(
        histogramChart({ training: [value], now: [value] }, { column: "x" }),
      );
      expect(svg).toContain(">100%</text>");
      expect(svg).not.toContain("NaN");
    }
  });

  test("refuses samples without values, infinities and bins that are none", () => {
    const code =
      (training: number[], bins = 10) =>
      () =>
        histogramChart({ training, now: [1] }, { column: "x", bins });
    expect(code([])).toThrow(coded("plot/missing-data"));
    expect(code([Number.NaN])).toThrow(coded("plot/missing-data"));
    expect(code([Infinity])).toThrow(coded("plot/out-of-range-value"));
    expect(code([1], 0)).toThrow(coded("option/out-of-range"));
    expect(code([1], 2.5)).toThrow(coded("option/out-of-range"));
  });
});
