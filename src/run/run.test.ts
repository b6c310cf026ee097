import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { seededIds, steppingClock } from "../core/index.ts";
import { folderBytes, memoryBytes, openRecords, type Records } from "../store/index.ts";
import { openTracking, type Tracking } from "./index.ts";

let records: Records;
let tracking: Tracking;
beforeEach(async () => {
  records = await openRecords(":memory:");
  const clock = steppingClock(1000, 10);
  tracking = openTracking({ records, bytes: memoryBytes(), clock, ids: seededIds(1) });
});
afterEach(() => records.close());

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

describe("startRun", () => {
  test("records the run before it resolves, as running", async () => {
    const run = await tracking.startRun({ experiment: "churn", name: "first", tags: { by: "me" } });
    expect(await tracking.run(run.id)).toEqual({
      id: run.id,
      experiment: "churn",
      name: "first",
      status: "running",
      startedAtMs: 1000,
      endedAtMs: null,
      params: {},
      metrics: {},
      tags: { by: "me" },
    });
  });

  test("makes experiments on first use; Default has the id 0", async () => {
    for (const experiment of ["a", "b", "a"]) await tracking.startRun({ experiment });
    await tracking.startRun();
    await tracking.startRun({ experiment: "c" });
    const found = (await tracking.experiments()).map(({ id, name }) => [id, name]);
    expect(found).toEqual([
      ["1", "a"],
      ["2", "b"],
      ["0", "Default"],
      ["3", "c"],
    ]);
  });

  test("names a run after its id when it is not told how", async () => {
    const run = await tracking.startRun();
    expect(run.name).toBe(`run-${run.id.slice(0, 8)}`);
  });

  test("the same clock and ids give the same records", async () => {
    const make = async () => {
      await using mine = await openRecords(":memory:");
      const clock = steppingClock(0, 1);
      const other = openTracking({ records: mine, bytes: memoryBytes(), clock, ids: seededIds(7) });
      const run = await other.startRun({ experiment: "e" });
      await run.logMetrics({ auc: 0.5 });
      await run.end();
      return await other.runs();
    };
    expect(await make()).toEqual(await make());
  });

  test("refuses an experiment without a name, and options it does not know", async () => {
    const refused = { code: "run/out-of-range-value" };
    await expect(tracking.startRun({ experiment: " " })).rejects.toMatchObject(refused);
    const long = "x".repeat(501);
    await expect(tracking.startRun({ experiment: long })).rejects.toMatchObject(refused);
    const options = { experimnt: "churn" } as object;
    await expect(tracking.startRun(options)).rejects.toThrow('Did you mean "experiment"?');
  });
});

describe("logParams", () => {
  test("keeps texts as they are and the rest as JSON", async () => {
    const run = await tracking.startRun();
    await run.logParams({ model: "boost", trees: 200, seeded: true, list: [1, "a"], none: null });
    expect((await tracking.run(run.id)).params).toEqual({
      list: '[1,"a"]',
      model: "boost",
      none: "null",
      seeded: "true",
      trees: "200",
    });
  });

  test("takes the same value again, refuses another one, and then logs none of the batch", async () => {
    const run = await tracking.startRun();
    await run.logParams({ depth: 4 });
    await run.logParams({ depth: 4, trees: 10 });
    const changed = run.logParams({ rate: 0.1, depth: 5 });
    await expect(changed).rejects.toMatchObject({
      code: "run/conflict-param",
      kind: "conflict",
      details: { key: "depth", stored: "4", given: "5" },
    });
    expect((await tracking.run(run.id)).params).toEqual({ depth: "4", trees: "10" });
  });

  test("refuses values of more than 6000 characters", async () => {
    const run = await tracking.startRun();
    await run.logParams({ long: "x".repeat(6000) });
    const longer = run.logParams({ longer: "x".repeat(6001) });
    await expect(longer).rejects.toMatchObject({ code: "run/out-of-range-value" });
  });

  const bad = ["", "a".repeat(251), "a*b", "a/../b", "a//b", "/a", "a/", ".", "..", "../a", "a\nb"];
  test.each(bad)("refuses the key %j", async (key) => {
    const run = await tracking.startRun();
    const refused = { code: "run/out-of-range-key", kind: "caller" };
    await expect(run.logParams({ [key]: 1 })).rejects.toMatchObject(refused);
    await expect(run.logMetrics({ [key]: 1 })).rejects.toMatchObject(refused);
    expect(() => run.logTags({ [key]: "1" })).toThrow(expect.objectContaining(refused));
  });

  test("takes the keys that MLflow takes", async () => {
    const run = await tracking.startRun();
    const keys = ["a", "a b-c_d.e:f", "größe", "mlflow.runName", "val/auc"];
    await run.logParams(Object.fromEntries(keys.map((key) => [key, key])));
    expect(Object.keys((await tracking.run(run.id)).params).sort()).toEqual(keys.sort());
  });
});

