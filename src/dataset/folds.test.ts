/** @file Tests of folds: laws, scikit-learn's folds, and what is refused. */
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Fold, type FoldsOptions, folds } from "./folds.ts";

interface Peer {
  readonly folds: number;
  readonly tests: readonly (readonly number[])[];
}
interface Peers {
  readonly kFold: readonly (Peer & { readonly n: number })[];
  readonly stratified: readonly (Peer & { readonly labels: readonly number[] })[];
  readonly group: readonly (Peer & { readonly groups: readonly number[] })[];
  readonly stratifiedGroup: readonly (Peer & {
    readonly groups: readonly number[];
    readonly labels: readonly number[];
  })[];
  readonly time: readonly {
    readonly n: number;
    readonly folds: number;
    readonly gap?: number;
    readonly testMoments?: number;
    readonly trainMoments?: number;
    readonly pairs: readonly (readonly [readonly number[], readonly number[]])[];
  }[];
}
const peers: Peers = JSON.parse(
  await readFile(new URL("../../tests/peer/folds.json", import.meta.url), "utf8"),
);

const tested = (all: readonly Fold[]): number[][] => all.map((fold) => [...fold.test]);
const code = (expected: string) => expect.objectContaining({ code: expected });

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const sorted = (of: readonly number[]): number[] => [...of].sort((a, b) => a - b);
const kinds = fc.constantFrom("random", "labels", "groups", "both");

/** The columns that a kind of folds goes by. */
function chosen(of: { labels: readonly string[]; groups: readonly number[] }, kind: string) {
  if (kind === "both") return of;
  if (kind === "labels") return { labels: of.labels };
  return kind === "groups" ? { groups: of.groups } : {};
}

/** Rows with a label of three and a group of about n/3, and a number of folds that they allow. */
const rows = fc
  .record({
    n: fc.integer({ min: 12, max: 80 }),
    k: fc.integer({ min: 2, max: 4 }),
    seed: fc.nat(),
  })
  .map(({ n, k, seed }) => ({
    ...{ n, k, seed },
    labels: Array.from({ length: n }, (_, i) => ["a", "b", "c"][(i * 7 + (i % 5)) % 3] ?? "a"),
    groups: Array.from({ length: n }, (_, i) => (i * i + seed) % Math.max(k, Math.floor(n / 3))),
  }))
  .filter(({ groups, k }) => new Set(groups).size >= k);

