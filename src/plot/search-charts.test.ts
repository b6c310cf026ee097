/** @file Tests of the charts of a search: what they show, and what they refuse. */
import { describe, expect, test } from "vitest";
import { renderSvg } from "./render.ts";
import {
  contourChart,
  frontChart,
  parallelChart,
  searchHistoryChart,
  sliceChart,
} from "./search-charts.ts";
import type { SearchPoint } from "./search-points.ts";

const coded = (code: string) => expect.objectContaining({ code });
const points: readonly SearchPoint[] = Array.from({ length: 40 }, (_, number) => ({
  number,
  value: Math.abs(number - 20) / 20,
  params: {
    depth: 1 + (number % 7),
    rate: 10 ** (-4 + number / 10),
    kind: ["gini", "entropy", null][number % 3] ?? null,
    ...(number % 2 === 0 ? { extra: number } : {}),
  },
}));

describe("searchHistoryChart", () => {
  test("shows trials in their order and the best so far, by direction", async () => {
    const options = { metric: "rmse", direction: "minimise" } as const;
    const chart = searchHistoryChart(points.toReversed(), options);
    expect(JSON.stringify(chart)).toContain('{"number":39,"value":0.95,"best":0}');
    const up = searchHistoryChart(points, { metric: "auc", direction: "maximise" });
    expect(JSON.stringify(up)).toContain('{"number":39,"value":0.95,"best":1}');
    const svg = await renderSvg(chart);
    for (const text of ["History of the search", "trial", "rmse"])
      expect(svg).toContain(`>${text}</text>`);
  });

  test("has all trials on its axis, and marks those that failed", async () => {
    const options = { metric: "rmse", direction: "minimise" } as const;
    const some = points.slice(0, 31);
    const text = JSON.stringify(
      searchHistoryChart(some, { ...options, failed: [31, 35], trials: 40 }),
    );
    expect(text).toContain('"domain":[0,39]');
    expect(text).toContain('{"number":35,"state":"failed"}');
    const chart = searchHistoryChart(some, { ...options, failed: [31, 35], trials: 40 });
    expect(await renderSvg(chart)).not.toBe(await renderSvg(searchHistoryChart(some, options)));
    expect(() => searchHistoryChart(some, { ...options, failed: [-1] })).toThrow(
      coded("plot/out-of-range-value"),
    );
  });

  test("counts no trial that breaks a constraint as the best so far", async () => {
    const some = [5, 1, 4, 3].map((value, number) => ({
      number,
      value,
      params: {},
      isFeasible: number !== 1 && number !== 0,
    }));
    const chart = JSON.stringify(
      searchHistoryChart(some, { metric: "rmse", direction: "minimise" }),
    );
    expect(chart).toContain('{"number":1,"value":1,"best":null}');
    expect(chart).toContain('{"number":3,"value":3,"best":3}');
    expect(chart).not.toContain('"best":1');
    const none = some.map((point) => ({ ...point, isFeasible: false }));
    expect(
      await renderSvg(searchHistoryChart(none, { metric: "rmse", direction: "minimise" })),
    ).toContain(">rmse</text>");
  });

  test("refuses no trials, values that are none, and another direction", () => {
    const options = { metric: "rmse", direction: "minimise" } as const;
    expect(() => searchHistoryChart([], options)).toThrow(coded("plot/missing-data"));
    const bad = [{ number: 0, value: Number.NaN, params: {} }];
    expect(() => searchHistoryChart(bad, options)).toThrow(coded("plot/out-of-range-value"));
    const many = Array.from({ length: 10_001 }, (_, number) => ({ number, value: 0, params: {} }));
    expect(() => searchHistoryChart(many, options)).toThrow(coded("plot/out-of-range-count"));
  });
});

test("parallelChart says which params a conditional space shares, and what can be named", () => {
  const split = points.map(({ number, value }) => ({
    number,
    value,
    params: number % 2 === 0 ? { kind: "tree", depth: 3 } : { kind: "line", l2: 1 },
  }));
  expect(() => parallelChart(split, { metric: "rmse" })).toThrow(coded("plot/missing-params"));
  expect(() => parallelChart(split, { metric: "rmse" })).toThrow(
    'share only the param "kind", and two are needed. Name the axes with params (--params on the command line), of "depth", "kind", "l2"',
  );
  expect(parallelChart(split, { metric: "rmse", params: ["kind", "l2"] })["height"]).toBe(280);
});

