/** @file What the charts of models, clusters and forecasts show, and what they refuse. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boxChart } from "./box-chart.ts";
import { calibrationChart } from "./calibration-chart.ts";
import { elbowChart, silhouetteChart } from "./clusters-charts.ts";
import { coefficientsChart } from "./coefficients-chart.ts";
import { correlationChart } from "./correlation-chart.ts";
import { type DendrogramJoins, dendrogramChart } from "./dendrogram-chart.ts";
import { dependenceChart } from "./dependence-chart.ts";
import { gainChart } from "./gain-chart.ts";
import { learningChart } from "./learning-chart.ts";
import { prChart } from "./pr-chart.ts";
import { predictionsChart } from "./predictions-chart.ts";
import { renderSvg } from "./render.ts";
import { qqChart, residualsChart } from "./residuals-chart.ts";
import { scatterChart } from "./scatter-chart.ts";
import type { ChartSpec } from "./spec.ts";
import { swarmChart } from "./swarm-chart.ts";
import { waterfallChart } from "./waterfall-chart.ts";

const coded = (code: string) => expect.objectContaining({ code });
const list = (n: number, of: (i: number) => number) => Array.from({ length: n }, (_, i) => of(i));
async function shows(spec: ChartSpec, ...texts: string[]): Promise<void> {
  const svg = await renderSvg(spec);
  for (const text of texts) expect(svg).toContain(`>${text}</text>`);
}
/** The values of a layer of a chart. */
function valuesOf(spec: ChartSpec, layer: number): readonly Record<string, number>[] {
  const one = (spec["layer"] as unknown as { data: { values: Record<string, number>[] } }[])[layer];
  return one?.data.values ?? [];
}

describe("prChart", () => {
  test("names curves with their average precision, and guessing", async () => {
    await shows(
      prChart([{ name: "boost", recall: [0, 0.5, 1], precision: [1, 0.9, 0.4], prAuc: 0.65 }], {
        share: 0.4,
      }),
      "0.650  boost",
      "average precision",
      "guessing",
    );
  });

  test("refuses curves that are none", () => {
    expect(() => prChart([])).toThrow(coded("plot/missing-data"));
    expect(() => prChart([{ name: "a", recall: [0, 1], precision: [1], prAuc: 1 }])).toThrow(
      coded("plot/mismatch-lengths"),
    );
    expect(() => prChart([{ name: "a", recall: [0], precision: [1], prAuc: 2 }])).toThrow(
      coded("plot/out-of-range-value"),
    );
    const nine = list(9, (i) => i).map((i) => ({
      name: `${i}`,
      recall: [0],
      precision: [1],
      prAuc: 1,
    }));
    expect(() => prChart(nine)).toThrow(coded("plot/out-of-range-count"));
  });
});

describe("gainChart", () => {
  test("shows gain or lift, with the line of chance", async () => {
    const curve = { name: "boost", rows: [0, 0.5, 1], gain: [0, 0.8, 1], lift: [1.6, 1.6, 1] };
    await shows(gainChart([curve]), "Cumulative gain", "at random", "boost");
    await shows(
      gainChart([curve], { show: "lift" }),
      "Lift",
      "at random",
      "lift (multiple of chance)",
    );
    expect(() => gainChart([{ ...curve, gain: [0, Number.NaN, 1] }])).toThrow(
      coded("plot/out-of-range-value"),
    );
    expect(() => gainChart([curve], { show: JSON.parse('"all"') })).toThrow(
      coded("option/out-of-range"),
    );
  });
});

describe("calibrationChart", () => {
  test("draws a point for each bin and the line of right probabilities", async () => {
    const bins = [
      { given: 0.2, observed: 0.1, rows: 10 },
      { given: 0.8, observed: 0.9, rows: 30 },
    ];
    await shows(
      calibrationChart([
        { name: "a", bins },
        { name: "b", bins },
      ]),
      "a",
      "b",
      "right",
      "probability given",
    );
    expect(() => calibrationChart([{ name: "a", bins: [] }])).toThrow(coded("plot/missing-data"));
    expect(() =>
      calibrationChart([{ name: "a", bins: [{ given: 2, observed: 0, rows: 1 }] }]),
    ).toThrow(coded("plot/out-of-range-value"));
  });
});

