import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { guessPatterns } from "./text-pattern.ts";

describe("guessPatterns", () => {
  const cases: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ["digits", ["123", "456"], "\\d{3}"],
    ["hexadecimal ids", ["f0a9", "0f9a"], "[0-9a-f]{4}"],
    ["signs that never change", ["$1.5", "$2.9"], "\\$\\d\\.\\d"],
    ["lengths that differ", ["12", "123"], undefined],
    ["a single text", ["12"], undefined],
    ["no letter or digit", ["--", "--"], undefined],
    ["signs that change", ["a-", "a+"], undefined],
    ["texts too long", ["1".repeat(65), "2".repeat(65)], undefined],
    ["an alphabet it has no class for", ["äb", "öb"], undefined],
  ];
  test.each(cases)("%s", (_, texts, pattern) => {
    expect(guessPatterns(texts)[0]).toBe(pattern);
  });

  test("the second guess holds for texts that were not seen", () => {
    const [tight, loose = ""] = guessPatterns(["0f3a-10", "1bcd-22"]);
    expect("ffff-ff").not.toMatch(new RegExp(`^${tight}$`));
    expect("ffff-ff").toMatch(new RegExp(`^${loose}$`));
  });

  test("law: every guess matches the texts it was made from", () => {
    const rows = fc.integer({ min: 1, max: 12 }).chain((n) =>
      fc.array(fc.string({ unit: "grapheme-ascii", minLength: n, maxLength: n }), {
        minLength: 2,
      }),
    );
    fc.assert(
      fc.property(rows, (texts) => {
        for (const pattern of guessPatterns(texts))
          for (const text of texts) expect(text).toMatch(new RegExp(`^(?:${pattern})$`, "u"));
      }),
    );
  });
});