describe("folds", () => {
  test("law: each row is judged once in a repeat, and learned from in the other folds", () => {
    fc.assert(
      fc.property(
        rows,
        kinds,
        fc.integer({ min: 1, max: 3 }),
        ({ n, k, seed, ...of }, kind, repeats) => {
          const all = folds(n, { folds: k, seed, repeats, ...chosen(of, kind) });
          expect(all).toHaveLength(k * repeats);
          for (const { train, test } of all) expect(sorted([...train, ...test])).toEqual(upTo(n));
          for (let r = 0; r < repeats; r++)
            expect(sorted(tested(all.slice(r * k, (r + 1) * k)).flat())).toEqual(upTo(n));
        },
      ),
    );
  });

  test("law: no group is on both sides of a fold", () => {
    fc.assert(
      fc.property(rows, fc.boolean(), ({ n, k, seed, groups, labels }, both) => {
        for (const { train, test } of folds(n, {
          folds: k,
          seed,
          groups,
          ...(both ? { labels } : {}),
        })) {
          const learned = new Set(Array.from(train, (i) => groups[i]));
          expect([...test].some((i) => learned.has(groups[i] ?? -1))).toBe(false);
        }
      }),
    );
  });

  test("law: stratified folds differ by one row at most, of each label and in all", () => {
    fc.assert(
      fc.property(rows, ({ n, k, seed, labels }) => {
        const all = folds(n, { folds: k, seed, labels });
        for (const label of ["a", "b", "c", "any"]) {
          const counts = all.map(
            ({ test }) => [...test].filter((i) => label === "any" || labels[i] === label).length,
          );
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("law: equal seeds deal alike, and a repeat more changes none before it", () => {
    fc.assert(
      fc.property(rows, ({ n, k, seed, labels }) => {
        const once = folds(n, { folds: k, seed, labels });
        expect(folds(n, { folds: k, seed, labels, repeats: 2 }).slice(0, k)).toEqual(once);
      }),
    );
    expect(tested(folds(50, { seed: 1 }))).not.toEqual(tested(folds(50, { seed: 2 })));
    const [first, , third] = folds(50, { folds: 2, repeats: 2 });
    expect(first).not.toEqual(third);
  });

  test("law: in time, all that is learned from is earlier by more than the gap", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 3 }), ({ n, k, seed }, gap) => {
        const times = Array.from({ length: n }, (_, i) => ((i * 17 + seed) % n) * 1000);
        const days = times.map((time) => new Date(time));
        const moments = [...new Set(times)].sort((a, b) => a - b);
        fc.pre(moments.length > k * Math.max(1, Math.floor(moments.length / (k + 1))) + gap);
        for (const { train, test } of folds(n, { folds: k, times: days, gap })) {
          const placesOf = (of: Uint32Array) =>
            Array.from(of, (i) => moments.indexOf(times[i] ?? 0));
          expect(Math.min(...placesOf(test)) - Math.max(...placesOf(train))).toBeGreaterThan(gap);
        }
      }),
    );
  });

  test("are those of scikit-learn where chance has no part", () => {
    const inOrder = { shuffle: false };
    for (const { n, folds: k, tests } of peers.kFold)
      expect(tested(folds(n, { folds: k, ...inOrder }))).toEqual(tests);
    for (const { labels, folds: k, tests } of peers.stratified)
      expect(tested(folds(labels.length, { folds: k, labels, ...inOrder }))).toEqual(tests);
    for (const { groups, folds: k, tests } of peers.group)
      expect(tested(folds(groups.length, { folds: k, groups, ...inOrder }))).toEqual(tests);
    for (const { groups, labels, folds: k, tests } of peers.stratifiedGroup)
      expect(tested(folds(labels.length, { folds: k, groups, labels, ...inOrder }))).toEqual(tests);
    for (const { n, pairs, ...windows } of peers.time)
      expect(
        folds(n, { ...windows, times: "rows" }).map(({ train, test }) => [[...train], [...test]]),
      ).toEqual(pairs);
  });

  test("keep rows of one moment together, whatever their order", () => {
    const days = [
      "2026-01-03",
      "2026-01-01",
      "2026-01-02",
      "2026-01-01",
      "2026-01-03",
      "2026-01-02",
    ];
    const all = folds(6, { folds: 2, times: days.map((day) => new Date(day)) });
    expect(all.map(({ train, test }) => [[...train], [...test]])).toEqual([
      [[1, 3], [2, 5]],
      [[1, 2, 3, 5], [0, 4]],
    ]); // biome-ignore format: pairs
  });

  test("refuse more folds than there are rows, groups, moments or rows of a label", () => {
    const refused = (n: number, options: FoldsOptions) =>
      expect(() => folds(n, options)).toThrow(code("dataset/out-of-range-folds"));
    refused(4, { folds: 5 });
    refused(1, { folds: 2 });
    refused(6, { folds: 3, groups: [1, 1, 2, 2, 2, 1] });
    refused(4, { folds: 2, groups: ["a", "a", "a", "a"], labels: [0, 1, 0, 1] });
    refused(6, { folds: 3, labels: [0, 0, 0, 0, 1, 1] });
    expect(() => folds(6, { folds: 3, labels: ["x", "x", "x", "x", "y", "y"] })).toThrow(
      'there are too many folds; expected at most as many as rows of label "y", 2, got 3',
    );
  });

  test("refuse time that is too short for them", () => {
    expect(() => folds(5, { times: "rows" })).toThrow(
      "too few moments for 5 folds in time; expected at least 6 (1 to judge on in each, a gap of 0, one to learn from), got 5",
    );
    expect(() => folds(9, { folds: 2, times: "rows", gap: 3 })).toThrow(
      code("dataset/missing-time-order"),
    );
  });

  test("refuse values that are missing, lengths that differ, and options that have no use", () => {
    const refused = (n: number, options: FoldsOptions, expected: string) =>
      expect(() => folds(n, options)).toThrow(code(expected));
    refused(3, { folds: 2, labels: [0, 1] }, "dataset/mismatch-length");
    refused(3, { folds: 2, labels: [0, Number.NaN, 1] }, "dataset/missing-value");
    refused(2, { folds: 2, times: JSON.parse('["a", "b"]') }, "dataset/missing-value");
    refused(
      3,
      { folds: 1, times: [new Date(Number.NaN), new Date(1), new Date(2)] },
      "dataset/missing-value",
    );
    refused(9, { times: "rows", labels: [1] }, "dataset/conflict-order");
    refused(9, { gap: 1 }, "dataset/conflict-order");
    for (const odd of [
      { folds: 1 },
      { folds: 2.5 },
      { repeats: 0 },
      { seed: Number.NaN },
      { gap: -1 },
    ])
      refused(9, odd, "option/out-of-range");
    refused(Number.NaN, {}, "option/out-of-range");
    const misspelt = { fold: 3 } as FoldsOptions;
    refused(9, misspelt, "option/unknown-name");
  });
});
