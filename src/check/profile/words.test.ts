import { describe, expect, test } from "vitest";
import { momentText, percent, shortNumber, visible } from "./words.ts";

describe("visible", () => {
  test.each([
    ["a control character as its picture", "a\u001b[31m\n", "a␛[31m␊"],
    ["a delete", "\u007f", "␡"],
    ["a turn of direction as its number", "\u202Egnp", "⟨U+202E⟩gnp"],
    ["half of a pair", "\ud83d", "\ufffd"],
    ["a family of four", "👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"],
  ])("%s", (_, given, shown) => {
    expect(visible(given)).toBe(shown);
  });

  test("a long text is cut to its limit, whole signs kept", () => {
    expect(visible("😀".repeat(100), 5)).toBe("😀😀😀😀…");
    expect(visible("abc", 3)).toBe("abc");
  });
});

describe("numbers in words", () => {
  test.each([
    [0, "0"],
    [1234567, "1,234,567"],
    [2.71561, "2.716"],
    [12345.6, "12,346"],
    [0.00001234, "1.23e-5"],
    [1e300, "1.00e+300"],
    [Number.NaN, "–"],
  ])("%d is %s", (value, shown) => {
    expect(shortNumber(value)).toBe(shown);
  });

  test("a share is 0 % or 100 % only when it is", () => {
    const shares = [0, 0.0001, 0.5, 0.99999, 1].map(percent);
    expect(shares).toEqual(["0 %", "< 0.1 %", "50 %", "> 99.9 %", "100 %"]);
  });

  test("a moment that no calendar has is a number", () => {
    expect([momentText(0), momentText(90_000), momentText(1e17)]).toEqual([
      "1970-01-01",
      "1970-01-01 00:01",
      "1.00e+17",
    ]);
  });
});
