/** @file Tests of costs and benefits side by side. */
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../flow.ts";
import { matrix } from "../../tensor/index.ts";
import { boost, logistic, majority, ridge } from "../index.ts";
import { costTable } from "./index.ts";

const rows = Array.from({ length: 120 }, (_, i) => [(i * 37) % 60, (i * 11) % 7]);
const data: Dataset = {
  x: matrix(rows),
  y: Float64Array.from(rows, ([a = 0, b = 0]) => Number(a + b > 30)),
  names: ["a", "b"],
  source: "sha256:00",
};

describe("costTable", () => {
  test("puts the best first, with what each costs and how it can be followed", async () => {
    const models = { none: majority(), line: logistic(), trees: boost({ trees: 20 }) };
    const lines = await costTable(models, data);
    expect(lines.at(-1)?.name).toBe("none");
    for (const line of lines) {
      expect(line.baseline).toBe(0.5);
      expect(line.score).toBeGreaterThanOrEqual(0.5);
      expect(line.trainSeconds > 0 && line.rowMicroseconds > 0 && line.sizeBytes > 20).toBe(true);
    }
    const of = (name: string) => lines.find((line) => line.name === name);
    expect(of("line")?.interpretability).toBe(3);
    expect(of("trees")?.interpretability).toBe(1);
    expect((of("trees")?.sizeBytes ?? 0) > (of("line")?.sizeBytes ?? 0)).toBe(true);
  });

  test("compares by an error too: less is better", async () => {
    const task = { kind: "regression" } as const;
    const y = Float64Array.from(rows, ([a = 0]) => 2 * a);
    const models = { soft: ridge({ alpha: 1e6 }), line: ridge({ alpha: 1e-6 }) };
    const lines = await costTable(models, { ...data, y, task }, { folds: 3 });
    expect(lines.map(({ name }) => name)).toEqual(["line", "soft"]);
    expect(lines[0]?.score).toBeLessThan(1e-3);
    expect(lines[0]?.baseline).toBeGreaterThan(10);
  });

  test("refuses a metric of another task", async () => {
    await expect(costTable({ none: majority() }, data, { metric: "rmse" })).rejects.toThrow(
      expect.objectContaining({ code: "metric/mismatch-task" }),
    );
  });
});
