/** @file Tests and intervals beside the numbers of SciPy and statsmodels. */

import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { quantileOf } from "../../core/index.ts";
import { confidenceInterval } from "./confidence-interval.ts";
import { delong } from "./delong.ts";
import { bcaShares } from "./ends.ts";
import { fiveByTwo, foldTest, wilcoxon } from "./fold-tests.ts";
import { mcnemar } from "./mcnemar.ts";

type Numbers = readonly number[];
type Two = readonly [number, number];
interface Peers {
  readonly delong: readonly {
    readonly y: Numbers;
    readonly a: Numbers;
    readonly b: Numbers;
    readonly areas: Two;
    readonly errors: Two;
    readonly difference: number;
    readonly z: number;
    readonly p: number;
    readonly ends: Two;
  }[];
  readonly mcnemar: readonly {
    readonly onlyA: number;
    readonly onlyB: number;
    readonly exact: Two;
    readonly corrected: Two;
  }[];
  readonly wilcoxon: readonly {
    readonly d: Numbers;
    readonly statistic: number;
    readonly p: number;
  }[];
  readonly foldTest: readonly {
    readonly d: Numbers;
    readonly ratio: number;
    readonly t: number;
    readonly p: number;
    readonly ends: Two;
  }[];
  readonly fiveByTwo: readonly {
    readonly d: readonly Two[];
    readonly t: number;
    readonly p: number;
    readonly f: number;
    readonly fP: number;
  }[];
  readonly bca: readonly {
    readonly observed: number;
    readonly values: Numbers;
    readonly jackknife: Numbers;
    readonly bca: Two;
    readonly percentile: Two;
  }[];
  readonly interval: { readonly errors: Numbers; readonly bca: Two; readonly percentile: Two };
}
const file = new URL("../../../tests/peer/comparisons.json", import.meta.url);
const peers: Peers = JSON.parse(await readFile(file, "utf8"));

describe("tests of two models", () => {
  test.each(peers.delong)("delong follows its definition, pair by pair, %#", (of) => {
    const [y, a, b] = [of.y, of.a, of.b].map((list) => Float64Array.from(list));
    if (!y || !a || !b) throw new Error("the peer's file is cut");
    const found = delong(y, [a, b]);
    expect([found.a, found.b]).toBeClose(of.areas);
    expect(found.standardErrors).toBeClose(of.errors);
    expect([found.difference, found.z, found.p]).toBeClose([of.difference, of.z, of.p]);
    expect([found.low, found.high]).toBeClose(of.ends);
  });

  test.each(peers.mcnemar)("mcnemar is statsmodels', %#", ({ onlyA, onlyB, ...expected }) => {
    const right = [...Array(onlyA).fill([1, 0]), ...Array(onlyB).fill([0, 1]), [1, 1], [0, 0]];
    const y = Float64Array.from(right, () => 1);
    const [a, b] = [0, 1].map((i) => Float64Array.from(right, (pair) => pair[i]));
    if (!a || !b) throw new Error("two models");
    for (const method of ["exact", "corrected"] as const) {
      if (method === "corrected" && onlyA === onlyB) continue;
      const { statistic, p } = mcnemar(y, [a, b], { method });
      expect([statistic, p]).toBeClose(expected[method]);
    }
  });

  test.each(peers.wilcoxon)("wilcoxon is SciPy's, %#", ({ d, ...expected }) => {
    const { statistic, p } = wilcoxon(d);
    expect([statistic, p]).toBeClose([expected.statistic, expected.p]);
  });

  test.each(peers.foldTest)("foldTest has the p of Student's distribution, %#", ({ d, ...of }) => {
    const { t, p, low, high } = foldTest(d, { testPerTrain: of.ratio });
    expect([t, p, low, high]).toBeClose([of.t, of.p, ...of.ends]);
  });

  test.each(peers.fiveByTwo)("fiveByTwo has both statistics and their p, %#", ({ d, ...of }) => {
    const { t, p, f, fP } = fiveByTwo(d);
    expect([t, p, f, fP]).toBeClose([of.t, of.p, of.f, of.fP]);
  });
});

describe("intervals by the bootstrap", () => {
  test.each(peers.bca)("have SciPy's ends for SciPy's resamples, %#", (of) => {
    const sorted = Float64Array.from(of.values).sort();
    const jackknife = Float64Array.from(of.jackknife);
    const shares = bcaShares(sorted, of.observed, { jackknife, level: 0.95 }) ?? [0, 0];
    expect(shares.map((share) => quantileOf(sorted, share))).toBeClose(of.bca);
    const plain = [0.025, 0.975].map((share) => quantileOf(sorted, share));
    expect(plain).toBeClose(of.percentile);
  });

  test("lie where SciPy's lie when both draw for themselves", async () => {
    const y = Float64Array.from(peers.interval.errors);
    const rows = { task: { kind: "regression" } as const, y, predictions: y.map(() => 0) };
    for (const method of ["bca", "percentile"] as const) {
      const { low, high } = await confidenceInterval(rows, {
        metric: "mae",
        method,
        resamples: 4000,
      });
      const [from, to] = peers.interval[method];
      const atol = 0.1 * (to - from); // some ten times the noise of 4000 draws
      expect([low, high]).toBeClose([from, to], { rtol: 0, atol });
    }
  });
});
