/** @file Tests of opening studies: what is refused, what goes on where it was, and what two of one name share. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openRecords, type Records } from "../../store/index.ts";
import { space } from "../space.ts";
import type { ObjectiveFunction } from "../trial.ts";
import { readStudyNames } from "./read-study.ts";
import { findStore } from "./record-store.ts";
import { openStudy, type StudyOptions } from "./study.ts";

let records: Records;
beforeEach(async () => {
  records = await openRecords(":memory:");
});
afterEach(() => records.close());

const base = { name: "s", metric: "y", direction: "minimise" } as const;
const code = (code: string) => expect.objectContaining({ code });
const square: ObjectiveFunction = (trial) => {
  const kind = trial.category("kind", ["a", "b"]);
  const x = trial.float("x", -4, 4);
  return kind === "a" ? x * x : (x - trial.int("shift", 0, 3)) ** 2 + 1;
};
const forest = space((s) => ({ depth: s.int(2, 8), kind: s.category(["gini", "entropy"]) }));

describe("openStudy", () => {
  test("refuses names, objectives and options that are none", async () => {
    const open = (options: StudyOptions) => openStudy(options);
    await expect(open({ ...base, name: " " })).rejects.toThrow(code("tune/out-of-range-value"));
    await expect(open({ name: "s" })).rejects.toThrow(code("tune/missing-objective"));
    await expect(open({ ...base, seed: Number.NaN })).rejects.toThrow(code("option/out-of-range"));
    await expect(open({ ...base, retries: -1 })).rejects.toThrow(code("option/out-of-range"));
    await expect(open({ ...base, metric: "rmse", direction: "maximise" })).rejects.toThrow(
      code("tune/mismatch-direction"),
    );
    await expect(open(JSON.parse('{"name":"s","pruned":true}'))).rejects.toThrow(
      code("option/unknown-name"),
    );
  });

  test("goes on with a study of the name, and refuses one that is kept otherwise", async () => {
    await using first = await openStudy({ ...base, space: forest, records });
    await first.search(({ params }) => params.depth, { trials: 3 });
    await using again = await openStudy({ ...base, records });
    expect(await again.trials()).toHaveLength(3);
    await expect(openStudy({ ...base, direction: "maximise", records })).rejects.toThrow(
      code("tune/conflict-study"),
    );
    const wider = space((s) => ({ depth: s.int(2, 80) }));
    await expect(openStudy({ ...base, space: wider, records })).rejects.toThrow(
      code("tune/mismatch-param"),
    );
  });

  test("refuses another seed for a study that is kept, and goes on with the kept one where none is given", async () => {
    await using first = await openStudy({ ...base, seed: 4, records });
    await first.search(square, { trials: 3 });
    await expect(openStudy({ ...base, seed: 5, records })).rejects.toThrow(
      "it is kept with seed 4, and was opened with seed 5",
    );
    await expect(openStudy({ ...base, seed: 5, records })).rejects.toThrow(
      code("tune/conflict-study"),
    );
    await using again = await openStudy({ ...base, records });
    await again.search(square, { trials: 6 });
    await using whole = await openStudy({ ...base, seed: 4 });
    await whole.search(square, { trials: 6 });
    const drawn = async (study: typeof whole) => (await study.trials()).map(({ params }) => params);
    expect(await drawn(again)).toEqual(await drawn(whole));
  });

  test("is told of a trial that another study object asked for and that nobody is at work on", async () => {
    await using two = await openStudy({ ...base, records });
    const one = await openStudy({ ...base, records });
    const { number } = await one.ask();
    await expect(two.tell(number, 4)).rejects.toThrow(code("tune/conflict-trial"));
    await one.close();
    expect(await two.tell(number, 4)).toMatchObject({ state: "complete", value: 4 });
  });

  test("finds no study of another name to read", async () => {
    await using study = await openStudy({ ...base, records });
    await expect(findStore(records, "t")).rejects.toThrow(code("tune/missing-study"));
    expect((await findStore(records, study.name)).head.objectives).toEqual(study.objectives);
  });

  test("refuses a study that a newer Millrace wrote, and does not touch it", async () => {
    await using study = await openStudy({ ...base, records });
    await study.search((trial) => trial.float("x", 0, 1), { trials: 2 });
    await records.db.updateTable("study").set({ format: 2 }).execute();
    await expect(openStudy({ ...base, records })).rejects.toThrow(code("tune/unsupported-format"));
    expect(await readStudyNames(records)).toEqual(["s"]);
    expect(await records.db.selectFrom("study").selectAll().execute()).toMatchObject([
      { format: 2 },
    ]);
  });

  test("finds the trials of a study object that was closed, tries them again, and at last calls them failed", async () => {
    for (const tries of [1, 2]) {
      const gone = await openStudy({ ...base, records });
      (await gone.ask()).float("x", 0, 1);
      await gone.close(); // without a word of the trial
      expect((await gone.trials())[0]).toMatchObject({ state: "running", number: 0 });
      expect(await gone.trials()).toHaveLength(1);
      expect(tries).toBeLessThan(3);
    }
    await using study = await openStudy({ ...base, records });
    await study.search((trial) => trial.float("x", 0, 1), { trials: 3 });
    const [first, ...others] = await study.trials();
    expect(first).toMatchObject({ state: "failed", number: 0 });
    expect(first?.interruptions).toHaveLength(2);
    expect(first?.error).toContain("each time its process ended before it did");
    expect(others.map(({ state }) => state)).toEqual(["complete", "complete"]);
  });

  test("lets two studies of one name in one process share numbers and budget", async () => {
    await using one = await openStudy({ ...base, records });
    await using two = await openStudy({ ...base, records });
    const objective: ObjectiveFunction = async (trial) => {
      const x = trial.float("x", 0, 1);
      await new Promise(setImmediate);
      return x;
    };
    const [a, b] = await Promise.all([
      one.search(objective, { trials: 20 }),
      two.search(objective, { trials: 20 }),
    ]);
    expect(a.complete + b.complete).toBe(20);
    expect(a.complete).toBeGreaterThan(0);
    expect(b.complete).toBeGreaterThan(0);
    expect(await one.trials()).toEqual(await two.trials());
  });
});
