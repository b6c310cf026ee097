/**
 * @file Every transform there is, over one schema, with rows that are hard on them: the table that the laws
 * of SQL, rows and ONNX go through. A transform that is not in it fails `every-transform.test.ts`.
 */
import fc from "fast-check";
import {
  bagOfWords,
  bucketize,
  calendar,
  countEncode,
  cross,
  cyclic,
  type Feature,
  flag,
  hashed,
  impute,
  indexLevels,
  logScale,
  minMax,
  missing,
  normalize,
  numeric,
  oneHot,
  ordinal,
  powerScale,
  quantileScale,
  robust,
  sentenceVector,
  standardize,
  targetEncode,
  tfIdf,
  word2Vec,
} from "../../src/feature/index.ts";
import type { Cells } from "../../src/flow.ts";
import {
  bool,
  type CellsOf,
  category,
  float,
  int,
  schema,
  text,
  timestamp,
} from "../../src/table/index.ts";

const nullable = { nullable: true } as const;

/** The rows that the transforms of the table are made of. */
export const everyKind = schema("every_kind", {
  id: int({ key: true }),
  count: int(nullable),
  amount: float(nullable),
  plan: category(["free", "paid", "é'"], nullable),
  city: text(nullable),
  note: text(nullable),
  member: bool(nullable),
  at: timestamp(nullable),
  left: bool(),
});

type C = CellsOf<(typeof everyKind)["columns"]>;

/** What a transform is held to. */
export interface TransformCase {
  readonly make: (columns: C) => Feature<keyof C>;
  /**
   * How far SQL and rows may be apart, relative; 0 is bit for bit. Where it is not 0, the engine's C library
   * and V8 round logarithms, powers, sines and cosines differently in the last place.
   */
  readonly tolerance: number;
}

const exact = (make: TransformCase["make"]): TransformCase => ({ make, tolerance: 0 });
const nearly = (make: TransformCase["make"]): TransformCase => ({ make, tolerance: 1e-9 });

/** The cases of each transform, by the name that the transform gives itself. */
export const everyTransform: Readonly<Record<string, Readonly<Record<string, TransformCase>>>> = {
  numeric: {
    plain: exact((c) => numeric(c.amount)),
    given: exact((c) => numeric(c.count, { missing: -1 })),
  },
  standardize: {
    plain: exact((c) => standardize(c.amount)),
    sample: exact((c) => standardize(c.count, { std: "sample" })),
    days: exact((c) => standardize(c.at.daysSince(new Date(0)))),
  },
  minMax: {
    plain: exact((c) => minMax(c.amount)),
    bounds: exact((c) => minMax(c.count, { to: [-1, 1], clip: true })),
  },
  robust: {
    plain: exact((c) => robust(c.amount)),
    wide: exact((c) => robust(c.count, { quantiles: [0.1, 0.9] })),
  },
  normalize: {
    l2: nearly((c) => normalize([c.amount, c.count])),
    l1: exact((c) => normalize([c.amount, c.count], { norm: "l1" })),
    max: exact((c) => normalize([c.amount, c.count], { norm: "max" })),
  },
  quantileScale: {
    uniform: exact((c) => quantileScale(c.amount)),
    normal: exact((c) => quantileScale(c.count, { to: "normal", points: 20 })),
  },
  powerScale: {
    yeoJohnson: nearly((c) => powerScale(c.count)),
    boxCox: nearly((c) => powerScale(c.count.atLeast(1), { method: "boxCox" })),
  },
  logScale: {
    plain: nearly((c) => logScale(c.amount)),
    given: nearly((c) => logScale(c.count, { plus: 0, missing: -1 })),
  },
  impute: {
    mean: exact((c) => impute(c.amount)),
    median: exact((c) => impute(c.amount, { with: "median", own: true })),
    mode: exact((c) => impute(c.count, { with: "mode" })),
  },
  bucketize: {
    edges: exact((c) => bucketize(c.amount, { edges: [-1, 0, 10] })),
    nearest: exact((c) => bucketize(c.amount, { edges: [-1, 0, 10], outside: "nearest" })),
    none: exact((c) => bucketize(c.count, { edges: [-1, 0, 10], outside: "missing" })),
    oneHot: exact((c) => bucketize(c.amount, { edges: [-1, 0, 10], as: "oneHot" })),
    width: exact((c) => bucketize(c.count, { bins: 4, by: "width" })),
    quantile: exact((c) => bucketize(c.amount, { bins: 5, as: "oneHot", outside: "missing" })),
    own: exact((c) => bucketize(c.amount, { bins: 40, outside: "own" })),
  },
  oneHot: {
    declared: exact((c) => oneHot(c.plan, { missing: "own" })),
    truth: exact((c) => oneHot(c.member, { drop: "ifBinary" })),
    learned: exact((c) => oneHot(c.city, { unknown: "own", missing: "own" })),
    rare: exact((c) => oneHot(c.city, { maxLevels: 3, drop: "last" })),
  },
  ordinal: {
    declared: exact((c) => ordinal(c.plan)),
    given: exact((c) => ordinal(c.plan, { order: ["paid", "free", "é'"], unknown: "own" })),
  },
  indexLevels: {
    text: exact((c) => indexLevels(c.city)),
    rows: exact((c) => indexLevels(c.plan, { order: "rows", unknown: "own" })),
  },
  countEncode: {
    rows: exact((c) => countEncode(c.city)),
    share: exact((c) => countEncode(c.plan, { as: "share" })),
  },
  targetEncode: {
    auto: exact((c) => targetEncode(c.city)),
    smoothed: exact((c) => targetEncode(c.plan, { smoothing: 10, folds: 3 })),
  },
  hashed: {
    signed: exact((c) => hashed(c.city, { buckets: 5 })),
    unsigned: exact((c) => hashed(c.note, { buckets: 8, seed: 3, signed: false })),
  },
  cross: {
    two: exact((c) => cross([c.plan, c.member])),
    hashed: exact((c) => cross([c.city, c.plan, c.member], { buckets: 4 })),
  },
  flag: {
    plain: exact((c) => flag(c.member)),
    own: exact((c) => flag(c.amount.isAbove(0), { missing: "own" })),
  },
  missing: { plain: exact((c) => missing(c.at)) },
  calendar: {
    utc: exact((c) =>
      calendar(c.at, {
        parts: ["year", "quarter", "month", "week", "day", "dayOfYear", "weekday"],
      }),
    ),
    berlin: exact((c) =>
      calendar(c.at, { parts: ["weekday", "hour", "minute"], zone: "Europe/Berlin" }),
    ),
  },
  cyclic: {
    weekday: nearly((c) => cyclic(c.at.part("weekday"), { period: 7 })),
    hour: nearly((c) => cyclic(c.at.part("hour", { zone: "America/New_York" }), { period: 24 })),
  },
  bagOfWords: {
    words: exact((c) => bagOfWords(c.note.lower())),
    pairs: exact((c) => bagOfWords(c.note, { ngrams: [1, 2], stopWords: ["the"], maxWords: 10 })),
    has: exact((c) => bagOfWords(c.note, { as: "has" })),
    letters: exact((c) => bagOfWords(c.note.lower(), { letters: [2, 4], maxWords: 40 })),
  },
  tfIdf: {
    norm: nearly((c) => tfIdf(c.note.lower())),
    plain: exact((c) => tfIdf(c.note, { norm: "none", smooth: false, maxWords: 5 })),
  },
  word2Vec: {
    text: exact((c) => word2Vec(c.note, { size: 3, minRows: 1 })),
    columns: exact((c) => word2Vec({ plan: c.plan, member: c.member }, { size: 2, minRows: 1 })),
  },
  sentenceVector: {
    given: exact((c) =>
      sentenceVector(c.note, {
        words: { slow: [1, 0], internet: [0, 1], é: [0.5, -0.5] },
      }),
    ),
    pieces: exact((c) =>
      sentenceVector(c.note, { words: { " s": [1, 0], ow: [0, 1] }, letters: [2, 2] }),
    ),
  },
};