describe("charts of numbers", () => {
  test("draw at most 2,000 of many rows, and say so", async () => {
    const many = Float64Array.from({ length: 50_000 }, (_, i) => Math.sin(i));
    const spec = predictionsChart(
      many,
      many.map((v) => v + 0.1),
    );
    await shows(spec, "2,000 of 50,000 rows", "true value", "predicted value");
    expect(valuesOf(spec, 0)).toHaveLength(2000);
  });

  test("residuals are true less predicted, with the means of ten groups", () => {
    const spec = residualsChart(
      list(100, (i) => i + 1),
      list(100, (i) => i),
    );
    expect(valuesOf(spec, 0)[0]).toEqual({ x: 0, y: 1 });
    expect(valuesOf(spec, 2).map(({ y }) => y)).toEqual(list(10, () => 1));
  });

  test("quantiles of a normal sample lie on the line", () => {
    const spec = qqChart([-1, 1]);
    const [from, to] = valuesOf(spec, 1);
    expect((to?.["y"] ?? 0) / (to?.["x"] ?? 1)).toBeClose(1); // deviation 1, mean 0
    expect(from?.["y"]).toBeClose(-(to?.["y"] ?? 0));
  });

  test("one row, equal values and a single residual draw", async () => {
    for (const spec of [predictionsChart([3], [3]), residualsChart([3, 3], [3, 3]), qqChart([0])])
      expect(await renderSvg(spec)).not.toMatch(/NaN|Infinity/);
  });

  test("refuse rows that are none", () => {
    for (const chart of [predictionsChart, residualsChart]) {
      expect(() => chart([], [])).toThrow(coded("plot/missing-data"));
      expect(() => chart([1], [1, 2])).toThrow(coded("plot/mismatch-lengths"));
      expect(() => chart([Number.NaN], [1])).toThrow(coded("plot/out-of-range-value"));
      expect(() => chart([1], [Infinity])).toThrow(coded("plot/out-of-range-value"));
    }
    expect(() => qqChart([])).toThrow(coded("plot/missing-data"));
  });
});

describe("learningChart", () => {
  test("marks the best step, and takes sizes as steps", async () => {
    await shows(
      learningChart(
        { train: [1, 0.5], validation: [1, 0.6] },
        { metric: "log loss", unit: "nats", best: 1 },
      ),
      "best: 1",
      "train",
      "validation",
      "log loss (nats)",
    );
    await shows(
      learningChart({ score: [0.5, 0.7] }, { metric: "accuracy", over: "rows" }, [100, 1000]),
      "rows",
      "score",
    );
    expect(() => learningChart({ a: [1, 2] }, { metric: "m" }, [1])).toThrow(
      coded("plot/mismatch-lengths"),
    );
    expect(() => learningChart({}, { metric: "m" })).toThrow(coded("plot/missing-data"));
    expect(() => learningChart({ a: [1] }, { metric: "m", best: Number.NaN })).toThrow(
      coded("plot/out-of-range-value"),
    );
  });
});

describe("coefficientsChart", () => {
  test("has the largest first, whatever its sign, and cuts at twenty", async () => {
    const many = list(25, (i) => i).map((i) => ({ name: `f${i}`, value: i % 2 ? -i : i }));
    const svg = await renderSvg(coefficientsChart(many));
    expect(svg).toContain(">the largest 20 of 25</text>");
    expect(svg.indexOf(">f24<")).toBeLessThan(svg.indexOf(">f23<"));
    expect(svg).not.toContain(">f4<");
    await shows(coefficientsChart([{ name: "none", value: 0 }]), "none");
    expect(() => coefficientsChart([{ name: "a", value: 1, low: Number.NaN }])).toThrow(
      coded("plot/out-of-range-value"),
    );
    expect(() =>
      coefficientsChart([
        { name: "a", value: 1 },
        { name: "a", value: 2 },
      ]),
    ).toThrow(coded("plot/duplicate-name"));
  });
});

describe("dependenceChart", () => {
  test("draws numbers as a line and categories as points", async () => {
    await shows(
      dependenceChart(
        { values: [1, 2], mean: [0.1, 0.2], low: [0, 0.1], high: [0.2, 0.3], rows: [[0.1, 0.3]] },
        { feature: "age", unit: "years" },
      ),
      "age (years)",
      "Dependence on age",
    );
    await shows(
      dependenceChart({ values: ["a", "b"], mean: [0.1, 0.2] }, { feature: "city" }),
      "a",
      "b",
    );
    expect(() => dependenceChart({ values: [1], mean: [1, 2] }, { feature: "f" })).toThrow(
      coded("plot/mismatch-lengths"),
    );
    expect(() => dependenceChart({ values: [], mean: [] }, { feature: "f" })).toThrow(
      coded("plot/missing-data"),
    );
  });
});

