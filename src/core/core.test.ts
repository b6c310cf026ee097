import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  callUser,
  checkChoice,
  checkNames,
  checkNumber,
  count,
  didYouMean,
  errorKinds,
  formatJson,
  hashOf,
  hashOfJson,
  invariant,
  isMillraceError,
  list,
  MillraceError,
  parseJson,
  quote,
  random,
  seededIds,
  shown,
  steppingClock,
} from "./index.ts";

describe("checkNumber", () => {
  test("names the option, what it may be and what it was", () => {
    expect(() => checkNumber("boost", { trees: 0 }, { min: 1, integer: true })).toThrow(
      "boost: trees must be a whole number ≥ 1; got 0",
    );
    expect(() => checkNumber("boost", { rate: 2 }, { above: 0, max: 1 })).toThrow(
      "rate must be a finite number > 0 and ≤ 1; got 2",
    );
    expect(() => checkNumber("x", { p: Number.NaN })).toThrow(MillraceError);
    expect(() => checkNumber("x", { p: 1 }, { below: 1 })).toThrow("< 1");
  });
  test("refuses a choice or a name that nobody knows", () => {
    expect(() => checkChoice("plot", { theme: "drak" }, ["light", "dark"])).toThrow(
      'theme must be one of "light", "dark"; got "drak"',
    );
    expect(() => checkNames("boost", { tress: 1 }, ["trees", "depth"])).toThrow(
      'unknown option "tress"; expected one of "trees", "depth". Did you mean "trees"?',
    );
  });
});

describe("words", () => {
  test("quote, list and count values the way sentences need them", () => {
    expect(quote("a".repeat(80))).toHaveLength(62);
    expect(list([1, "b"])).toBe('1, "b"');
    expect(list(Array.from({ length: 12 }, (_, i) => i))).toMatch(/9 and 2 more$/);
    const names = Array.from({ length: 30 }, (_, i) => `column_${i}`);
    expect(list([...names, "price"], "prize")).toMatch(/^"price", .* and 21 more$/);
    expect(list([...names, "unit_price"], "price")).toMatch(/^"unit_price", /);
    expect([count(1, "row"), count(7043, "row")]).toEqual(["1 row", "7,043 rows"]);
    expect(didYouMean("tenur", ["tenure", "churn"])).toBe(' Did you mean "tenure"?');
    expect(didYouMean("zebra", ["tenure", "churn"])).toBe("");
    for (const [given, name] of [
      ["ID", "id"],
      ["plna", "plan"],
      ["idd", "id"],
      ["tneure", "tenure"],
    ])
      expect(didYouMean(given ?? "", [name ?? ""])).toContain("Did you mean");
    for (const [given, name] of [
      ["x", "id"],
      ["id", "n"],
      ["ab", "ac"],
      ["plan", "clam"],
    ])
      expect(didYouMean(given ?? "", [name ?? ""])).toBe("");
    const known = ["trees", "depth", "minChildWeight", "l1", "l2", "seed", "auc"];
    for (const [given, name] of [
      ["n_estimators", "trees"],
      ["max_depth", "depth"],
      ["min_child_weight", "minChildWeight"],
      ["reg_lambda", "l2"],
      ["random_state", "seed"],
      ["roc_auc", "auc"],
    ])
      expect(didYouMean(given ?? "", known)).toBe(` Did you mean "${name}"?`);
    expect(didYouMean("eps", ["distance", "neighbours"])).toBe(' Did you mean "distance"?');
  });
});

