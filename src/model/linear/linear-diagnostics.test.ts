/** @file Tests of the diagnostics, against statsmodels and SciPy too. */
import { describe, expect, test } from "vitest";
import { linearData, readLinearPeers } from "../../../tests/peer/linear.ts";
import { random } from "../../core/index.ts";
import type { Dataset } from "../../flow.ts";
import { matrix } from "../../tensor/index.ts";
import { linearDiagnostics } from "./linear-diagnostics.ts";
import { shapiroWilk } from "./shapiro-wilk.ts";

const peers = await readLinearPeers();
const code = (what: string) => expect.objectContaining({ code: what });
const task = { kind: "regression" } as const;

function lines(rows: readonly (readonly number[])[], y: readonly number[]): Dataset {
  const names = Array.from(rows[0] ?? [], (_, j) => `f${j}`);
  return { x: matrix(rows), y: Float64Array.from(y), names, task, source: "sha256:00" };
}

describe("linearDiagnostics", () => {
  test("gives statsmodels' and SciPy's numbers", async () => {
    for (const peer of peers.diagnostics) {
      const found = await linearDiagnostics(linearData(peer).regression);
      expect(found.vif.map(({ vif }) => vif)).toBeClose(peer.vif, { rtol: 1e-8 });
      const { jarqueBera: jb, breuschPagan: bp, shapiroWilk: sw } = found;
      expect([jb.statistic, jb.p, jb.skew, jb.kurtosis]).toBeClose(peer.jarqueBera, { rtol: 1e-8 });
      expect([bp.statistic, bp.p, bp.f, bp.fp]).toBeClose(peer.breuschPagan, { rtol: 1e-7 });
      // SciPy computes the normal scores to seven digits.
      expect([sw?.statistic ?? 0, sw?.p ?? 0]).toBeClose(peer.shapiro, { rtol: 1e-5 });
      expect(found.durbinWatson).toBeClose(peer.durbinWatson);
      const { leverage, cooks, standardised, deleted } = found.influence;
      expect(leverage.subarray(0, 8)).toBeClose(peer.leverage, { rtol: 1e-8 });
      expect(cooks.subarray(0, 8)).toBeClose(peer.cooks, { rtol: 1e-7 });
      expect(standardised.subarray(0, 8)).toBeClose(peer.internal, { rtol: 1e-8 });
      expect(deleted.subarray(0, 8)).toBeClose(peer.external, { rtol: 1e-8 });
    }
  });

  test("leverages sum to the parameters, with weights too; rows of weight 0 are not there", async () => {
    const { regression, weights } = linearData({ rows: 40, features: 3, salt: 50 });
    const found = await linearDiagnostics({ ...regression, weights: weights.with(3, 0) });
    expect(found.influence.leverage.length).toBe(39);
    expect(found.influence.leverage.reduce((sum, h) => sum + h, 0)).toBeClose(4);
  });

  test("warns in words of what is broken", async () => {
    const draws = random(1);
    const rows = Array.from({ length: 200 }, () => {
      const a = draws.next() * 4;
      return [a, 2 * a, draws.normal(), 7];
    });
    const y = rows.map(([a = 0]) => a + a ** 2 * draws.normal() ** 3);
    const { warnings, vif } = await linearDiagnostics(lines(rows, y));
    expect(vif.map((one) => one.vif).slice(0, 2)).toEqual([Infinity, Infinity]);
    expect(vif[3]?.vif).toBeNaN();
    for (const word of [
      "f0 is nearly made",
      "f1 is nearly made",
      "f3 is constant",
      "not normal",
      "spread",
    ])
      expect(warnings.some((text) => text.includes(word))).toBe(true);
    const walk = Array.from({ length: 100 }, (_, i) => [i]);
    const waves = await linearDiagnostics(
      lines(
        walk,
        walk.map(([i = 0]) => Math.sin(i / 10)),
      ),
    );
    expect(waves.warnings.some((text) => text.includes("Durbin-Watson"))).toBe(true);
    const lever = await linearDiagnostics(lines([[0], [1], [2], [3], [100]], [0, 1, 0, 1, 300]));
    expect(lever.warnings.some((text) => text.includes("Cook"))).toBe(true);
  });

  test("says nothing where everything holds, and refuses what has no degrees of freedom", async () => {
    const draws = random(3);
    const rows = Array.from({ length: 300 }, () => [draws.normal(), draws.normal()]);
    const fine = await linearDiagnostics(
      lines(
        rows,
        rows.map(([a = 0]) => a + draws.normal()),
      ),
    );
    expect(fine.warnings).toEqual([]);
    const square = linearDiagnostics(lines([[0, 1], [1, 0], [2, 2]], [1, 2, 3])); // biome-ignore format: a matrix
    await expect(square).rejects.toThrow(code("model/missing-degrees"));
  });
});

describe("shapiroWilk", () => {
  test("gives SciPy's numbers for few values", () => {
    // stats.shapiro of SciPy 1.17.1
    const few = shapiroWilk(Float64Array.of(1, 2, 5));
    expect([few?.statistic ?? 0, few?.p ?? 0]).toBeClose([0.923076923076923, 0.46326287493379903], {
      rtol: 1e-6,
    });
    const some = shapiroWilk(Float64Array.of(2, 4, 4, 5, 7, 30, 3));
    expect([some?.statistic ?? 0, some?.p ?? 0]).toBeClose(
      [0.6022703954716364, 0.00028946446992156256],
      { rtol: 1e-5 },
    );
    const five = shapiroWilk(Float64Array.of(1, 2, 4, 8, 16));
    expect([five?.statistic ?? 0, five?.p ?? 0]).toBeClose(
      [0.876108811751035, 0.29204844728099144],
      { rtol: 1e-5 },
    );
  });

  test("has no answer for equal values, two, or more than 5,000", () => {
    expect(shapiroWilk(new Float64Array(9))).toBeUndefined();
    expect(shapiroWilk(Float64Array.of(1, 2))).toBeUndefined();
    expect(shapiroWilk(Float64Array.from({ length: 5001 }, (_, i) => i))).toBeUndefined();
  });
});
