/** @file Tests of splits by index: laws, and what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SplitRowsOptions, splitRows } from "./split-rows.ts";

const three = { train: 0.6, validation: 0.2, test: 0.2 };
const rows = fc.record({ n: fc.integer({ min: 12, max: 200 }), seed: fc.nat() });
const long = fc.record({ n: fc.integer({ min: 60, max: 200 }), seed: fc.nat() });
const all = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("splitRows", () => {
  test("law: every row is in one part, and shares are exact but for rounding", () => {
    fc.assert(
      fc.property(rows, fc.boolean(), ({ n, seed }, stratified) => {
        const labels = all(n).map((i) => (i * i) % 4 < 2);
        const options = stratified ? { labels } : {};
        fc.pre(!stratified || new Set(labels).size === 2);
        const { train, validation, test } = splitRows(n, { shares: three, seed, ...options });
        expect([...train, ...validation, ...test].sort((a, b) => a - b)).toEqual(all(n));
        for (const [part, share] of [[train, 0.6], [validation, 0.2], [test, 0.2]] as const) {
          expect(Math.abs(part.length - share * n)).toBeLessThan(1);
          if (!stratified) continue;
          const [held, of] = [[...part], all(n)].map((some) => some.filter((i) => labels[i]).length);
          expect(Math.abs((held ?? 0) - share * (of ?? 0))).toBeLessThan(2);
        }
      }),
    ); // biome-ignore format: one property
  });

  test("law: equal seeds split alike, and groups stay together", () => {
    fc.assert(
      fc.property(rows, ({ n, seed }) => {
        const groups = all(n).map((i) => `g${i % 11}`);
        const parts = splitRows(n, { shares: three, seed, groups });
        expect(splitRows(n, { shares: three, seed, groups })).toEqual(parts);
        const sides = [parts.train, parts.validation, parts.test].map(
          (part) => new Set(Array.from(part, (i) => groups[i])),
        );
        expect(sides.reduce((sum, side) => sum + side.size, 0)).toBe(new Set(groups).size);
      }),
    );
    expect(splitRows(40, { seed: 1 })).not.toEqual(splitRows(40, { seed: 2 }));
  });

  test("law: in time each part is later than the one before, and the gap is in none", () => {
    fc.assert(
      fc.property(long, fc.integer({ min: 0, max: 1 }), ({ n, seed }, gap) => {
        const times = all(n).map((i) => (i * 13 + seed) % 20); // each at least three times
        const { train, validation, test } = splitRows(n, { shares: three, times, gap });
        const range = (part: Uint32Array) => {
          const of = Array.from(part, (i) => times[i] ?? 0);
          return [Math.min(...of), Math.max(...of)] as const;
        };
        const [learned, tuned, tested] = [range(train), range(validation), range(test)];
        expect(tuned[0] - learned[1]).toBe(1 + gap);
        expect(tested[0] - tuned[1]).toBe(1 + gap);
        if (gap === 0) expect(train.length + validation.length + test.length).toBe(n);
      }),
    );
  });

  test("cuts time where the rows are nearest to the shares", () => {
    const { train, test } = splitRows(10, {
      times: [5, 5, 5, 1, 1, 1, 1, 2, 3, 4],
      shares: { train: 0.7, test: 0.3 },
    });
    expect([...train]).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect([...test]).toEqual([0, 1, 2]);
  });

  test("has no validation rows where none are asked for", () => {
    expect(splitRows(10).validation).toHaveLength(0);
  });

  test("refuses shares that do not sum to 1, and parts that would be empty", () => {
    const refused = (n: number, options: SplitRowsOptions, expected: string) =>
      expect(() => splitRows(n, options)).toThrow(code(expected));
    refused(10, { shares: { train: 0.8, test: 0.3 } }, "dataset/mismatch-shares");
    expect(() => splitRows(10, { shares: { train: 0.8, validation: 0.1, test: 0.2 } })).toThrow(
      "the shares must sum to 1, so that every row has a part; got 1.1",
    );
    refused(10, { shares: { train: 1, test: 0 } }, "option/out-of-range");
    refused(10, { shares: { train: Number.NaN, test: 0.2 } }, "option/out-of-range");
    refused(2, { shares: { train: 0.9, test: 0.1 } }, "dataset/missing-part");
    refused(1, {}, "dataset/missing-part");
    refused(4, { labels: [0, 0, 0, 1] }, "dataset/missing-part");
    refused(4, { groups: [1, 1, 1, 1] }, "dataset/missing-part");
    refused(4, { times: [1, 1, 1, 1] }, "dataset/missing-part");
    refused(4, { times: [1, 2, 3, 4], gap: 9 }, "dataset/missing-part");
    refused(4, { times: [1, 2, 3, 4], labels: [1, 0, 1, 0] }, "dataset/conflict-columns");
    refused(4, { gap: 1 }, "dataset/conflict-order");
    refused(4, { labels: [1, 0, 1] }, "dataset/mismatch-length");
    refused(0, {}, "option/out-of-range");
    refused(4, JSON.parse('{"test": 0.2}'), "option/unknown-name");
  });
});
