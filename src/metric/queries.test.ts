/** @file Tests of metrics of queries: hand-made cases, laws, and what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meanAveragePrecision, meanReciprocalRank, ndcg } from "./queries.ts";

const f = (...numbers: number[]) => Float64Array.from(numbers);
const code = (expected: string) => expect.objectContaining({ code: expected });
const rows = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 5 }),
    fc.integer({ min: 0, max: 3 }),
  ),
  { minLength: 1, maxLength: 40 },
);

describe("metrics of queries", () => {
  test("count the top of each query only, where asked", () => {
    const [y, score] = [f(0, 1, 1), f(3, 2, 1)];
    expect(meanAveragePrecision(y, score)).toBeClose((1 / 2 + 2 / 3) / 2);
    expect(meanAveragePrecision(y, score, { top: 2 })).toBeClose(1 / 2 / 2);
    expect(meanReciprocalRank(y, score)).toBe(0.5);
    expect(meanReciprocalRank(y, score, { top: 1 })).toBe(0);
    expect(ndcg(y, score, { top: 1 })).toBe(0);
  });

  test("give a score for all rows nothing for free", () => {
    const [y, flat] = [f(1, 0, 0, 0), f(1, 1, 1, 1)];
    expect(meanReciprocalRank(y, flat)).toBe(0.25);
    expect(meanAveragePrecision(y, flat)).toBe(0.25);
  });

  test("law: within 0 and 1, the best order has 1, and the order of rows and of queries does not matter", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const columns = (of: typeof list) => ({
          r: Float64Array.from(of, ([v]) => v),
          hit: Float64Array.from(of, ([v]) => (v > 1 ? 1 : 0)),
          score: Float64Array.from(of, ([, v]) => v),
          groups: of.map(([, , v]) => v),
        });
        const measure = ({ r, hit, score, groups }: ReturnType<typeof columns>) => [
          ndcg(r, score, { groups }),
          ndcg(r, score, { groups, top: 2, gain: "exponential" }),
          meanAveragePrecision(hit, score, { groups }),
          meanReciprocalRank(hit, score, { groups, top: 3 }),
        ];
        const [of, back] = [columns(list), columns(list.toReversed())];
        for (const value of measure(of)) expect(value >= 0 && value <= 1 + 1e-12).toBe(true);
        expect(measure(back)).toBeClose(measure(of));
        const withHit = new Set(of.groups.filter((_, row) => (of.r[row] ?? 0) > 0)).size;
        const best = withHit / new Set(of.groups).size;
        expect(ndcg(of.r, of.r, { groups: of.groups })).toBeClose(best);
      }),
    );
  });

  test("refuse relevances and scores that are none, and lengths that differ", () => {
    expect(() => ndcg(f(-1), f(1))).toThrow(code("metric/out-of-range-number"));
    expect(() => ndcg(f(1), f(Number.NaN))).toThrow(code("metric/out-of-range-score"));
    expect(() => ndcg(f(1, 2), f(1, 2), { groups: [1] })).toThrow(code("metric/mismatch-length"));
    expect(() => ndcg(f(), f())).toThrow(code("metric/missing-rows"));
    expect(() => meanReciprocalRank(f(2), f(1))).toThrow(code("metric/out-of-range-label"));
    expect(() => meanAveragePrecision(f(1), f(1), { top: 0 })).toThrow(code("option/out-of-range"));
  });
});
