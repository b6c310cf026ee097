import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/support/frame-of.ts";
import type { Cells } from "../../flow.ts";
import { bool, type CellsOf, float, int, openEngine, schema, text } from "../../table/index.ts";
import {
  bagOfWords,
  bucketize,
  type Feature,
  features,
  fitFeatures,
  hashed,
  indexLevels,
  minMax,
  normalize,
  oneHot,
  powerScale,
  quantileScale,
  robust,
  standardize,
  targetEncode,
  tfIdf,
} from "../index.ts";

/** What scikit-learn gave; made by tests/peer/features.py. */
interface Peers {
  readonly numbers: readonly number[];
  readonly probe: readonly number[];
  readonly cities: readonly string[];
  readonly served: readonly string[];
  readonly labels: readonly boolean[];
  readonly notes: readonly string[];
  readonly cases: Readonly<Record<string, unknown>>;
}
const file = new URL("../../../tests/peer/features.json", import.meta.url);
const peers: Peers = JSON.parse(readFileSync(file, "utf8"));
const { numbers, probe, cities, served, labels, notes } = peers;
const peer = <T>(name: string): T => peers.cases[name] as T;
interface Both {
  readonly fitted: readonly (readonly number[])[];
  readonly served: readonly (readonly number[])[];
}

const engine = await openEngine();
afterAll(() => engine.close());

const nullable = { nullable: true } as const;
const things = schema("things", {
  id: int({ key: true }),
  x: float(nullable),
  y: float(nullable),
  t: text(nullable),
  label: bool(nullable),
});
type Make = (columns: CellsOf<(typeof things)["columns"]>) => Feature<"x" | "y" | "t">;
const empty = { x: null, y: null, t: null, label: null };
const fit = (make: Make, rows: readonly Cells[]) =>
  fitFeatures(
    features(things, (c) => ({ f: make(c) })),
    frameOf(
      engine,
      things,
      rows.map((row, id) => ({ ...empty, id, ...row })),
    ),
    { label: "label" },
  );
const xs = (values: readonly number[]) => values.map((x) => ({ x }));
const ts = (values: readonly string[]) => values.map((t) => ({ t }));

/** Fits on some rows, and compares those and others with the peer's. */
async function same(
  name: string,
  of: { make: Make; train: readonly Cells[]; more: readonly Cells[]; tolerance?: number },
): Promise<void> {
  const { make, train, more, tolerance = 1e-12 } = of;
  const fitted = await fit(make, train);
  const { fitted: theirs, served: theirsServed } = peer<Both>(name);
  const close = (ours: readonly number[], their: readonly number[]) =>
    expect(ours).toBeClose([...their], { rtol: tolerance, atol: tolerance });
  for (const [i, row] of train.entries()) close([...fitted.row(row)], theirs[i] ?? []);
  for (const [i, row] of more.entries()) close([...fitted.row(row)], theirsServed[i] ?? []);
}

const onNumbers = { train: xs(numbers), more: xs(probe) };
const onCities = { train: ts(cities), more: ts(served) };

/**
 * Within 1e-12, which is rounding: sums in another order, and lines written in another way. The powers within
 * 1e-6: both search the likeliest exponent to about 1e-8 of it.
 */
