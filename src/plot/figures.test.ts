/** @file Tests of the figures of a task's predictions. */
import { describe, expect, test } from "vitest";
import { figuresOf } from "./figures.ts";
import { renderSvg } from "./render.ts";

const f = (...numbers: number[]) => Float64Array.from(numbers);

describe("figuresOf", () => {
  test("gives each task its own, and they draw", async () => {
    const binary = figuresOf(
      { task: { kind: "binary" }, y: f(0, 1, 1), predictions: f(0.2, 0.4, 0.9) },
      {
        classes: ["stays", "leaves"],
        importances: [{ name: "tenure", share: 1 }],
        learning: { metric: "log loss", curves: { train: [1, 0.5] } },
      },
    );
    const multiclass = figuresOf({
      task: { kind: "multiclass", classes: ["a", "b", "c"] },
      y: f(0, 1),
      predictions: f(0.6, 0.3, 0.1, 0.2, 0.5, 0.3),
      weights: f(1, 2),
    });
    const regression = figuresOf({
      task: { kind: "regression" },
      y: f(1, 2),
      predictions: f(1, 3),
    });
    expect(Object.keys(binary).join()).toBe(
      "confusion,roc,pr,calibration,gain,importances,learning",
    );
    expect(Object.keys(multiclass).join()).toBe("confusion,roc,calibration");
    expect(Object.keys(regression).join()).toBe("predictions,residuals,qq");
    for (const figures of [binary, multiclass, regression])
      for (const spec of Object.values(figures)) expect(await renderSvg(spec)).toContain("<svg");
    expect(await renderSvg(binary["confusion"] ?? ({} as never))).toContain(">leaves</text>");
  });

  test("leaves the confusion of more classes out than can be seen", () => {
    const classes = Array.from({ length: 101 }, (_, c) => `c${c}`);
    const predictions = Float64Array.from({ length: 202 }, (_, i) => (i % 102 === 0 ? 1 : 0));
    const figures = figuresOf({ task: { kind: "multiclass", classes }, y: f(0, 1), predictions });
    expect(Object.keys(figures)).toEqual(["roc", "calibration"]);
    const rows = {
      task: { kind: "multiclass", classes: ["a", "b"] } as const,
      y: f(0, 1),
      predictions: f(1, 0, 0, 1),
    };
    expect(Object.keys(figuresOf({ ...rows, weights: f(1, 0) }))).toEqual([
      "confusion",
      "calibration",
    ]);
  });

  test("draws the precision of a guess with the weights that the curve has", () => {
    const rows = {
      task: { kind: "binary" } as const,
      y: f(0, 1, 1),
      predictions: f(0.2, 0.4, 0.9),
    };
    const weighted = figuresOf({ ...rows, weights: f(8, 1, 1) })["pr"];
    const repeated = figuresOf({
      ...rows,
      y: f(...Array(8).fill(0), 1, 1),
      predictions: f(...Array(8).fill(0.2), 0.4, 0.9),
    })["pr"];
    expect(JSON.stringify(weighted)).toContain('"y":0.2');
    expect(JSON.stringify(repeated)).toContain('"y":0.2');
    expect(Object.keys(figuresOf({ ...rows, weights: f(1, 0, 0) }))).toEqual([
      "confusion",
      "calibration",
    ]);
  });

  test("leaves curves over thresholds out where there is one class", () => {
    const rows = { task: { kind: "binary" } as const, y: f(1, 1), predictions: f(0.2, 0.4) };
    expect(Object.keys(figuresOf(rows))).toEqual(["confusion", "calibration"]);
    const misspelt = { nam: "boost" } as object;
    expect(() => figuresOf(rows, misspelt)).toThrow(
      expect.objectContaining({ code: "option/unknown-name" }),
    );
  });
});
