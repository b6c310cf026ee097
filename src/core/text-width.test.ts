import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutTo, widthOf } from "./text-width.ts";

describe("widthOf", () => {
  test.each([
    ["plain", 5],
    ["Zürich – ∅ █", 12],
    ["東京", 4],
    ["서울", 4],
    ["ｆｕｌｌ", 8],
    ["👩‍👩‍👧", 2],
    ["🇦🇹", 2],
    ["❤️", 2],
    ["e\u0301", 1],
    ["a\u200db", 2],
    ["", 0],
  ])("of %j is %i", (text, width) => {
    expect(widthOf(text)).toBe(width);
  });
});

describe("cutTo", () => {
  test("cuts between letters, and never to more places than there are", () => {
    expect(cutTo("東京都", 5)).toBe("東京…");
    expect(cutTo("東京都", 6)).toBe("東京都");
    expect(cutTo("👩‍👩‍👧x", 2)).toBe("…");
    expect(cutTo("abc", 0)).toBe("…");
  });

  test("law: what is cut fits, and what fits is not cut", () => {
    const texts = fc.string({ unit: fc.constantFrom("a", "é", "京", "👍", "e\u0301", "🇦🇹", "…") });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 20 }), (text, width) => {
        expect(widthOf(cutTo(text, width))).toBeLessThanOrEqual(width);
        if (widthOf(text) <= width) expect(cutTo(text, width)).toBe(text);
      }),
    );
  });
});
