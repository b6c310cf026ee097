/** @file Tests of searches that cannot go on: all lanes stop, and their trials wait to be begun again. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTracking } from "../../run/index.ts";
import { memoryBytes, openRecords, type Records } from "../../store/index.ts";
import { randomSampler } from "../sampler/random-sampler.ts";
import type { Sampler } from "../sampler/sampler.ts";
import type { ObjectiveFunction } from "../trial.ts";
import { openStudy } from "./study.ts";

let records: Records;
beforeEach(async () => {
  records = await openRecords(":memory:");
});
afterEach(() => records.close());

const base = { name: "s", metric: "y", direction: "minimise" } as const;

describe("a search", () => {
  test("stops all lanes and gives their trials back when runs cannot be begun", async () => {
    const tracking = openTracking({ records, bytes: memoryBytes() });
    let begun = 0;
    const full: typeof tracking = {
      ...tracking,
      startRun: (options) => {
        begun += 1;
        return begun === 4 ? Promise.reject(new Error("disk full")) : tracking.startRun(options);
      },
    };
    await using study = await openStudy({ ...base, records, tracking: full });
    let isOver = false;
    let late = 0;
    const objective: ObjectiveFunction = async (trial) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (isOver && !trial.signal.aborted) late += 1;
      return trial.float("x", 0, 1);
    };
    const search = study.search(objective, { trials: 12, parallel: 2 });
    await expect(search).rejects.toThrow("disk full");
    isOver = true;
    const states = (await study.trials()).map(({ state }) => state);
    expect(states).not.toContain("running");
    expect(states).not.toContain("failed");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(late).toBe(0);
    expect((await study.trials()).map(({ state }) => state)).toEqual(states);
    await study.search(objective, { trials: 12, parallel: 2 });
    expect((await study.trials()).map(({ state }) => state)).toEqual(Array(12).fill("complete"));
  });

  test("stops all lanes where the end of a trial cannot be told", async () => {
    await using study = await openStudy({ ...base, records });
    let told = 0;
    const progress = (): void => {
      told += 1;
      if (told === 3) throw new Error("the page is gone");
    };
    const search = study.search((trial) => trial.float("x", 0, 1), {
      trials: 12,
      parallel: 3,
      progress,
    });
    await expect(search).rejects.toThrow("the page is gone");
    const states = (await study.trials()).map(({ state }) => state);
    expect(states).not.toContain("running");
    expect(states.length).toBeLessThan(12);
  });

  test("begins no trial that a sampler has no more of, where another process made it so", async () => {
    const sampler: Sampler = {
      ...randomSampler(),
      size: ({ rows }) => (rows.some(({ state }) => state === "failed") ? rows.length : Infinity),
    };
    await using one = await openStudy({ ...base, records, sampler });
    await using other = await openStudy({ ...base, records, sampler });
    await other.search((trial) => trial.float("x", 0, 1), { trials: 1 });
    const { number } = await other.ask();
    await other.tell(number, { error: "too short" });
    expect(await one.search((trial) => trial.float("x", 0, 1), { trials: 9 })).toEqual({
      complete: 0,
      pruned: 0,
      failed: 0,
    });
    expect(await one.trials()).toHaveLength(2);
  });

  test("that is gone on with keeps what came to an end before, though all new trials fail", async () => {
    await using study = await openStudy({ ...base, records });
    await study.search((trial) => trial.float("x", 0, 1), { trials: 3 });
    const broken = (): never => {
      throw new Error("no memory");
    };
    expect(await study.search(broken, { trials: 5 })).toEqual({
      complete: 0,
      pruned: 0,
      failed: 2,
    });
    expect((await study.best()).state).toBe("complete");
    await using fresh = await openStudy({ ...base, name: "fresh", records });
    await expect(fresh.search(broken, { trials: 2 })).rejects.toMatchObject({
      code: "tune/failed-trials",
    });
  });
});