const words = fc.constantFrom(
  "slow",
  "Internet",
  "the",
  "é",
  "e\u0301",
  "👩‍👧",
  "naïve",
  "x_1",
  "",
);

/** Around the changes of the clock of Berlin and New York, leap days, years, and before 1970. */
const moments = fc.oneof(
  fc.date({ min: new Date("1900-01-01"), max: new Date("2200-01-01"), noInvalidDate: true }),
  fc
    .tuple(
      fc.constantFrom(
        "2024-03-31T01:00:00Z",
        "2024-10-27T01:00:00Z",
        "2024-03-10T07:00:00Z",
        "2024-11-03T06:00:00Z",
        "2024-02-29T00:00:00Z",
        "2021-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
      ),
      fc.integer({ min: -2, max: 2 }),
    )
    .map(([moment, ms]) => new Date(new Date(moment).getTime() + ms)),
);

const numbers = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, 10, 0.1, 1e300, -1e300, 5e-324),
);

/** Rows to fit on: as hard as rows that have a mean may be. */
export const fitRow: fc.Arbitrary<Omit<Cells, "id">> = fc.record({
  count: fc.option(fc.integer({ min: -50, max: 50 })),
  amount: fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  plan: fc.option(fc.constantFrom("free", "paid", "é'")),
  city: fc.option(fc.constantFrom("Rom", "Bonn", "ＺＺ", "🙂", "it's", "")),
  note: fc.option(fc.array(words, { maxLength: 6 }).map((some) => some.join(" "))),
  member: fc.option(fc.boolean()),
  at: fc.option(moments),
  left: fc.boolean(),
});

/** Rows to serve: unknown levels, infinities and NaN too. */
export const servedRow: fc.Arbitrary<Omit<Cells, "id">> = fc.record({
  count: fc.option(fc.oneof(fc.integer({ min: -50, max: 50 }), fc.maxSafeInteger())),
  amount: fc.option(fc.oneof(numbers, fc.constantFrom(Number.NaN, Infinity, -Infinity))),
  plan: fc.option(fc.constantFrom("free", "paid", "é'", "gold")),
  city: fc.option(fc.oneof(fc.constantFrom("Rom", "🙂"), fc.string({ unit: "grapheme" }))),
  note: fc.option(
    fc.oneof(
      fc.array(words, { maxLength: 6 }).map((some) => some.join(" ")),
      fc.string({ unit: "grapheme" }),
    ),
  ),
  member: fc.option(fc.boolean()),
  at: fc.option(moments),
  left: fc.boolean(),
});

/** Rows that every transform can be fitted on: each column is there, and varies. */
export const knownRows: readonly Cells[] = [
  {
    id: 0,
    count: 3,
    amount: 1.5,
    plan: "free",
    city: "Rom",
    note: "the slow Internet",
    member: true,
    at: new Date("2024-02-29T12:30:00Z"),
    left: true,
  },
  {
    id: 1,
    count: -4,
    amount: 20,
    plan: "paid",
    city: "Bonn",
    note: "Internet é slow slow",
    member: false,
    at: new Date("2025-06-01T00:00:00Z"),
    left: false,
  },
];
