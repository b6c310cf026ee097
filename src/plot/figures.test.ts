/** @file Tests of the figures of a task's predictions. */
import { describe, expect, test } from "vitest";
import { figuresOf } from "./figures.ts";
import { renderSvg } from "./render.ts";

const f = (...numbers: number[]) => Float64Array.from(numbers);

describe("figuresOf", () => {
  test("gives each task its own, and they draw", async () => {
    const binary = figuresOf(
      { task: { kind: "binary" }, y: f(0, 1, 1), predictions: f(0.2, 0.4, 0.9) },
      { classes: ["stays", "leaves"], importances: [{ name: "tenure", share: 1 }], learning: { metric: "log loss", curves: { train: [1, 0.5] } } }, // biome-ignore format: one line
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
    expect(Object.keys(binary).join()).toBe("confusion,roc,pr,calibration,gain,importances,learning"); // biome-ignore format: one line
    expect(Object.keys(multiclass).join()).toBe("confusion,roc,calibration");
    expect(Object.keys(regression).join()).toBe("predictions,residuals,qq");
    for (const figures of [binary, multiclass, regression])
      for (const spec of Object.values(figures)) expect(await renderSvg(spec)).toContain("<svg");
    expect(await renderSvg(binary["confusion"] ?? ({} as never))).toContain(">leaves</text>");
  });

  test("leaves curves over thresholds out where there is one class", () => {
    const rows = { task: { kind: "binary" } as const, y: f(1, 1), predictions: f(0.2, 0.4) };
    expect(Object.keys(figuresOf(rows))).toEqual(["confusion", "calibration"]);
    const misspelt = { nam: "boost" } as object;
    expect(() => figuresOf(rows, misspelt)).toThrow(expect.objectContaining({ code: "option/unknown-name" })); // biome-ignore format: one line
  });
});
