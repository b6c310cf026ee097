/** @file Tests of the log of test rows. */
import { describe, expect, test } from "vitest";
import { hashOf, steppingClock } from "../core/index.ts";
import { openRecords } from "../store/index.ts";
import { openTestLog } from "./index.ts";

const access = (model: string, change: object = {}) => ({
  study: "churn",
  rows: hashOf("test rows"),
  model: hashOf(model),
  again: null,
  ...change,
});
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("openTestLog", () => {
  test("lets a study score test rows once, and the same model again", async () => {
    await using records = await openRecords(":memory:");
    const log = openTestLog({ records, clock: steppingClock(1000) });
    await log.enter(access("a"));
    await log.enter(access("a"));
    await expect(log.enter(access("b"))).rejects.toThrow(code("run/conflict-test-rows"));
    await expect(log.enter(access("b"))).rejects.toThrow(
      'study "churn" has scored these test rows before (2 times, first at 1970-01-01T00:00:01',
    );
    await log.enter(access("b", { rows: hashOf("other rows") }));
    await log.enter(access("b", { study: "another" }));
    expect(await log.accesses()).toHaveLength(4);
  });

  test("keeps why a study scored again, and when", async () => {
    await using records = await openRecords(":memory:");
    const log = openTestLog({ records, clock: steppingClock(1000, 5) });
    await log.enter(access("a"));
    await log.enter(access("b", { again: "labels were wrong" }));
    const kept = await log.accesses("churn");
    expect(kept.map(({ again }) => again)).toEqual([null, "labels were wrong"]);
    expect(kept[1]).toMatchObject({ model: hashOf("b"), rows: hashOf("test rows") });
    expect(kept[1]?.atMs).toBeGreaterThan(kept[0]?.atMs ?? 0);
  });

  test("refuses a study without a name and a reason without words", async () => {
    await using records = await openRecords(":memory:");
    const log = openTestLog({ records });
    await expect(log.enter(access("a", { study: " " }))).rejects.toThrow(
      code("run/out-of-range-value"),
    );
    await expect(log.enter(access("a", { again: "" }))).rejects.toThrow(
      code("run/out-of-range-value"),
    );
    expect(await log.accesses()).toEqual([]);
  });
});