describe("logMetrics", () => {
  test("keeps the history, and shows the last step's value", async () => {
    const run = await tracking.startRun();
    await run.logMetrics({ loss: 0.9 }, 1);
    await run.logMetrics({ loss: 0.7 }, 3);
    await run.logMetrics({ loss: 0.8 }, 2);
    expect((await tracking.run(run.id)).metrics).toEqual({ loss: 0.7 });
    expect(await tracking.metricHistory(run.id, "loss")).toEqual([
      { key: "loss", value: 0.9, step: 1, atMs: 1010 },
      { key: "loss", value: 0.7, step: 3, atMs: 1020 },
      { key: "loss", value: 0.8, step: 2, atMs: 1030 },
    ]);
  });

  test("at one step, the later time wins; at one time, the one logged last", async () => {
    const run = await tracking.startRun();
    const point = { key: "loss", step: 0 };
    await run.logPoints([{ ...point, value: 1, atMs: 20 }]);
    await run.logPoints([{ ...point, value: 2, atMs: 10 }]);
    expect((await tracking.run(run.id)).metrics).toEqual({ loss: 1 });
    await run.logPoints([{ ...point, value: 0.5, atMs: 20 }]);
    expect((await tracking.run(run.id)).metrics).toEqual({ loss: 0.5 });
  });

  test("keeps NaN and the infinities", async () => {
    const run = await tracking.startRun();
    await run.logMetrics({ nan: Number.NaN, most: Infinity, least: -Infinity, tiny: 5e-324 });
    const metrics = { least: -Infinity, most: Infinity, nan: Number.NaN, tiny: 5e-324 };
    expect((await tracking.run(run.id)).metrics).toEqual(metrics);
    const [point] = await tracking.metricHistory(run.id, "nan");
    expect(point?.value).toBeNaN();
  });

  test("logs a thousand at once, and a point that is there already only once", async () => {
    const run = await tracking.startRun();
    const keys = Array.from({ length: 1000 }, (_, i) => `metric ${i}`);
    await run.logMetrics(Object.fromEntries(keys.map((key, i) => [key, i / 8])), 5);
    expect(Object.keys((await tracking.run(run.id)).metrics)).toHaveLength(1000);
    const point = { key: "metric 8", value: 1, step: 5, atMs: 1010 };
    await run.logPoints([point, point]);
    expect(await tracking.metricHistory(run.id, "metric 8")).toEqual([point]);
  });

  test("law: however points are batched, the history and the last values are the same", async () => {
    const point = fc.record({
      key: fc.constantFrom("a", "b"),
      value: fc.double(),
      step: fc.nat(3),
      atMs: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(point, { maxLength: 10 }), fc.nat(10), async (points, cut) => {
        const whole = await tracking.startRun();
        await whole.logPoints(points);
        const parts = await tracking.startRun();
        await parts.logPoints(points.slice(0, cut));
        await parts.logPoints(points.slice(cut));
        const { metrics } = await tracking.run(whole.id);
        expect((await tracking.run(parts.id)).metrics).toEqual(metrics);
        for (const key of Object.keys(metrics))
          expect(await tracking.metricHistory(parts.id, key)).toEqual(
            await tracking.metricHistory(whole.id, key),
          );
      }),
      { numRuns: 40 },
    );
  });

  test("refuses steps that are not whole and values that are not numbers", async () => {
    const run = await tracking.startRun();
    const refused = { code: "run/out-of-range-value", kind: "caller" };
    await expect(run.logMetrics({ loss: 1 }, 0.5)).rejects.toMatchObject(refused);
    const words = { loss: "low" } as unknown as Record<string, number>;
    await expect(run.logMetrics(words)).rejects.toMatchObject(refused);
    expect((await tracking.run(run.id)).metrics).toEqual({});
  });
});

describe("logTags", () => {
  test("a later value takes the place of an earlier one", async () => {
    const run = await tracking.startRun({ tags: { stage: "trial", by: "me" } });
    await run.logTags({ stage: "final" });
    await run.logTags({});
    expect((await tracking.run(run.id)).tags).toEqual({ by: "me", stage: "final" });
  });
});

describe("logArtifact", () => {
  test("keeps files under the run, where MLflow looks for them", async () => {
    const bytes = memoryBytes();
    const other = openTracking({ records, bytes });
    const run = await other.startRun({ experiment: "churn" });
    await run.logArtifact("plots/roc.svg", text("<svg/>"));
    await run.logArtifact("notes.txt", text("first"));
    await run.logArtifact("notes.txt", text("second"));
    expect(await run.artifacts()).toEqual(["notes.txt", "plots/roc.svg"]);
    expect(await run.artifact("notes.txt")).toEqual(text("second"));
    expect(await other.artifact(run.id, "plots/roc.svg")).toEqual(text("<svg/>"));
    expect(await bytes.has(`artifacts/1/${run.id}/artifacts/plots/roc.svg`)).toBe(true);
  });

  test.each(["../other", "/etc/passwd", "a/../../b", ""])("refuses the path %j", async (path) => {
    const run = await tracking.startRun();
    const refused = { code: "run/out-of-range-path", kind: "caller" };
    await expect(run.logArtifact(path, text("x"))).rejects.toMatchObject(refused);
    await expect(run.artifact(path)).rejects.toMatchObject(refused);
  });

  test("says what there is when an artifact is missing", async () => {
    const run = await tracking.startRun();
    await run.logArtifact("roc.svg", text("x"));
    await expect(run.artifact("rok.svg")).rejects.toMatchObject({
      code: "run/missing-artifact",
      kind: "not-found",
      message: expect.stringContaining('Did you mean "roc.svg"?'),
    });
  });
});

