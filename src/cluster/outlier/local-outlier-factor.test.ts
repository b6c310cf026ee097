/** @file Tests of the local outlier factor, with scikit-learn's numbers. */
import { describe, expect, test } from "vitest";
import { classicData, readClassicPeers } from "../../../tests/peer/classic.ts";
import { matrix } from "../../tensor/index.ts";
import { localOutlierFactor } from "./local-outlier-factor.ts";

const code = (what: string) => expect.objectContaining({ code: what });

describe("localOutlierFactor", () => {
  test("gives scikit-learn's numbers of rows that were learned from, and of others", async () => {
    const { outliers } = await readClassicPeers();
    for (const { options, factors, told, ...how } of outliers) {
      const { data, asked } = classicData(how);
      const found = localOutlierFactor(data, options);
      expect(found.factors).toBeClose(factors, { rtol: 1e-9 });
      expect(found.score(asked)).toBeClose(told, { rtol: 1e-9 });
    }
    expect(outliers.length).toBe(3);
  });

  test("stays finite where rows are there many times, and with one row", () => {
    const same = matrix([...Array.from({ length: 30 }, () => [1, 2]), [5, 5]]);
    const { factors } = localOutlierFactor({ x: same, names: ["a", "b"] }, { neighbours: 3 });
    expect(factors.every(Number.isFinite)).toBe(true);
    expect(factors[30]).toBeGreaterThan(1e6);
    expect(factors.subarray(0, 30)).toBeClose(new Float64Array(30).fill(1));
    const one = localOutlierFactor({ x: matrix([[1]]), names: ["a"] });
    expect([...one.factors, ...one.score(matrix([[7]]))]).toEqual([1, 1]);
    expect(
      localOutlierFactor({ x: same, names: ["a", "b"] }).score({
        ...same,
        rows: 0,
        data: new Float64Array(0),
      }).length,
    ).toBe(0);
  });

  test("refuses what it cannot use", () => {
    const data = { x: matrix([[1], [2]]), names: ["a"] };
    expect(() => localOutlierFactor(data, { neighbours: 0 })).toThrow(code("option/out-of-range"));
    const holed = { ...data, x: matrix([[1], [Number.NaN]]) };
    expect(() => localOutlierFactor(holed)).toThrow(code("cluster/missing-value"));
    const { score } = localOutlierFactor(data);
    expect(() => score(matrix([[1, 2]]))).toThrow(code("cluster/mismatch-width"));
    expect(() => score(matrix([[Infinity]]))).toThrow(code("cluster/out-of-range-value"));
  });
});
