import { afterAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/support/frame-of.ts";
import type { Cells } from "../../flow.ts";
import {
  bool,
  type CellsOf,
  category,
  float,
  openEngine,
  schema,
  text,
  timestamp,
} from "../../table/index.ts";
import {
  bagOfWords,
  bucketize,
  calendar,
  countEncode,
  cross,
  type Feature,
  features,
  fitFeatures,
  impute,
  indexLevels,
  minMax,
  normalize,
  oneHot,
  ordinal,
  powerScale,
  quantileScale,
  robust,
  sentenceVector,
  standardize,
  tfIdf,
  word2Vec,
} from "../index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const nullable = { nullable: true } as const;
const things = schema("things", {
  x: float(nullable),
  plan: category(["free", "paid"], nullable),
  city: text(nullable),
  member: bool(nullable),
  at: timestamp(nullable),
});
type Make = (
  columns: CellsOf<(typeof things)["columns"]>,
) => Feature<"x" | "plan" | "city" | "member" | "at">;

const nothing = { x: null, plan: null, city: null, member: null, at: null };
const fit = (make: Make, rows: readonly Cells[]) =>
  fitFeatures(
    features(things, (c) => ({ f: make(c) })),
    frameOf(
      engine,
      things,
      rows.map((row) => ({ ...nothing, ...row })),
    ),
  );
const xs = (...values: readonly (number | null)[]) => values.map((x) => ({ x }));
const cities = (...values: readonly (string | null)[]) => values.map((city) => ({ city }));
const refused = (code: string) => expect.objectContaining({ code });

describe("scalers", () => {
  const rows = xs(1, 2, 4, 4, 9, null);
  test.each<readonly [string, Make]>([
    ["standardize", (c) => standardize(c.x)],
    ["standardize with the sample's deviation", (c) => standardize(c.x, { std: "sample" })],
    ["minMax", (c) => minMax(c.x)],
    ["minMax to −1 … 1", (c) => minMax(c.x, { to: [-1, 1] })],
    ["robust", (c) => robust(c.x)],
  ])("%s can be undone", async (_, make) => {
    const fitted = await fit(make, rows);
    for (const x of [1, 2.5, 9, -3, 100])
      expect(fitted.inverse(fitted.row({ x }))["f"]).toBeClose(x);
  });

  test("make a constant column 0, and give the constant back", async () => {
    for (const make of [(c) => standardize(c.x), (c) => minMax(c.x)] satisfies Make[]) {
      const fitted = await fit(make, xs(7, 7));
      expect(fitted.row({ x: 7 })[0]).toBe(0);
      expect(fitted.inverse(fitted.row({ x: 7 }))["f"]).toBe(7);
    }
    expect((await fit((c) => robust(c.x), xs(7, 7))).row({ x: 9 })[0]).toBe(2);
    expect((await fit((c) => quantileScale(c.x), xs(7, 7))).row({ x: 7 })[0]).toBe(0);
    expect((await fit((c) => powerScale(c.x), xs(7, 7))).row({ x: 7 })[0]).toBe(0);
    expect((await fit((c) => bucketize(c.x, { bins: 3 }), xs(7, 7))).row({ x: 7 })[0]).toBe(0);
  });

  test("learn from one row", async () => {
    const all: readonly Make[] = [
      (c) => standardize(c.x, { std: "sample" }),
      (c) => minMax(c.x),
      (c) => robust(c.x),
      (c) => quantileScale(c.x, { to: "normal" }),
      (c) => powerScale(c.x),
      (c) => impute(c.x),
      (c) => bucketize(c.x, { bins: 4, by: "width" }),
    ];
    for (const make of all)
      expect((await fit(make, xs(5))).row({ x: 5 }).every(Number.isFinite)).toBe(true);
  });

  test("refuse columns without values, and bounds that are none", async () => {
    for (const make of [
      (c) => robust(c.x),
      (c) => impute(c.x),
      (c) => bucketize(c.x, { bins: 3 }),
      (c) => quantileScale(c.x),
      (c) => powerScale(c.x),
    ] satisfies Make[])
      await expect(fit(make, xs(null, null))).rejects.toThrow(refused("feature/missing-values"));
    await expect(fit((c) => oneHot(c.city), cities(null))).rejects.toThrow(
      refused("feature/missing-values"),
    );
    const bounds = refused("feature/out-of-range-bounds");
    expect(() => features(things, (c) => ({ f: minMax(c.x, { to: [1, 1] }) }))).toThrow(bounds);
    expect(() => features(things, (c) => ({ f: robust(c.x, { quantiles: [0.5, 2] }) }))).toThrow(
      bounds,
    );
    await expect(fit((c) => powerScale(c.x, { method: "boxCox" }), xs(0, 1))).rejects.toThrow(
      refused("feature/out-of-range-sign"),
    );
  });

  test("impute the mean, the median and the smallest of the most frequent", async () => {
    const rows = xs(4, 1, 1, 4, 10, null);
    const of = async (kind: "mean" | "median" | "mode") =>
      (await fit((c) => impute(c.x, { with: kind, own: true }), rows)).row({ x: null });
    expect([...(await of("mean"))]).toEqual([4, 1]);
    expect([...(await of("median"))]).toEqual([4, 1]);
    expect([...(await of("mode"))]).toEqual([1, 1]);
  });
});

describe("bucketize", () => {
  test("serves what is outside by its policy", async () => {
    const at = async (outside: "own" | "nearest" | "missing") => {
      const fitted = await fit(
        (c) => bucketize(c.x, { bins: 2, by: "width", outside }),
        xs(0, 4, 10),
      );
      return [-1, 0, 4, 5, 10, 11].map((x) => fitted.row({ x })[0]);
    };
    expect(await at("nearest")).toEqual([0, 0, 0, 1, 1, 1]);
    expect(await at("missing")).toEqual([Number.NaN, 0, 0, 1, 1, Number.NaN]);
    expect(await at("own")).toEqual([0, 1, 1, 2, 3, 3]);
  });

  test("makes fewer buckets where quantiles are equal", async () => {
    const fitted = await fit((c) => bucketize(c.x, { bins: 4 }), xs(0, 0, 0, 0, 0, 1, 2));
    expect(fitted.state.features[0]?.stats).toEqual({ edges: [0, 0.5, 2] });
  });
});

describe("oneHot", () => {
  const rows = cities("b", "a", "a", "c", "b", "a", null);

  test("learns the levels of a text in the order of their code points", async () => {
    const fitted = await fit((c) => oneHot(c.city), cities("ｗ", "🙂", "b", "A"));
    expect(fitted.names).toEqual(["f=A", "f=b", "f=ｗ", "f=🙂"]);
  });

  test("groups rare levels, and those past the most columns", async () => {
    const rare = await fit((c) => oneHot(c.city, { minRows: 2 }), rows);
    expect(rare.names).toEqual(["f=a", "f=b", "f other"]);
    expect([...rare.row({ city: "c" })]).toEqual([0, 0, 1]);
    expect([...rare.row({ city: "new" })]).toEqual([0, 0, 0]);
    expect(rare.unknowns({ city: "c" })).toEqual([]);
    expect(rare.unknowns({ city: "new" })).toEqual(["f"]);
    const two = await fit((c) => oneHot(c.city, { maxLevels: 2 }), rows);
    expect(two.names).toEqual(["f=a", "f other"]);
  });

  test("serves unknown levels by their policy", async () => {
    const own = await fit((c) => oneHot(c.city, { unknown: "own", missing: "own" }), rows);
    expect(own.names).toEqual(["f=a", "f=b", "f=c", "f other", "f missing"]);
    expect([...own.row({ city: "new" })]).toEqual([0, 0, 0, 1, 0]);
    expect([...own.row({ city: null })]).toEqual([0, 0, 0, 0, 1]);
    const skip = await fit((c) => oneHot(c.city, { unknown: "skip" }), rows);
    const served = frameOf(
      engine,
      things,
      cities("a", "new", null, "b").map((row) => ({ ...nothing, ...row })),
    );
    expect((await skip.matrix(served)).rows).toBe(3);
    const { more } = await skip.matrixAnd(served, ["CASE WHEN city = 'b' THEN 1 ELSE 0 END"]);
    expect([...(more[0] ?? [])]).toEqual([0, 0, 1]);
    expect(() => skip.row({ city: "new" })).toThrow(refused("feature/unknown-level"));
    const refuse = await fit((c) => oneHot(c.city, { unknown: "refuse" }), rows);
    await expect(refuse.matrix(served)).rejects.toThrow(refused("feature/unknown-level"));
  });

  test("drops a column that the others tell", async () => {
    const names = async (make: Make) => (await fit(make, rows)).names;
    expect(await names((c) => oneHot(c.city, { drop: "first" }))).toEqual(["f=b", "f=c"]);
    expect(await names((c) => oneHot(c.city, { drop: "last" }))).toEqual(["f=a", "f=b"]);
    expect(await names((c) => oneHot(c.city, { drop: "ifBinary" }))).toHaveLength(3);
    expect(await names((c) => oneHot(c.plan, { drop: "ifBinary" }))).toEqual(["f=paid"]);
    expect(await names((c) => oneHot(c.member, { drop: "first" }))).toEqual(["f=true"]);
  });

  test("refuses more than 1000 levels unless it is told what to do with them", async () => {
    const many = cities(...Array.from({ length: 1001 }, (_, i) => `c${i}`));
    await expect(fit((c) => oneHot(c.city), many)).rejects.toThrow(
      refused("feature/out-of-range-levels"),
    );
    expect((await fit((c) => oneHot(c.city, { maxLevels: 9 }), many)).names).toHaveLength(9);
    await expect(fit((c) => cross([c.city, c.city], { maxLevels: 5 }), many)).rejects.toThrow(
      refused("feature/out-of-range-levels"),
    );
  });
});

describe("cross", () => {
  test("refuses parts with the separator in them, by which two combinations could be one", async () => {
    const odd = cities("a, b", "c");
    await expect(fit((c) => cross([c.city, c.city]), odd)).rejects.toThrow(
      refused("feature/conflict-separator"),
    );
    const { names } = await fit((c) => cross([c.city, c.city], { separator: " × " }), odd);
    expect(names).toEqual(["f=a, b × a, b", "f=c × c"]);
  });
});

describe("categories as numbers", () => {
  const rows = cities("b", "a", "b", null);

  test("are places in an order that is learned", async () => {
    const of = async (make: Make) => {
      const fitted = await fit(make, rows);
      return ["a", "b", "new", null].map((city) => fitted.row({ city })[0]);
    };
    const nan = Number.NaN;
    expect(await of((c) => indexLevels(c.city))).toEqual([0, 1, nan, nan]);
    expect(await of((c) => indexLevels(c.city, { order: "rows" }))).toEqual([1, 0, nan, nan]);
    expect(await of((c) => indexLevels(c.city, { unknown: "own" }))).toEqual([0, 1, 2, nan]);
    expect(await of((c) => countEncode(c.city))).toEqual([1, 2, 0, 1]);
    expect(await of((c) => countEncode(c.city, { as: "share" }))).toEqual([0.25, 0.5, 0, 0.25]);
  });

  test("refuse unknown levels where they are told to", async () => {
    const fitted = await fit((c) => ordinal(c.plan, { unknown: "refuse" }), [{ plan: "free" }]);
    expect(() => fitted.row({ plan: "gold" })).toThrow(refused("feature/unknown-level"));
  });
});

describe("words", () => {
  test("are kept by how many rows have them, and by how frequent they are", async () => {
    const rows = cities("a b", "a c", "a b b", "d", null);
    const names = async (make: Make) =>
      (await fit(make, rows)).names.map((name) => name.slice(3, -1));
    expect(await names((c) => bagOfWords(c.city))).toEqual(["a", "b", "c", "d"]);
    expect(await names((c) => bagOfWords(c.city, { minRows: 2 }))).toEqual(["a", "b"]);
    expect(await names((c) => bagOfWords(c.city, { maxShare: 0.5 }))).toEqual(["b", "c", "d"]);
    expect(await names((c) => bagOfWords(c.city, { maxWords: 2 }))).toEqual(["a", "b"]);
    expect(await names((c) => tfIdf(c.city, { stopWords: ["a"] }))).toEqual(["b", "c", "d"]);
  });

  test("are refused when there are none", async () => {
    const none = refused("feature/missing-words");
    const rows = cities("a b", "!");
    await expect(fit((c) => bagOfWords(c.city, { minRows: 3 }), rows)).rejects.toThrow(none);
    await expect(fit((c) => word2Vec(c.city, { stopWords: ["a", "b"] }), rows)).rejects.toThrow(
      none,
    );
  });

  test("have vectors of one length", () => {
    const bad = refused("feature/mismatch-vectors");
    for (const words of [{}, { a: [1], b: [1, 2] }, { a: [Number.NaN] }])
      expect(() => features(things, (c) => ({ f: sentenceVector(c.city, { words }) }))).toThrow(
        bad,
      );
  });

  test("weigh less in a sentence the more frequent they are", async () => {
    const words = { common: [1, 0], rare: [0, 1] };
    const rows = cities("common common common rare");
    const [common = 0, rare = 0] = (
      await fit((c) => sentenceVector(c.city, { words, weight: 0.1 }), rows)
    ).row({ city: "common rare unknown" });
    expect([common, rare]).toBeClose([0.1 / (0.1 + 0.75) / 2, 0.1 / (0.1 + 0.25) / 2]);
  });
});

test("transforms of several parts ask for them", () => {
  const parts = refused("feature/missing-parts");
  expect(() => features(things, (c) => ({ f: normalize([c.x]) }))).toThrow(parts);
  expect(() => features(things, (c) => ({ f: cross([c.plan]) }))).toThrow(parts);
  expect(() => features(things, (c) => ({ f: calendar(c.at, { parts: [] }) }))).toThrow(parts);
  expect(() => features(things, () => ({ f: word2Vec({}) }))).toThrow(parts);
});