describe("end", () => {
  test("is idempotent: the first end counts", async () => {
    const run = await tracking.startRun();
    await run.end();
    const ended = await tracking.run(run.id);
    expect(ended).toMatchObject({ status: "finished", endedAtMs: 1010 });
    await run.end("failed");
    expect(await tracking.run(run.id)).toEqual(ended);
  });

  test("nothing can be logged to a run that has ended, from any handle", async () => {
    const run = await tracking.startRun();
    const again = await tracking.openRun(run.id);
    await again.logMetrics({ auc: 1 });
    await again.end("failed");
    const ended = { code: "run/conflict-ended", kind: "conflict" };
    await expect(run.logParams({ a: 1 })).rejects.toMatchObject(ended);
    await expect(run.logMetrics({ a: 1 })).rejects.toMatchObject(ended);
    await expect(run.logTags({ a: "1" })).rejects.toMatchObject(ended);
    await expect(run.logArtifact("a", text("x"))).rejects.toMatchObject(ended);
    expect(await run.artifacts()).toEqual([]);
    expect((await tracking.run(run.id)).metrics).toEqual({ auc: 1 });
  });

  test("an exception that leaves the block ends the run as failed", async () => {
    let id = "";
    const work = async (): Promise<void> => {
      await using run = await tracking.startRun();
      id = run.id;
      throw new Error("no memory left");
    };
    await expect(work()).rejects.toThrow("no memory left");
    expect(await tracking.run(id)).toMatchObject({ status: "failed", endedAtMs: 1010 });
  });

  test("leaving the block after end keeps the status", async () => {
    const work = async (): Promise<string> => {
      await using run = await tracking.startRun();
      await run.end();
      return run.id;
    };
    expect(await tracking.run(await work())).toMatchObject({ status: "finished" });
  });

  test("refuses a status that is not an end", async () => {
    const run = await tracking.startRun();
    await expect(run.end("running" as "failed")).rejects.toMatchObject({
      code: "option/out-of-range",
    });
  });
});

describe("openTracking", () => {
  test("gives runs newest first, of one experiment if asked", async () => {
    const first = await tracking.startRun({ experiment: "a" });
    const second = await tracking.startRun({ experiment: "b" });
    const third = await tracking.startRun({ experiment: "a" });
    await first.logMetrics({ auc: 0.5 });
    const ids = (runs: readonly { id: string }[]) => runs.map(({ id }) => id);
    expect(ids(await tracking.runs())).toEqual([third.id, second.id, first.id]);
    const ofA = await tracking.runs({ experiment: "a" });
    expect(ids(ofA)).toEqual([third.id, first.id]);
    expect(ofA[1]?.metrics).toEqual({ auc: 0.5 });
  });

  test("says what there is when a run, an experiment or a metric is missing", async () => {
    const run = await tracking.startRun({ experiment: "churn" });
    await run.logMetrics({ accuracy: 1 });
    const missing = { code: "run/missing-run", kind: "not-found" };
    await expect(tracking.run("nobody")).rejects.toMatchObject(missing);
    await expect(tracking.openRun("nobody")).rejects.toMatchObject(missing);
    await expect(tracking.artifacts("nobody")).rejects.toMatchObject(missing);
    await expect(tracking.runs({ experiment: "chrn" })).rejects.toMatchObject({
      code: "run/missing-experiment",
      message: expect.stringContaining('Did you mean "churn"?'),
    });
    await expect(tracking.metricHistory(run.id, "acuracy")).rejects.toMatchObject({
      code: "run/missing-metric",
      message: expect.stringContaining('Did you mean "accuracy"?'),
    });
  });

  test("finds everything again after the stores are closed and opened", async () => {
    const root = await mkdtemp(join(tmpdir(), "millrace-run-"));
    try {
      const open = () => openRecords(join(root, "records.db"));
      const bytes = folderBytes(join(root, "bytes"));
      const first = await open();
      const run = await openTracking({ records: first, bytes }).startRun({ experiment: "churn" });
      await run.logParams({ trees: 3 });
      await run.logArtifact("a/b.txt", text("kept"));
      await first.close();
      await using second = await open();
      const again = openTracking({ records: second, bytes });
      expect(await again.run(run.id)).toMatchObject({ status: "running", params: { trees: "3" } });
      expect(await again.artifact(run.id, "a/b.txt")).toEqual(text("kept"));
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
