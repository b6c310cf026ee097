import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/support/frame-of.ts";
import type { Cells } from "../../flow.ts";
import { type Engine, float, openEngine, schema, text, timestamp } from "../../table/index.ts";
import { seriesOf } from "./series-of.ts";

const coded = (code: string) => expect.objectContaining({ code });
const sales = schema("sales", {
  at: timestamp({ nullable: true }),
  shop: text({ nullable: true }),
  sold: float({ nullable: true }),
});
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());
const rowsOf = (rows: readonly Cells[]) => frameOf(engine, sales, rows);
const row = (at: string, shop: string, sold: number | null) => ({ at: new Date(at), shop, sold });

describe("seriesOf", () => {
  test("parts rows by id, in one frequency, each from its first time to its last", async () => {
    const rows = rowsOf([
      row("2024-01-03", "b", 3),
      row("2024-01-01", "b", 1),
      row("2024-01-08", "a", 8),
      row("2024-01-02", "a", 2),
      row("2024-01-02", "b", null),
      row("2024-01-15", "c", 9),
    ]);
    const all = await seriesOf(rows, {
      time: "at",
      value: "sold",
      id: "shop",
      missing: "interpolate",
    });
    expect(all.map(({ id, frequency, values }) => [id, frequency, values.length])).toEqual([
      ["a", "day", 7],
      ["b", "day", 3],
      ["c", "day", 1],
    ]);
    expect(all[1]?.values).toBeClose([1, 2, 3]);
  });

  test("takes all rows as one series where no id is named", async () => {
    const rows = rowsOf([row("2024-01-01T00:00Z", "a", 1), row("2024-01-01T01:00Z", "b", 2)]);
    const [one] = await seriesOf(rows, { time: "at", value: "sold" });
    expect([one?.id, one?.frequency, one?.values.length]).toEqual(["", "hour", 2]);
  });

  test.each([
    [[], {}, "forecast/missing-series"],
    [[{ at: null, shop: "a", sold: 1 }], {}, "forecast/missing-time"],
    [[{ at: new Date(0), shop: null, sold: 1 }], { id: "shop" }, "forecast/missing-time"],
    [[row("2024-01-01", "a", 1), row("2024-01-01", "b", 1)], {}, "forecast/duplicate-time"],
    [[row("2024-01-01", "a", 1)], { value: "shop" }, "forecast/mismatch-kind"],
    [[row("2024-01-01", "a", 1)], { time: "when" }, "table/unknown-column"],
  ])("refuses %j, %j with %s", async (rows, columns, code) => {
    const asked = { time: "at", value: "sold", ...columns } as { time: "at"; value: "sold" };
    await expect(seriesOf(rowsOf(rows), asked)).rejects.toThrow(coded(code));
  });
});