describe("charts of Shapley values", () => {
  test("have the features of the largest effects first, and leave missing values out", async () => {
    const spec = swarmChart({
      names: ["small", "large"],
      contributions: [0.1, 2, -0.1, -2],
      values: [1, 1, 2, Number.NaN],
    });
    const svg = await renderSvg(spec);
    expect(svg.indexOf(">large<")).toBeLessThan(svg.indexOf(">small<"));
    expect(valuesOf(spec, 1)).toHaveLength(3);
  });

  test("law: a dot's colour is the middle of its value's places among all", () => {
    const known = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(known, (values) => {
        fc.pre(new Set(values).size > 1);
        const spec = swarmChart({ names: ["f"], contributions: values.map((_, i) => i), values });
        const sorted = values.toSorted((a, b) => a - b);
        const middle = (v: number) =>
          (sorted.indexOf(v) + sorted.lastIndexOf(v)) / 2 / (sorted.length - 1);
        expect(valuesOf(spec, 1).map(({ rank }) => rank)).toBeClose(values.map(middle));
      }),
    );
  });

  test("ranks many rows", () => {
    const n = 300_000; // row by row through all sorted ones: 9·10¹⁰ looks
    const values = Float64Array.from({ length: n }, (_, i) => i);
    const dots = valuesOf(swarmChart({ names: ["f"], contributions: values, values }), 1);
    for (const { x, rank } of dots) expect(rank).toBe(Number(x) / (n - 1));
  });

  test("no two dots of a row of dots lie on each other", () => {
    const spec = swarmChart({
      names: ["f"],
      contributions: list(50, () => 0.5),
      values: list(50, (i) => i),
    });
    expect(new Set(valuesOf(spec, 1).map(({ y }) => y)).size).toBe(50);
  });

  test("a waterfall ends at the prediction, and sums the effects past the ninth", async () => {
    const effects = list(12, (i) => i).map((i) => ({ name: `f${i}`, value: i, effect: i - 5 }));
    await shows(
      waterfallChart({ base: 1, effects }),
      "from 1 to 7",
      "3 others",
      "f11 = 11",
      "+6",
      "−5",
    );
  });

  test("refuse rows that do not fit", () => {
    expect(() => swarmChart({ names: ["a", "b"], contributions: [1], values: [1, 2] })).toThrow(
      coded("plot/mismatch-lengths"),
    );
    expect(() => swarmChart({ names: ["a"], contributions: [Number.NaN], values: [1] })).toThrow(
      coded("plot/out-of-range-value"),
    );
    expect(() => swarmChart({ names: [], contributions: [], values: [] })).toThrow(
      coded("plot/missing-data"),
    );
    expect(() => waterfallChart({ base: 0, effects: [] })).toThrow(coded("plot/missing-data"));
    expect(() =>
      waterfallChart({ base: Infinity, effects: [{ name: "a", value: 1, effect: 1 }] }),
    ).toThrow(coded("plot/out-of-range-value"));
  });
});

describe("boxChart", () => {
  test("has Tukey's quartiles, whiskers and outliers", () => {
    const spec = boxChart([{ name: "a", values: [1, 2, 3, 4, 100] }]);
    expect(valuesOf(spec, 0)[0]).toMatchObject({ q1: 2, median: 3, q3: 4, low: 1, high: 4 });
    expect(valuesOf(spec, 3)).toEqual([{ x: 100, y: 0 }]);
  });

  test("draws one value, equal values, and violins of them", async () => {
    for (const show of ["box", "violin"] as const)
      expect(
        await renderSvg(
          boxChart(
            [
              { name: "one", values: [5] },
              { name: "flat", values: [0, 0, 0] },
            ],
            { show },
          ),
        ),
      ).not.toMatch(/NaN|Infinity/);
    expect(() => boxChart([{ name: "a", values: [] }])).toThrow(coded("plot/missing-data"));
    expect(() => boxChart(list(31, (i) => i).map((i) => ({ name: `${i}`, values: [i] })))).toThrow(
      coded("plot/out-of-range-count"),
    );
  });
});

