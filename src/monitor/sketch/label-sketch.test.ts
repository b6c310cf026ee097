import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { random } from "../../core/index.ts";
import { openEngine } from "../../table/index.ts";
import { compareSketches } from "../compare-sketches.ts";
import type { DriftMeasure } from "../drift-judge.ts";
import {
  hashOfLabel,
  type LabelSketch,
  labelHashSql,
  labelSketch,
  mergeLabels,
  mostLabels,
} from "./label-sketch.ts";

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

describe("a merged sketch beside that of the whole", () => {
  const compared = (whole: LabelSketch, merged: LabelSketch, measure: DriftMeasure) => {
    const table = (x: LabelSketch) => ({ rows: x.rows, columns: new Map([["x", x]]) });
    const tables = { reference: table(whole), current: table(merged) };
    return compareSketches(tables, { measure })[0];
  };

  test("law: they differ by no more than what was not counted, and by nothing while labels fit", () => {
    const skew = fc.record({
      parts: fc.integer({ min: 2, max: 6 }),
      kinds: fc.constantFrom(3, 900, 1500, 4000, 20_000),
      power: fc.constantFrom(1, 2, 4),
      seed: fc.integer({ min: 1, max: 1e6 }),
    });
    fc.assert(
      fc.property(skew, ({ parts, kinds, power, seed }) => {
        const draws = random(seed);
        const all = Array.from({ length: parts }, () =>
          Array.from({ length: 3000 }, () => `l${Math.floor(kinds * draws.next() ** power)}`),
        );
        const whole = sketchOf(all.flat());
        const merged = all.map((part) => sketchOf(part)).reduce(mergeLabels);
        const bound = Math.min(mostLabels * merged.error, merged.rest) / merged.rows;
        const moved = compared(whole, merged, "total-variation")?.value ?? Number.NaN;
        const apart = compared(whole, merged, "jensen-shannon")?.value ?? Number.NaN;
        expect(moved).toBeLessThanOrEqual(bound + 1e-12);
        expect(apart).toBeLessThanOrEqual(Math.sqrt(Math.LN2 * bound) + 1e-6);
        if (kinds <= mostLabels) expect([moved, apart]).toEqual([0, 0]);
      }),
      { numRuns: 30 },
    );
  });
});

describe("the sample of a label sketch", () => {
  test("law: of any labels, in any parts, it is the same labels with all their rows", () => {
    const [a, b] = [long(0), long(700)];
    const truth = countsOf([...a, ...b]);
    const whole = labelSketch({ rows: 8000, missing: 0 }, truth);
    const merged = mergeLabels(sketchOf(b), sketchOf(a));
    expect([...merged.sample]).toEqual([...whole.sample]);
    expect(merged.sample.size).toBe(mostLabels);
    for (const [label, n] of truth) {
      const sampled = merged.sample.get(hashOfLabel(label));
      if (sampled !== undefined) expect(sampled).toBe(n);
    }
  });

  test("has the hashes that the engine has", async () => {
    const engine = await openEngine();
    const labels = ["", "a", "ü 𝄞", "x".repeat(300)];
    for (const label of labels) {
      const [row] = await engine.query(`SELECT (${labelHashSql(`'${label}'`)})::DOUBLE AS h`);
      expect(hashOfLabel(label)).toBe(row?.["h"]);
    }
    await engine.close();
  });
});
