import { describe, expect, test } from "vitest";
import { compareProfiles } from "./compare-profiles.ts";
import { type ColumnProfile, profileFormat, type TableProfile } from "./profile.ts";

const shares = [0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99];

/** A column of numbers, as a profile has it. */
function numbers(values: readonly number[], missing = 0): ColumnProfile {
  const sorted = values.toSorted((a, b) => a - b);
  const [min = 0, max = 0] = [sorted[0], sorted.at(-1)];
  const width = (max - min) / 20 || 1;
  const counts = Array.from({ length: 20 }, () => 0);
  for (const value of values) {
    const bin = Math.min(19, Math.floor((value - min) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const at = (p: number): number => sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0;
  const quantiles = shares.map((p) => ({ p, value: at(p) }));
  return {
    ...texts({}, missing),
    kind: "float",
    count: values.length,
    missingShare: missing / (values.length + missing),
    distinct: new Set(values).size,
    topHolds: "heavy",
    number: {
      infinite: 0,
      zeros: 0,
      negatives: 0,
      min,
      max,
      mean: 0,
      std: 1,
      quantiles,
      histogram: { min, width, counts },
    },
  };
}

function texts(counts: Readonly<Record<string, number>>, missing = 0): ColumnProfile {
  const top = Object.entries(counts).map(([value, count]) => ({ value, count }));
  const count = top.reduce((sum, entry) => sum + entry.count, 0);
  const missingShare = missing / Math.max(1, count + missing);
  return {
    name: "x",
    kind: "text",
    count,
    missing,
    missingShare,
    distinct: top.length,
    distinctExact: true,
    top,
    topHolds: "all",
    number: null,
    text: null,
  };
}

const profile = (...columns: readonly ColumnProfile[]): TableProfile => ({
  format: profileFormat,
  table: "t",
  rows: 1000,
  looked: 1000,
  measured: 1000,
  duplicateRows: 0,
  key: [],
  duplicateKeys: null,
  constantColumns: [],
  emptyColumns: [],
  leftOut: [],
  columns,
  missing: { rows: [], columns: [], pairs: [], pairsCounted: 0 },
  correlations: { columns: [], values: [] },
  drift: null,
});
const psi = (a: ColumnProfile, b: ColumnProfile): number =>
  compareProfiles(profile(a), profile(b)).columns[0]?.psi ?? Number.NaN;

const even = Array.from({ length: 1000 }, (_, i) => i / 1000);

describe("compareProfiles", () => {
  test("labels give the index made by hand", () => {
    // (0.5 − 0.25) ln 2 + (0.5 − 0.75) ln (2/3) = 0.2747
    expect(psi(texts({ a: 50, b: 50 }), texts({ a: 25, b: 75 }))).toBeClose(0.2746530722, {
      rtol: 1e-6,
    });
    expect(psi(texts({ a: 50, b: 50 }), texts({ b: 50, a: 50 }))).toBe(0);
  });

  test("cells that go missing are drift", () => {
    expect(psi(texts({ a: 100 }), texts({ a: 50 }, 50))).toBeGreaterThan(0.2);
  });

  test("numbers of one distribution have not moved, and shifted ones have", () => {
    const other = Array.from({ length: 1000 }, (_, i) => ((i * 37) % 1000) / 1000);
    expect(psi(numbers(even), numbers(other))).toBeLessThan(0.001);
    expect(psi(numbers(even), numbers(even.map((x) => x + 0.3)))).toBeGreaterThan(0.2);
  });

  test("one value far out stretches the bins and is not drift", () => {
    expect(psi(numbers(even), numbers([...even, 1e6]))).toBeLessThan(0.02);
  });

  test("an interpolated shift is near the exact one", () => {
    // Tenths of [0, 1) against x²: Σ (0.1 − q) ln (0.1 / q), q from √ of the edges.
    const q = Array.from({ length: 10 }, (_, i) => Math.sqrt((i + 1) / 10) - Math.sqrt(i / 10));
    const exact = q.reduce((sum, share) => sum + (0.1 - share) * Math.log(0.1 / share), 0);
    const found = psi(numbers(even), numbers(even.map((x) => x * x)));
    expect(found).toBeClose(exact, { rtol: 0.05 });
  });

  test("buckets say what is compared: their shares are whole, and the index is theirs", () => {
    const pairs = [
      [numbers(even, 100), numbers(even.map((x) => x * x - 0.2))],
      [texts({ a: 50, b: 50 }), texts({ b: 10, c: 30 }, 10)],
      [{ ...texts({ a: 50 }), topHolds: "most" as const }, texts({ a: 10, c: 30 })],
    ] as const;
    for (const [old, column] of pairs) {
      const [moved] = compareProfiles(profile(old), profile(column)).columns;
      const buckets = moved?.buckets ?? [];
      for (const when of ["before", "now"] as const)
        expect(buckets.reduce((sum, bucket) => sum + bucket[when], 0)).toBeClose(1, { rtol: 1e-9 });
      const at = (share: number): number => Math.max(share, 1e-6);
      const index = buckets.reduce((sum, { before, now }) => sum + (at(before) - at(now)) * Math.log(at(before) / at(now)), 0); // biome-ignore format: one sum
      expect(moved?.psi).toBeClose(index, { rtol: 1e-6 });
    }
    const [values] = compareProfiles(profile(pairs[1][0]), profile(pairs[1][1])).columns;
    expect(values?.buckets.map(({ label }) => label)).toEqual([
      "a",
      "b",
      "c",
      "other values",
      "missing",
    ]);
    const [tenths] = compareProfiles(profile(pairs[0][0]), profile(pairs[0][1])).columns;
    expect(tenths?.buckets.map(({ label }) => label).slice(0, 2)).toEqual([
      "up to 0.099",
      "0.099 to 0.199",
    ]);
  });

  test("columns that came, went or changed their kind are named", () => {
    const before = profile(
      { ...texts({}), name: "gone" },
      { ...texts({}), name: "same" },
      { ...texts({}), name: "kind" },
    );
    const now = profile(
      { ...texts({}), name: "new" },
      { ...texts({}), name: "same", kind: "category" },
      { ...texts({}), name: "kind", kind: "int" },
    );
    const { added, removed, changedKind, columns } = compareProfiles(before, now);
    expect([added, removed, changedKind]).toEqual([["new"], ["gone"], ["kind"]]);
    expect(columns.map(({ column }) => column)).toEqual(["same"]);
  });

  test("a profile of another format is refused", () => {
    const newer = { ...profile(), format: 2 } as unknown as TableProfile;
    expect(() => compareProfiles(newer, profile())).toThrow(
      expect.objectContaining({ code: "check/unsupported-profile" }),
    );
  });
});
