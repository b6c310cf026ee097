/** @file Tests of studies, the same in memory and in records: budgets, failures, going on, asking and telling. */
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { openTracking } from "../../run/index.ts";
import { memoryBytes, openRecords, type Records } from "../../store/index.ts";
import { medianPruner } from "../pruner/percentile.ts";
import { grid } from "../sampler/grid.ts";
import { randomSampler } from "../sampler/random-sampler.ts";
import { space } from "../space.ts";
import type { ObjectiveFunction, RunningTrial } from "../trial.ts";
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

describe.each(["memory", "records"])("a study in %s", (place) => {
  const open = (more: Partial<StudyOptions> = {}) =>
    openStudy({ ...base, ...(place === "records" ? { records } : {}), ...more });

  test("tries as many trials as asked for, and gives the best", async () => {
    await using study = await open();
    expect(await study.search(square, { trials: 40 })).toEqual({
      complete: 40,
      pruned: 0,
      failed: 0,
    });
    const trials = await study.trials();
    expect(trials.map(({ number }) => number)).toEqual(trials.map((_, i) => i));
    const best = await study.best();
    expect(best.value).toBe(Math.min(...trials.map(({ value }) => value ?? Infinity)));
    expect(best.value).toBeLessThan(0.1);
    for (const { params } of trials) expect("shift" in params).toBe(params["kind"] === "b");
  });

  test("law: the same seed gives the same trials, however often the search is interrupted", async () => {
    await using whole = await open({ seed: 3 });
    await whole.search(square, { trials: 30 });
    await using parts = await open({ name: "parts", seed: 3 });
    for (const trials of [4, 5, 17, 17, 30]) await parts.search(square, { trials });
    const facts = async (study: typeof whole) =>
      (await study.trials()).map(({ params, value, state }) => ({ params, value, state }));
    expect(await facts(parts)).toEqual(await facts(whole));
    await using other = await open({ name: "other", seed: 4 });
    await other.search(square, { trials: 30 });
    expect(await facts(other)).not.toEqual(await facts(whole));
  });

  test("types the params of a declared space, and draws all of them", async () => {
    const study = await openStudy({
      ...base,
      space: forest,
      ...(place === "records" ? { records } : {}),
    });
    await study.search(
      ({ params }) => {
        expectTypeOf(params).toEqualTypeOf<{
          readonly depth: number;
          readonly kind: "gini" | "entropy";
        }>();
        return params.depth + (params.kind === "gini" ? 0 : 0.5);
      },
      { trials: 25 },
    );
    const { params } = await study.best();
    expectTypeOf(params.kind).toEqualTypeOf<"gini" | "entropy">();
    expect(params).toEqual({ depth: 2, kind: "gini" });
    await study.close();
  });

  test("keeps the error of a trial that throws or gives no number, and goes on", async () => {
    await using study = await open();
    const summary = await study.search(
      (trial) => {
        trial.float("x", 0, 1);
        if (trial.number === 1) throw new Error("out of memory");
        if (trial.number === 2) return Number.NaN;
        if (trial.number === 3) return Infinity;
        return trial.number === 4 ? [1, 2] : trial.number;
      },
      { trials: 7 },
    );
    expect(summary).toEqual({ complete: 3, pruned: 0, failed: 4 });
    const errors = (await study.trials()).map(({ error }) => error);
    expect(errors[1]).toBe("out of memory");
    expect(errors[2]).toBe("the objective gave NaN; expected a finite number");
    expect(errors[3]).toContain("Infinity");
    expect(errors[4]).toContain("1, 2");
    expect((await study.best()).number).toBe(0);
  });

  test("says so when every trial failed", async () => {
    await using study = await open();
    const boom = () => {
      throw new Error("boom");
    };
    await expect(study.search(boom, { trials: 3 })).rejects.toThrow(code("tune/failed-trials"));
    await expect(study.best()).rejects.toThrow(code("tune/missing-best"));
    await expect(study.search(boom, { trials: 4 })).rejects.toThrow("the first: boom");
  });

  test("stops at once when the objective asks for a param in two ways", async () => {
    await using study = await open();
    await study.search((trial) => trial.int("depth", 2, 8), { trials: 3 });
    const wrong: readonly ObjectiveFunction[] = [
      (trial) => trial.int("depth", 2, 9),
      (trial) => trial.float("depth", 2, 8),
      (trial) => trial.category("depth", [2, 8]),
    ];
    for (const objective of wrong)
      await expect(study.search(objective, { trials: 30 })).rejects.toThrow(
        code("tune/mismatch-param"),
      );
    await expect(study.search((trial) => trial.int("width", 9, 2), { trials: 30 })).rejects.toThrow(
      code("tune/out-of-range-param"),
    );
    const trials = await study.trials();
    expect(trials).toHaveLength(7);
    expect(trials.at(3)?.error).toContain(
      'param "depth" is int 2 … 8, and was asked for as int 2 … 9',
    );
    await study.search((trial) => trial.int("depth", 2, 8) + trial.int("depth", 2, 8) * 0, {
      trials: 9,
    });
  });

  test("refuses params that a declared space has not", async () => {
    await using study = await openStudy({
      ...base,
      space: forest,
      ...(place === "records" ? { records } : {}),
    });
    await expect(study.search((trial) => trial.int("dept", 2, 8), { trials: 1 })).rejects.toThrow(
      'Did you mean "depth"?',
    );
    await expect(study.enqueue(JSON.parse('{"dept": 3}'))).rejects.toThrow(
      code("tune/unknown-param"),
    );
    await expect(study.enqueue({ depth: 30 })).rejects.toThrow(code("tune/out-of-range-param"));
  });

  test("enqueues all that is tried first at once, and only where there is no trial", async () => {
    await using study = await open({ name: "first" });
    await using other = place === "records" ? await open({ name: "first" }) : study;
    const first = [{ x: 1 }, { x: 2 }, { x: 3 }];
    const added = await Promise.all([study.enqueueFirst(first), other.enqueueFirst(first)]);
    expect(added.toSorted()).toEqual([false, true]);
    expect(await study.enqueueFirst([{ x: 9 }])).toBe(false);
    await study.search((trial) => trial.float("x", 0, 9), { trials: 3 });
    expect((await study.trials()).map(({ params }) => params)).toEqual(first);
  });

  test("tries what was enqueued first, and draws the rest", async () => {
    await using study = await open();
    expect(await study.enqueue({ x: 1.5 })).toBe(0);
    expect(await study.enqueue({ x: 2.5, kind: "b" })).toBe(1);
    await study.search(square, { trials: 3 });
    const [first, second] = await study.trials();
    expect(first?.params["x"]).toBe(1.5);
    expect(second?.params).toMatchObject({ x: 2.5, kind: "b" });
  });

  test("prunes what the pruner judges hopeless, and keeps its reports", async () => {
    await using study = await open({
      pruner: medianPruner({ startupTrials: 3 }),
      sampler: randomSampler(),
    });
    const summary = await study.search(
      (trial) => {
        const x = trial.float("x", 0, 1);
        for (let step = 0; step < 5; step++) {
          trial.report(step, x + 1 / (step + 1));
          if (trial.shouldPrune()) return "pruned";
        }
        return x;
      },
      { trials: 30 },
    );
    expect(summary.pruned).toBeGreaterThan(5);
    expect(summary.complete + summary.pruned).toBe(30);
    const pruned = (await study.trials()).filter(({ state }) => state === "pruned");
    for (const { steps, params, value } of pruned) {
      expect(value).toBeNull();
      expect(steps[0]).toEqual({ step: 0, value: Number(params["x"]) + 1 });
    }
  });

  test("keeps reports in order of their steps, NaN included, and refuses what are none", async () => {
    await using study = await open();
    await study.search(
      (trial) => {
        for (const [step, value] of [
          [3, 0.3],
          [1, Number.NaN],
          [2, 0.2],
          [3, 0.4],
        ] as const)
          trial.report(step, value);
        trial.note("host", { cores: 2 });
        return trial.float("x", 0, 1);
      },
      { trials: 1 },
    );
    const [{ steps, notes } = { steps: [], notes: {} }] = await study.trials();
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(steps.map(({ value }) => value)).toEqual([Number.NaN, 0.2, 0.4]);
    expect(notes).toEqual({ host: { cores: 2 } });
    const wrong: readonly ((trial: RunningTrial) => void)[] = [
      (trial) => trial.report(-1, 0),
      (trial) => trial.report(0.5, 0),
      (trial) => trial.report(0, JSON.parse('"a"')),
      (trial) => trial.constrain("size", Number.NaN),
    ];
    for (const work of wrong) {
      const objective: ObjectiveFunction = (trial) => {
        work(trial);
        return 0;
      };
      await expect(study.search(objective, { trials: 9 })).rejects.toThrow(
        code("tune/out-of-range-value"),
      );
    }
  });

  test("takes only trials that keep the constraints for the best", async () => {
    await using study = await open();
    const bounded: ObjectiveFunction = (trial) => {
      const x = trial.float("x", -4, 4);
      trial.constrain("at least 1", 1 - x);
      return x * x;
    };
    await study.search(bounded, { trials: 40 });
    const best = await study.best();
    expect(best.isFeasible).toBe(true);
    expect(Number(best.params["x"])).toBeGreaterThanOrEqual(1);
    expect(best.value).toBeLessThan(1.5);
    await using none = await open({ name: "none" });
    await none.search(
      (trial) => {
        trial.constrain("never", 1);
        return 0;
      },
      { trials: 2 },
    );
    await expect(none.best()).rejects.toThrow("none of 2 complete trials keeps the constraints");
  });

  test("has a front in place of a best trial where there are several objectives", async () => {
    const objectives = [
      { metric: "size", direction: "minimise" },
      { metric: "auc", direction: "maximise" },
    ] as const;
    const stored = place === "records" ? { records } : {};
    await using study = await openStudy({ name: "two", objectives, ...stored });
    await study.search((trial) => [trial.int("size", 1, 5), trial.float("x", 0, 1)], {
      trials: 30,
    });
    const front = await study.front();
    for (const { values } of front)
      for (const other of await study.trials()) {
        const [size = 0, auc = 0] = values ?? [];
        const [otherSize = 0, otherAuc = 0] = other.values ?? [];
        expect(otherSize <= size && otherAuc >= auc && (otherSize < size || otherAuc > auc)).toBe(
          false,
        );
      }
    await expect(study.best()).rejects.toThrow(code("tune/unsupported-best"));
  });

  test("is asked and told", async () => {
    await using study = await open();
    for (let i = 0; i < 12; i++) {
      const trial = await study.ask();
      const x = trial.float("x", -1, 1);
      await study.tell(
        trial,
        i === 3 ? { error: "the machine is gone" } : i === 4 ? "pruned" : x * x,
      );
    }
    const states = (await study.trials()).map(({ state }) => state);
    expect(states.slice(3, 5)).toEqual(["failed", "pruned"]);
    await expect(study.tell(0, 1)).rejects.toThrow(code("tune/conflict-trial"));
    await expect(study.tell(99, 1)).rejects.toThrow(code("tune/missing-trial"));
  });

  test("runs trials at a time, each number once", async () => {
    await using study = await open();
    let [most, now] = [0, 0];
    await study.search(
      async (trial) => {
        most = Math.max(most, ++now);
        const x = trial.float("x", 0, 1);
        await new Promise(setImmediate);
        now--;
        return x;
      },
      { trials: 40, parallel: 4 },
    );
    expect(most).toBe(4);
    expect((await study.trials()).map(({ number }) => number)).toEqual(
      Array.from({ length: 40 }, (_, i) => i),
    );
  });

  test("stops when it is told to, and a stopped trial is done again with its number and its params", async () => {
    await using study = await open();
    const stop = new AbortController();
    const seen: number[] = [];
    const stopping: ObjectiveFunction = async (trial) => {
      seen.push(trial.float("x", 0, 1));
      if (seen.length === 4) stop.abort(new Error("enough"));
      if (seen.length === 4) await new Promise(() => undefined); // it does not heed the signal
      return 1;
    };
    await expect(study.search(stopping, { trials: 9, signal: stop.signal })).rejects.toThrow(
      "enough",
    );
    expect((await study.trials()).map(({ state }) => state)).toEqual([
      ...Array(3).fill("complete"),
      "waiting",
    ]);
    await study.search(stopping, { trials: 9 });
    expect(seen).toHaveLength(10);
    expect(seen[4]).toBe(seen[3]);
    await expect(
      study.search(stopping, { trials: 9, signal: AbortSignal.abort("no") }),
    ).rejects.toBe("no");
  });

  test("begins no trial after its time, and tells how far it is", async () => {
    await using study = await open();
    const done: (readonly [number, number | undefined])[] = [];
    const timeMs = 1000; // more than it takes to begin a trial, on any machine
    const untilOver: ObjectiveFunction = async (trial) => {
      const begun = performance.now(); // the search began before
      while (performance.now() <= begun + timeMs) await new Promise(setImmediate);
      return trial.float("x", 0, 1);
    };
    await study.search(untilOver, { timeMs, trials: 100_000 });
    const { length } = await study.trials();
    expect(length).toBe(1);
    await study.search((trial) => trial.float("x", 0, 1), {
      trials: length + 3,
      progress: (step) => done.push([step.done, step.total]),
    });
    expect(done.at(-1)).toEqual([length + 3, length + 3]);
    await expect(study.search(() => 1, {})).rejects.toThrow(code("tune/out-of-range-value"));
    await expect(study.search(() => 1, { trials: 0 })).rejects.toThrow(code("option/out-of-range"));
    await expect(study.search(() => 1, { trials: 1, parallel: 0 })).rejects.toThrow(
      code("option/out-of-range"),
    );
  });

  test("goes through a grid once and ends", async () => {
    await using study = await open({ sampler: grid({ depth: [2, 4], kind: ["a", "b", "c"] }) });
    await study.search(
      (trial) => trial.int("depth", 1, 8) + trial.category("kind", ["a", "b", "c"]).length,
      { trials: 100 },
    );
    const tried = (await study.trials()).map(({ params }) => `${params["depth"]}${params["kind"]}`);
    expect(tried).toEqual(["2a", "2b", "2c", "4a", "4b", "4c"]);
  });

  test("makes every trial a child of the study's run", async () => {
    const tracking = openTracking({ records, bytes: memoryBytes() });
    await using study = await open({ tracking, experiment: "e" });
    await study.search(
      async (trial) => {
        const x = trial.float("x", 0, 1);
        trial.report(0, x + 1);
        await trial.run?.logTags({ mine: "yes" });
        if (trial.number === 2) throw new Error("boom");
        return trial.number === 1 ? "pruned" : x;
      },
      { trials: 4 },
    );
    const runs = await tracking.runs({ experiment: "e" });
    const parent = runs.find(({ tags }) => tags["mlflow.parentRunId"] === undefined);
    const children = runs.filter(({ tags }) => tags["mlflow.parentRunId"] === parent?.id);
    expect(children).toHaveLength(4);
    expect(parent).toMatchObject({ status: "finished", name: "s" });
    const best = await study.best();
    expect(parent?.tags["millrace.best"]).toBe(String(best.number));
    const run = children.find(({ id }) => id === best.runId);
    expect(run).toMatchObject({
      status: "finished",
      params: { x: String(best.params["x"]) },
      metrics: { y: best.value },
      tags: { mine: "yes", "millrace.state": "complete", "millrace.trial": String(best.number) },
    });
    const failed = children.find(({ tags }) => tags["millrace.trial"] === "2");
    expect(failed).toMatchObject({ status: "failed", tags: { "millrace.error": "boom" } });
    const history = await tracking.metricHistory(run?.id ?? "", "y");
    expect(history.map(({ step }) => step)).toEqual([0, 1]);
  });
});