describe("json", () => {
  test("law: parse undoes format, and equal values have equal spellings", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = formatJson(value);
        expect(formatJson(parseJson(text))).toBe(text);
      }),
    );
    expect(formatJson({ b: 1, a: 2 })).toBe(formatJson({ a: 2, b: 1 }));
    expect(hashOfJson({ b: 1, a: 2 })).toBe(hashOfJson({ a: 2, b: 1 }));
  });
  test("keeps typed arrays bit for bit", () => {
    const values = Float64Array.of(1 / 3, -0, Number.NaN, Number.POSITIVE_INFINITY);
    expect(parseJson(formatJson({ values }))).toEqual({ values });
  });
  test("refuses what JSON cannot hold, by its path", () => {
    expect(() => formatJson({ a: [Number.NaN] })).toThrow("value.a[0] cannot be written as JSON");
    expect(() => formatJson({ a: new Int8Array(1) })).toThrow("Int8Array");
    expect(() => formatJson({ a: { $array: 1 } })).toThrow("$array");
    expect(() => parseJson("{", "model.json")).toThrow("model.json: this is not JSON");
    expect(() => parseJson("{")).toThrow(expect.objectContaining({ code: "json/corrupt-text" }));
  });
});

describe("random", () => {
  test("gives the same draws for the same seed, and other draws for other streams", () => {
    const draw = (seed: number, name: string) => random(seed).stream(name).next();
    expect(draw(1, "a")).toBe(draw(1, "a"));
    expect(new Set([draw(1, "a"), draw(1, "b"), draw(2, "a")]).size).toBe(3);
  });
  test("law: a shuffle is a permutation and a pick is one of the values", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 50 }), (seed, n) => {
        expect([...random(seed).shuffled(n)].sort((a, b) => a - b)).toEqual(
          Array.from({ length: n }, (_, i) => i),
        );
        expect(["x", "y"]).toContain(random(seed).pick(["x", "y"], [1, 3]));
      }),
    );
  });
  test("draws uniform and normal numbers with the right mean and spread", () => {
    const source = random(7);
    const normal = Array.from({ length: 20_000 }, () => source.normal());
    const mean = normal.reduce((sum, x) => sum + x, 0) / normal.length;
    const spread = normal.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normal.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(spread - 1)).toBeLessThan(0.05);
    const picks = Array.from({ length: 20_000 }, () => source.pick([0, 1], [3, 1]));
    expect(picks.reduce((sum, x) => sum + x, 0) / picks.length).toBeCloseTo(0.25, 1);
  });
});

describe("clock and ids", () => {
  test("step and repeat as they are told", () => {
    const clock = steppingClock(100, 5);
    expect([clock(), clock()]).toEqual([100, 105]);
    const [a, b] = [seededIds(1), seededIds(1)];
    expect([a(), a()]).toEqual([b(), b()]);
    expect(a()).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("errors", () => {
  test("carry code, kind and details, and know their exit code and status", () => {
    const error = new MillraceError({ code: "a/b", kind: "conflict", message: "m", details: {} });
    expect(isMillraceError(error, "a/b")).toBe(true);
    expect(isMillraceError(error, "a/c")).toBe(false);
    expect(errorKinds[error.kind]).toEqual({ exit: 4, status: 409 });
    expect(() => invariant(false, "two is one")).toThrow("internal: two is one");
  });
  test("wrap what a user's code throws once, and hand our own on", async () => {
    const boom = new Error("boom");
    await expect(callUser("step a", () => Promise.reject(boom))).rejects.toMatchObject({
      code: "user/failed",
      message: "step a failed: boom",
      cause: boom,
    });
    const ours = new MillraceError({ code: "a/b", kind: "caller", message: "m", details: {} });
    await expect(callUser("step a", () => Promise.reject(ours))).rejects.toBe(ours);
    expect(await callUser("step a", () => 3)).toBe(3);
  });
  test("hash the same bytes to the same hash", () => {
    expect(hashOf("")).toBe(
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });
});

describe("shown", () => {
  test("shows what a terminal would obey, and leaves letters and pictures alone", () => {
    expect(shown("\u001b[2Jred\u0007\u007f\u0085")).toBe("␛[2Jred␇␡⟨U+0085⟩");
    expect(shown("a\u202eb\u200b\ud800")).toBe("a⟨U+202E⟩b⟨U+200B⟩\ufffd");
    expect(shown("Zürich 👩‍💻 ≥ 3")).toBe("Zürich 👩‍💻 ≥ 3");
  });
});
