import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, float, frame, openEngine, schema, text } from "../../table/index.ts";
import type { TableProfile } from "./profile.ts";
import { profileTable } from "./profile-table.ts";
import { profileText, spark } from "./profile-text.ts";

let engine: Engine;
let profile: TableProfile;
beforeAll(async () => {
  engine = await openEngine();
  const nullable = { nullable: true };
  const target = schema("visits", {
    id: text({ key: true }),
    x: float(nullable),
    y: float(nullable),
    "a\u202Eb": text(nullable),
  });
  const sql = `SELECT printf('%04d', i) AS id, CASE WHEN i < 20 THEN NULL ELSE i / 7 END AS x,
    CASE WHEN i < 22 THEN NULL ELSE i / 3 + 1 END AS y, chr(27) || '[31m' AS "a\u202Eb" FROM range(200) t(i)`;
  const rows = frame({ engine, schema: target, sql });
  const before = await profileTable(frame({ engine, schema: target, sql: `${sql} LIMIT 90` }));
  profile = await profileTable(rows, { previous: before });
});
afterAll(() => engine.close());

describe("profileText", () => {
  test("tells the table, each column, what is missing together, correlated and moved", () => {
    const lines = profileText(profile).join("\n");
    expect(lines).toContain("visits: 200 rows, 4 columns");
    expect(lines).toContain("0 duplicate keys (id)");
    expect(lines).toContain("all like \\d{4}");
    expect(lines).toContain("x and y are missing together in 20 rows; by chance 2.2");
    expect(lines).toContain("1.00  x and y");
    expect(lines).toMatch(/severe +x/);
  });

  test("no line is longer than the width, and none has a control character", () => {
    for (const width of [30, 40, 60, 100]) {
      const lines = profileText(profile, { width });
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
      expect(lines.join("")).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  });

  test("a width that is none is refused", () => {
    expect(() => profileText(profile, { width: 10 })).toThrow(/width must be/);
  });
});

describe("spark", () => {
  test("the largest count is a full block, and one of many is seen", () => {
    expect(spark([0, 1, 500, 1000])).toBe(" ▁▄█");
    expect(spark([])).toBe("");
  });
});
