import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelSketch, labelsOfBoth, mergeLabels, mostLabels } from "./label-sketch.ts";

function countsOf(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
const sketchOf = (labels: readonly string[], missing = 0) =>
  labelSketch({ rows: labels.length + missing, missing }, countsOf(labels));
const words = fc.array(fc.constantFrom("a", "b", "c", "", "__proto__"), { maxLength: 20 });
/** Frequent labels among many that come once or twice. */
const long = (from: number): string[] =>
  Array.from({ length: 4000 }, (_, i) =>
    i % 4 === 0 ? `often ${i % 5}` : `l${from + (i % 1500)}`,
  );

describe("mergeLabels", () => {
  test("law: the sketches of parts give the sketch of the whole while labels fit", () => {
    fc.assert(
      fc.property(fc.tuple(words, words, words), fc.nat(3), ([a, b, c], missing) => {
        const [x, y, z] = [sketchOf(a, missing), sketchOf(b), sketchOf(c)];
        const whole = sketchOf([...a, ...b, ...c], missing);
        const list = (s: typeof whole) => [...s.counts];
        const left = mergeLabels(mergeLabels(x, y), z);
        expect(list(left)).toEqual(list(whole));
        expect(list(mergeLabels(z, mergeLabels(y, x)))).toEqual(list(whole));
        expect([left.rows, left.missing, left.rest, left.error]).toEqual([
          whole.rows,
          missing,
          0,
          0,
        ]);
      }),
    );
  });

  test("counts no label too often and none too seldom by more than it states", () => {
    const [a, b] = [long(0), long(700)];
    const merged = mergeLabels(sketchOf(a), sketchOf(b));
    const truth = countsOf([...a, ...b]);
    expect(merged.counts.size).toBe(mostLabels);
    for (const [label, n] of truth) {
      const counted = merged.counts.get(label) ?? 0;
      expect(counted).toBeLessThanOrEqual(n);
      expect(n - counted).toBeLessThanOrEqual(merged.error);
    }
    const sum = [...merged.counts.values()].reduce((total, n) => total + n, 0);
    expect(sum + merged.rest).toBe(merged.rows);
    expect([...merged.counts].slice(0, 5).map(([label]) => label.slice(0, 5))).toEqual(
      new Array(5).fill("often"),
    );
  });
});

describe("labelsOfBoth", () => {
  test("has the labels of either, and what is in none", () => {
    expect(labelsOfBoth(sketchOf(["a", "a", "b"]), sketchOf(["c", "b"]))).toEqual({
      labels: ["a", "b", "c"],
      a: [2, 1, 0, 0],
      b: [0, 1, 1, 0],
    });
  });
});