describe("sliceChart", () => {
  test("shows numbers along a line, on a log scale where they span more than two powers of ten", async () => {
    const rate = sliceChart(points, { metric: "rmse", param: "rate" });
    expect(JSON.stringify(rate)).toContain('"type":"log"');
    expect(await renderSvg(rate)).toContain(">rate</text>");
    const depth = sliceChart(points, { metric: "rmse", param: "depth" });
    expect(JSON.stringify(depth)).not.toContain('"type":"log"');
    expect(await renderSvg(depth)).toContain(">rmse by depth</text>");
  });

  test("shows choices side by side, null among them, and leaves out trials without the param", async () => {
    const svg = await renderSvg(sliceChart(points, { metric: "rmse", param: "kind" }));
    for (const text of ["gini", "entropy", "null"]) expect(svg).toContain(`>${text}</text>`);
    const extra = sliceChart(points, { metric: "rmse", param: "extra" });
    expect(JSON.stringify(extra).match(/"param":/g)).toHaveLength(20);
    expect(() => sliceChart(points, { metric: "rmse", param: "none" })).toThrow(
      coded("plot/missing-data"),
    );
  });
});

describe("contourChart", () => {
  test("shows the landscape of two params, with the values at the ends of their axes", async () => {
    const svg = await renderSvg(contourChart(points, { metric: "rmse", x: "depth", y: "rate" }));
    for (const text of ["1", "7", "0.0001", "depth", "rate"])
      expect(svg).toContain(`>${text}</text>`);
    const cells = JSON.stringify(contourChart(points, { metric: "rmse", x: "depth", y: "rate" }));
    expect(cells.match(/"x2":0\.\d+,|"x2":1,/g)?.length).toBe(1024);
  });

  test("takes choices, and a param of one value", async () => {
    const svg = await renderSvg(contourChart(points, { metric: "rmse", x: "kind", y: "depth" }));
    expect(svg).toContain(">entropy</text>");
    const one = points.map((point) => ({ ...point, params: { ...point.params, only: 3 } }));
    expect(await renderSvg(contourChart(one, { metric: "rmse", x: "only", y: "depth" }))).toContain(
      ">3</text>",
    );
  });
});

describe("parallelChart", () => {
  test("shows a line for each trial across the params that all have", async () => {
    const chart = parallelChart(points, { metric: "rmse" });
    expect(JSON.stringify(chart)).not.toContain("extra");
    const svg = await renderSvg(chart);
    for (const text of ["depth", "kind", "rate", "gini"]) expect(svg).toContain(`>${text}</text>`);
    expect(() => parallelChart(points, { metric: "rmse", params: ["depth"] })).toThrow(
      coded("option/out-of-range"),
    );
  });
});

describe("frontChart", () => {
  test("joins the front, and shows the others", async () => {
    const all = [
      [1, 3],
      [2, 2],
      [3, 3],
    ].map(([x = 0, y = 0]) => ({ values: [x, y] as const, isFront: x < 3 }));
    const svg = await renderSvg(frontChart(all, { metrics: ["size", "loss"] }));
    for (const text of ["size and loss", "size", "loss"]) expect(svg).toContain(`>${text}</text>`);
    for (const isFront of [true, false])
      expect(
        await renderSvg(
          frontChart(
            all.map((one) => ({ ...one, isFront })),
            { metrics: ["size", "loss"] },
          ),
        ),
      ).toContain(">size</text>");
    const better = (x: "minimise" | "maximise", y: "minimise" | "maximise") =>
      JSON.stringify(frontChart(all, { metrics: ["size", "loss"], directions: [x, y] }));
    for (const y of ["minimise", "maximise"] as const) {
      expect(better("minimise", y)).toContain('"step-after"');
      expect(better("maximise", y)).toContain('"step-before"');
    }
    expect(() => frontChart([], { metrics: ["a", "b"] })).toThrow(coded("plot/missing-data"));
  });
});