describe("scikit-learn has the same numbers", () => {
  test("StandardScaler", () =>
    same("standardize", { make: (c) => standardize(c.x), ...onNumbers }));
  test("MinMaxScaler(feature_range, clip)", () =>
    same("minMax", { make: (c) => minMax(c.x, { to: [-1, 2], clip: true }), ...onNumbers }));
  test("RobustScaler(quantile_range)", () =>
    same("robust", { make: (c) => robust(c.x, { quantiles: [0.1, 0.8] }), ...onNumbers }));
  test("QuantileTransformer", () =>
    same("quantileUniform", { make: (c) => quantileScale(c.x, { points: 20 }), ...onNumbers }));
  test("QuantileTransformer(output_distribution=normal)", () =>
    same("quantileNormal", {
      make: (c) => quantileScale(c.x, { to: "normal" }),
      ...onNumbers,
      tolerance: 1e-9,
    }));
  test("PowerTransformer", () =>
    same("yeoJohnson", { make: (c) => powerScale(c.x), ...onNumbers, tolerance: 1e-6 }));
  test("PowerTransformer(box-cox)", () =>
    same("boxCox", {
      make: (c) => powerScale(c.x, { method: "boxCox" }),
      train: xs(numbers.map((x) => Math.abs(x) + 0.5)),
      more: xs(probe.map((x) => Math.abs(x) + 1)),
      tolerance: 1e-6,
    }));
  test("KBinsDiscretizer(uniform)", () =>
    same("width", { make: (c) => bucketize(c.x, { bins: 7, by: "width" }), ...onNumbers }));
  test("KBinsDiscretizer(quantile)", () =>
    same("quantile", { make: (c) => bucketize(c.x, { bins: 6 }), ...onNumbers }));
  test("OneHotEncoder", () => same("oneHot", { make: (c) => oneHot(c.t), ...onCities }));
  test("OneHotEncoder(max_categories, min_frequency)", () =>
    same("oneHotRare", {
      make: (c) => oneHot(c.t, { maxLevels: 3, minRows: 2 }),
      ...onCities,
    }));
  test("OneHotEncoder(drop=first)", () =>
    same("oneHotDrop", { make: (c) => oneHot(c.t, { drop: "first" }), ...onCities }));

  test.each(["l1", "l2", "max"] as const)("Normalizer(%s)", async (norm) => {
    const rows = numbers.map((x, i) => ({ x, y: numbers.at(-1 - i) ?? 0 }));
    const fitted = await fit((c) => normalize([c.x, c.y], { norm }), rows);
    const theirs = peer<Record<string, number[][]>>("normalize")[norm] ?? [];
    for (const [i, row] of rows.entries()) expect([...fitted.row(row)]).toBeClose(theirs[i] ?? []);
  });

  test("OrdinalEncoder, but for unknown levels, which are missing and not −1", async () => {
    const fitted = await fit((c) => indexLevels(c.t), ts(cities));
    const theirs = peer<Both>("indexLevels");
    const ours = (t: string) => {
      const place = fitted.row({ t })[0] ?? 0;
      return Number.isNaN(place) ? -1 : place;
    };
    expect(cities.map(ours)).toEqual(theirs.fitted.flat());
    expect(served.map(ours)).toEqual(theirs.served.flat());
  });

  test.each([
    ["targetAuto", "auto"],
    ["targetSmooth", 4],
  ] as const)("TargetEncoder: %s", async (name, smoothing) => {
    const rows = cities.map((t, i) => ({ t, label: labels[i] ?? false }));
    const fitted = await fit((c) => targetEncode(c.t, { smoothing }), rows);
    const ours = served.map((t) => fitted.row({ t })[0] ?? 0);
    expect(ours).toBeClose(peer<number[][]>(name).flat());
  });

  test("FeatureHasher", async () => {
    const signed = await fit((c) => hashed(c.t, { buckets: 7 }), ts(cities));
    expect(served.map((t) => [...signed.row({ t })].map((v) => v + 0))).toEqual(peer("hashed"));
    const unsigned = await fit((c) => hashed(c.t, { buckets: 5, signed: false }), ts(cities));
    expect(served.map((t) => [...unsigned.row({ t })])).toEqual(peer("hashedUnsigned"));
  });

  const texts: readonly (readonly [string, Make])[] = [
    ["count", (c) => bagOfWords(c.t.lower())],
    [
      "pairs",
      (c) => bagOfWords(c.t.lower(), { ngrams: [1, 2], stopWords: ["is", "the"], minRows: 2 }),
    ],
    // words end at white space there
    ["letters", (c) => bagOfWords(c.t.lower(), { pattern: "[^ ]+", letters: [2, 4], minRows: 2 })],
    ["tfIdf", (c) => tfIdf(c.t.lower())],
    ["tfIdfPlain", (c) => tfIdf(c.t.lower(), { smooth: false, norm: "l1", maxShare: 0.5 })],
  ];
  test.each(texts)("CountVectorizer and TfidfVectorizer: %s", async (name, make) => {
    const fitted = await fit(make, ts(notes));
    const theirs = peer<{ words: string[]; values: number[][] }>(name);
    expect(fitted.names).toEqual(theirs.words.map((word) => `f ${JSON.stringify(word)}`));
    for (const [i, t] of notes.entries())
      expect([...fitted.row({ t })]).toBeClose(theirs.values[i] ?? []);
  });
});
