/** @file Tests of the search for a model: folds, fits, what is kept, and rows that are refused. */
import { afterAll, describe, expect, expectTypeOf, test } from "vitest";
import { split } from "../dataset/index.ts";
import { features, numeric } from "../feature/index.ts";
import { boost } from "../model/index.ts";
import { openTracking } from "../run/index.ts";
import { memoryBytes, openRecords } from "../store/index.ts";
import { bool, frame, int, openEngine, schema } from "../table/index.ts";
import { percentilePruner } from "./pruner/percentile.ts";
import { grid } from "./sampler/grid.ts";
import { type SearchModelOptions, searchModel } from "./search-model.ts";
import { space } from "./space.ts";
import { openStudy } from "./study/study.ts";

const engine = await openEngine();
afterAll(() => engine.close());
const people = schema("people", { id: int({ key: true }), age: int(), left: bool() });
const sql =
  "SELECT range AS id, range % 50 AS age, (range % 50 > 20) <> (range % 17 = 0) AS left FROM range(400)";
const rows = frame({ engine, schema: people, sql });
const byAge = features(people, (c) => ({ age: numeric(c.age) }));
const trees = space((s) => ({ trees: s.category([1, 20]), depth: s.int(1, 3) }));
const code = (code: string) => expect.objectContaining({ code });

describe("searchModel", () => {
  test("fits combinations times folds, and one", async () => {
    let fits = 0;
    const found = await searchModel(rows, {
      space: trees,
      fit: (params, part) => {
        expectTypeOf(params).toEqualTypeOf<{ readonly trees: 1 | 20; readonly depth: number }>();
        fits += 1;
        return boost(params).fit(part, { features: byAge, label: "left" });
      },
      ...{ metric: "logLoss", by: "id", folds: 4, sampler: grid() },
    });
    expect(fits).toBe(6 * 4 + 1);
    expect(found.fits).toBe(25);
    expect(found.trials).toHaveLength(6);
    expectTypeOf(found.best.params.trees).toEqualTypeOf<1 | 20>();
    expect(found.best.params.trees).toBe(20);
    for (const { value, notes, steps } of found.trials) {
      const folds = notes["folds"];
      if (!Array.isArray(folds)) return expect.unreachable("the folds' scores were not kept");
      expect(folds).toHaveLength(4);
      expect(value).toBeClose(folds.reduce((sum: number, each) => sum + Number(each), 0) / 4);
      expect(steps.at(-1)?.value).toBe(value);
    }
    expect(found.model.predict({ age: 49 }).value).toBe(true);
  });

  test("says that fit gave no model, at once", async () => {
    let fits = 0;
    const gives = (value: unknown) =>
      searchModel(rows, {
        ...{ space: trees, metric: "logLoss", by: "id", folds: 2, trials: 6 },
        fit: async () => {
          fits += 1;
          return JSON.parse(JSON.stringify({ value })).value;
        },
      });
    await expect(gives(undefined)).rejects.toThrow(code("tune/mismatch-fit"));
    await expect(gives(undefined)).rejects.toThrow("fit gave undefined; expected a fitted model");
    await expect(gives({})).rejects.toThrow("fit gave something that is no model");
    expect(fits).toBe(3);
  });

  test("is the same for the same seed, and goes on with what is kept", async () => {
    await using records = await openRecords(":memory:");
    const tracking = openTracking({ records, bytes: memoryBytes() });
    const search = (trials: number) =>
      searchModel(rows, {
        space: trees,
        fit: (params, part) => boost(params).fit(part, { features: byAge, label: "left" }),
        ...{ name: "search", metric: "auc", by: "id", folds: 2, trials, records, tracking },
      });
    expect((await search(3)).fits).toBe(7);
    const again = await search(5);
    expect(again.fits).toBe(5);
    expect((await search(5)).fits).toBe(1);
    expect((await search(5)).model.hash).toBe(again.model.hash);
    const runs = await tracking.runs({ experiment: "search" });
    const child = runs.find(({ id }) => id === again.best.runId);
    expect(child?.metrics["auc"]).toBe(again.best.value);
    const folds = await tracking.metricHistory(child?.id ?? "", "fold auc");
    expect(folds.map(({ value }) => value)).toEqual(again.best.notes["folds"]);
  });

  test("takes no kept scores of other rows, folds, seeds, metrics or weights", async () => {
    await using records = await openRecords(":memory:");
    const of = (text: string) => frame({ engine, schema: people, sql: text });
    type More = Partial<SearchModelOptions<typeof people.columns, typeof trees, never, boolean>>;
    const search = (more: Pick<More, "metric" | "folds" | "seed" | "weights">, part = rows) =>
      searchModel(part, {
        space: trees,
        fit: (params, part) => boost(params).fit(part, { features: byAge, label: "left" }),
        ...{ name: "ours", metric: "auc", by: "id", folds: 2, trials: 2, records, ...more },
      });
    const first = await search({});
    const refused = async (asked: Promise<unknown>, differ: string) => {
      await expect(asked).rejects.toThrow(code("tune/conflict-search"));
      await expect(asked).rejects.toThrow(`was scored with other ${differ}, and`);
    };
    await refused(search({}, of(sql.replace("> 20", "> 30"))), '"rows"');
    await refused(search({ folds: 3 }), '"folds"');
    await refused(search({ weights: "age" }), '"weights"');
    await refused(search({ folds: 4, weights: "age" }), '"folds", "weights"');
    await expect(search({ seed: 9 })).rejects.toThrow(code("tune/conflict-study"));
    await expect(search({ metric: "prAuc" })).rejects.toThrow(code("tune/conflict-study"));
    const reversed = await search({}, of(`SELECT * FROM (${sql}) ORDER BY id DESC`));
    expect(reversed.trials).toEqual(first.trials);
    const nameless = searchModel(rows, {
      space: trees,
      fit: (params, part) => boost(params).fit(part, { features: byAge, label: "left" }),
      ...{ metric: "auc", by: "id", trials: 2, records },
    });
    await expect(nameless).rejects.toThrow(code("tune/missing-name"));
  });

  test("lets a pruner end a trial between folds", async () => {
    const found = await searchModel(rows, {
      space: space((s) => ({ trees: s.category([20, 1]), depth: s.int(1, 3) })),
      fit: (params, part) => boost(params).fit(part, { features: byAge, label: "left" }),
      ...{ metric: "logLoss", by: "id", folds: 5, sampler: grid() },
      pruner: percentilePruner(10, { startupTrials: 1 }),
    });
    expect(found.trials.some(({ state }) => state === "pruned")).toBe(true);
    expect(found.fits).toBeLessThan(31);
  });

  test("refuses test rows, and validation rows", async () => {
    const { test: testRows } = await split(rows, { by: "id", test: 0.3 });
    const search = (part: typeof rows) =>
      searchModel(part, {
        space: trees,
        fit: (params, part) => boost(params).fit(part, { features: byAge, label: "left" }),
        ...{ metric: "auc", by: "id", sampler: grid() },
      });
    await expect(search(testRows)).rejects.toThrow(code("tune/unsupported-rows"));
    const study = await openStudy({ name: "s", metric: "auc", direction: "maximise" });
    const over = [rows, testRows];
    await expect(study.search(() => 1, { trials: 1, over })).rejects.toThrow(
      code("tune/unsupported-rows"),
    );
    expect(await study.trials()).toEqual([]);
    await study.search(() => 1, { trials: 1, over: [rows] });
  });
});
