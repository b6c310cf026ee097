/** @file Tests of metrics of k classes: hand-made cases, laws, and what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classReport, f1, fBeta, precision, recall } from "./class-shares.ts";
import { accuracy } from "./confusion.ts";
import {
  balancedAccuracy,
  confusionMatrix,
  kappa,
  likeliest,
  matthews,
} from "./confusion-matrix.ts";
import { brier, logLoss, topAccuracy } from "./probability.ts";
import { prAuc, rocAuc } from "./ranking.ts";

const f = (...numbers: number[]) => Float64Array.from(numbers);
const code = (expected: string) => expect.objectContaining({ code: expected });
const k = 3;
const rows = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: k - 1 }),
      fc.tuple(...Array.from({ length: k }, () => fc.integer({ min: 1, max: 20 }))),
    ),
    { minLength: 3, maxLength: 40 },
  )
  .map((list) => ({
    y: Float64Array.from(list, ([label]) => label),
    p: Float64Array.from(
      list.flatMap(([, raw]) => raw.map((v) => v / raw.reduce((a, b) => a + b, 0))),
    ),
  }));

describe("metrics of k classes", () => {
  test("law: micro precision, recall and F1 are the accuracy, and weighted recall is too", () => {
    fc.assert(
      fc.property(rows, ({ y, p }) => {
        const answers = likeliest(p, k);
        const right = accuracy(y, answers);
        for (const share of [precision, recall, f1])
          expect(share(y, answers, { average: "micro" })).toBeClose(right);
        expect(recall(y, answers, { average: "weighted" })).toBeClose(right);
        expect(topAccuracy(y, p, { classes: k, top: k })).toBe(1);
        const counts = confusionMatrix(y, answers, { classes: k });
        expect(counts.reduce((sum, row, i) => sum + (row[i] ?? 0), 0) / y.length).toBeClose(right);
        expect(classReport(y, answers, { classes: k }).reduce((sum, of) => sum + of.rows, 0)).toBe(
          y.length,
        );
      }),
    );
  });

  test("law: what is measured stays within its bounds, and other names for the classes change nothing", () => {
    fc.assert(
      fc.property(rows, ({ y, p }) => {
        const turned = {
          y: y.map((label) => (label + 1) % k),
          p: p.map((_, i) => p[Math.floor(i / k) * k + (((i % k) + k - 1) % k)] ?? 0),
        };
        const measure = (of: { y: Float64Array; p: Float64Array }) => {
          const answers = of.p === p ? likeliest(p, k) : likeliest(p, k).map((c) => (c + 1) % k);
          return [
            balancedAccuracy(of.y, answers),
            matthews(of.y, answers),
            f1(of.y, answers, { average: "macro" }),
            logLoss(of.y, of.p, { classes: k }),
            brier(of.y, of.p, { classes: k }),
            prAuc(of.y, of.p, { classes: k }),
          ];
        };
        const got = measure({ y, p });
        expect(measure(turned)).toBeClose(got);
        const [balanced = -1, correlation = -2, share = -1, , squares = -1, area = -1] = got;
        expect(balanced >= 0 && balanced <= 1 && share >= 0 && share <= 1).toBe(true);
        expect(Math.abs(correlation)).toBeLessThanOrEqual(1 + 1e-12);
        expect(squares >= 0 && squares <= 2 && area >= 0 && area <= 1 + 1e-12).toBe(true);
      }),
    );
  });

  test("law: two classes given as classes are two classes", () => {
    const two = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 16 })),
      { minLength: 2, maxLength: 30 },
    );
    fc.assert(
      fc.property(two, (list) => {
        const y = Float64Array.from(list, ([label]) => label);
        const p = Float64Array.from(list, ([, sixteenths]) => sixteenths / 16);
        const both = Float64Array.from([...p].flatMap((given) => [1 - given, given]));
        expect(logLoss(y, both, { classes: 2 })).toBeClose(logLoss(y, p));
        expect(brier(y, both, { classes: 2 })).toBeClose(2 * brier(y, p));
        fc.pre(new Set(y).size === 2);
        expect(rocAuc(y, both, { classes: 2 })).toBeClose(rocAuc(y, p));
        expect(rocAuc(y, both, { classes: 2, against: "each" })).toBeClose(rocAuc(y, p));
      }),
    );
  });

  test("kappa charges a mistake by how far it is off, where asked", () => {
    const [y, near, far] = [f(0, 1, 2, 2), f(0, 1, 2, 1), f(0, 1, 2, 0)];
    expect(kappa(y, near)).toBeClose(7 / 11);
    expect(kappa(y, near, { mistakes: "quadratic" })).toBeGreaterThan(
      kappa(y, far, { mistakes: "quadratic" }),
    );
  });

  test("rocAuc of a class without rows is NaN", () => {
    const p = f(0.5, 0.3, 0.2, 0.2, 0.6, 0.2);
    for (const against of ["rest", "each"] as const)
      expect(rocAuc(f(0, 1), p, { classes: 3, against })).toBe(Number.NaN);
  });

  test("fBeta above 1 charges what is missed", () => {
    const [y, few, many] = [f(1, 1, 0, 0), f(1, 0, 0, 0), f(1, 1, 1, 1)];
    expect(fBeta(y, many, { beta: 2 })).toBeGreaterThan(fBeta(y, few, { beta: 2 }));
    expect(fBeta(y, many, { beta: 0.5 })).toBeLessThan(fBeta(y, few, { beta: 0.5 }));
    expect(() => fBeta(y, few, { beta: 0 })).toThrow(code("option/out-of-range"));
  });

  test("refuse labels that are no class, probabilities that do not sum to 1, and lengths that do not fit", () => {
    expect(() => accuracy(f(0.5), f(1))).toThrow(code("metric/out-of-range-label"));
    expect(() => accuracy(f(0), f(-1))).toThrow(code("metric/out-of-range-label"));
    expect(() => logLoss(f(3), f(0.2, 0.3, 0.5), { classes: 3 })).toThrow(
      code("metric/out-of-range-label"),
    );
    expect(() => logLoss(f(0), f(0.2, 0.3, 0.6), { classes: 3 })).toThrow(
      code("metric/mismatch-sum"),
    );
    expect(() => rocAuc(f(0), f(0.2, 0.3), { classes: 3 })).toThrow(code("metric/mismatch-length"));
    expect(() => brier(f(0), f(1.5, -0.5), { classes: 2 })).toThrow(
      code("metric/out-of-range-probability"),
    );
    expect(() => topAccuracy(f(0), f(1, 0), { classes: 2, top: 0 })).toThrow(
      code("option/out-of-range"),
    );
    expect(() => likeliest(f(0.1, 0.9, 0.3), 2)).toThrow(code("metric/mismatch-length"));
    expect(() => confusionMatrix(f(2), f(0), { classes: 2 })).toThrow(
      code("metric/out-of-range-label"),
    );
    expect(() => confusionMatrix(f(1e9), f(0))).toThrow(code("option/out-of-range"));
    expect(() => recall(f(0, 2), f(0, 1))).toThrow(code("metric/out-of-range-label"));
  });
});