describe("correlationChart", () => {
  test("shows numbers where there is room, and nothing where there is no correlation", async () => {
    await shows(
      correlationChart(
        [
          [1, -0.4],
          [-0.4, 1],
        ],
        ["a", "b"],
      ),
      "−0.40",
      "1.00",
    );
    const svg = await renderSvg(
      correlationChart(
        [
          [1, Number.NaN],
          [Number.NaN, 1],
        ],
        ["a", "b"],
      ),
    );
    expect(svg.split(">1.00</text>")).toHaveLength(3);
    const many = list(40, (i) => i).map((i) => list(40, (j) => (i === j ? 1 : 0)));
    expect(
      await renderSvg(
        correlationChart(
          many,
          many.map((_, i) => `c${i}`),
        ),
      ),
    ).not.toContain(">1.00</text>");
    expect(() => correlationChart([[2]], ["a"])).toThrow(coded("plot/out-of-range-value"));
    expect(() => correlationChart([[1, 0]], ["a"])).toThrow(coded("plot/mismatch-lengths"));
  });
});

describe("charts of clusters", () => {
  test("mark the number that was chosen", async () => {
    await shows(
      elbowChart(
        [
          { clusters: 3, value: 5 },
          { clusters: 2, value: 9 },
        ],
        { measure: "silhouette", chosen: 3 },
      ),
      "chosen: 3",
      "Silhouette by number of clusters",
    );
    expect(() => elbowChart([], { measure: "m" })).toThrow(coded("plot/missing-data"));
  });

  test("sort silhouettes within clusters, and give their mean", async () => {
    const spec = silhouetteChart([0.1, 0.5, -0.3], [0, 0, 1]);
    expect(valuesOf(spec, 0).map(({ value }) => value)).toEqual([0.5, 0.1, -0.3]);
    await shows(spec, "mean 0.100", "cluster 0");
    expect(() => silhouetteChart([2], [0])).toThrow(coded("plot/out-of-range-value"));
    expect(() => silhouetteChart([0.5], [])).toThrow(coded("plot/mismatch-lengths"));
  });

  test("draw a dendrogram whose lines do not cross", async () => {
    const joins = { left: [0, 1, 3], right: [2, 4, 5], heights: [1, 2, 3] };
    const svg = await renderSvg(dendrogramChart(joins, { names: ["a", "b", "c", "d"], cut: 1.5 }));
    const order = ["d", "b", "a", "c"].map((name) => svg.indexOf(`>${name}</text>`));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    await shows(dendrogramChart({ left: [0], right: [1], heights: [0] }), "0", "1");
  });

  test("refuse joins of what is not there, or joined already", () => {
    const refused = (joins: DendrogramJoins, code: string) =>
      expect(() => dendrogramChart(joins)).toThrow(coded(code));
    refused({ left: [0, 0], right: [1, 2], heights: [1, 2] }, "plot/out-of-range-value");
    refused({ left: [0, 4], right: [1, 2], heights: [1, 2] }, "plot/out-of-range-value");
    refused({ left: [0], right: [], heights: [1] }, "plot/mismatch-lengths");
    refused({ left: [], right: [], heights: [] }, "plot/missing-data");
  });
});

describe("scatterChart", () => {
  test("gives the largest classes colours of their own, and marks points", async () => {
    const classes = list(60, (i) => i).map((i) => `c${i % 12}`);
    const spec = scatterChart(
      { x: list(60, (i) => i), y: list(60, (i) => -i), classes },
      { marks: [{ x: 1, y: 1, name: "centre" }] },
    );
    await shows(spec, "others", "c0", "centre", "component 1");
    await shows(scatterChart({ x: [1], y: [2] }), "component 2");
    expect(() => scatterChart({ x: [1], y: [1, 2] })).toThrow(coded("plot/mismatch-lengths"));
    expect(() => scatterChart({ x: [1], y: [1], classes: [] })).toThrow(
      coded("plot/mismatch-lengths"),
    );
    expect(() =>
      scatterChart({ x: [1], y: [1] }, { marks: [{ x: Number.NaN, y: 0, name: "m" }] }),
    ).toThrow(coded("plot/out-of-range-value"));
  });
});
