/** @file Tests of the tracking store: what its errors are called, where artifacts are, and a store that is reopened. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { memoryBytes, openRecords, type Records } from "../../store/index.ts";
import { openTracking } from "../tracking.ts";
import { openTrackingStore, type TrackingStore } from "./tracking-store.ts";

let records: Records;
let store: TrackingStore;
beforeEach(async () => {
  records = await openRecords(":memory:");
  store = await openTrackingStore({ records, artifactRoot: "file:///data" });
});
afterEach(() => records.close());

const newRun = async (experimentId = "0") => (await store.createRun({ experimentId })).info.id;

describe("the tracking store", () => {
  test("names what is not there", async () => {
    await expect(store.experiment("9")).rejects.toMatchObject({
      code: "run/missing-experiment-id",
    });
    await expect(store.run("none")).rejects.toMatchObject({ code: "run/missing-run" });
    await expect(store.deleteTag(await newRun(), "k")).rejects.toMatchObject({
      code: "run/missing-tag",
    });
    await expect(store.loggedModels.get("m-1")).rejects.toMatchObject({
      code: "run/missing-logged-model",
    });
    expect(await store.experimentByName("none")).toBeUndefined();
  });

  test("refuses names that are taken, what is deleted, and a run with two names", async () => {
    await expect(store.createExperiment({ name: "Default" })).rejects.toMatchObject({
      code: "run/conflict-experiment",
    });
    const id = await newRun();
    await store.deleteRun(id);
    await expect(store.log(id, {})).rejects.toMatchObject({ code: "run/conflict-deleted" });
    const tags = [{ key: "mlflow.runName", value: "b" }];
    await expect(store.createRun({ experimentId: "0", name: "a", tags })).rejects.toMatchObject({
      code: "run/conflict-name",
    });
    await expect(
      openTrackingStore({ records, artifactRoot: "", rooot: 1 } as never),
    ).rejects.toMatchObject({ code: "option/unknown-name" });
  });

  test("puts artifacts under its root, or where the experiment says", async () => {
    const elsewhere = await store.createExperiment({
      name: "x",
      artifactLocation: "s3://b/c?region=1",
    });
    const uri = async (experimentId: string) =>
      (await store.createRun({ experimentId })).info.artifactUri;
    expect(await uri("0")).toMatch(/^file:\/\/\/data\/0\/[0-9a-f]{32}\/artifacts$/);
    expect(await uri(elsewhere)).toMatch(/^s3:\/\/b\/c\/[0-9a-f]{32}\/artifacts\?region=1$/);
  });

  test("shares its runs with Millrace's own tracking", async () => {
    const tracking = openTracking({ records, bytes: memoryBytes() });
    const own = await tracking.startRun({ experiment: "ours", name: "own" });
    await own.logMetrics({ auc: 0.5 });
    const found = await store.experimentByName("ours");
    const page = await store.searchRuns({
      experimentIds: [found?.id ?? ""],
      filter: "metrics.auc = 0.5",
      maxResults: 5,
    });
    expect(page.items.map(({ info }) => info.artifactUri)).toEqual([
      `file:///data/${found?.id}/${own.id}/artifacts`,
    ]);
    await store.log(own.id, { params: [{ key: "p", value: "1" }] });
    expect((await tracking.run(own.id)).params).toEqual({ p: "1" });
  });

  test("keeps metrics of models by data set, and searches models by them", async () => {
    const runId = await newRun();
    const { id } = await store.loggedModels.create({
      experimentId: "0",
      name: "one",
      params: [{ key: "p", value: "1" }],
      tags: [{ key: "t", value: "x" }],
    });
    const point = {
      key: "auc",
      step: 0,
      atMs: 5,
      modelId: id,
      datasetName: "test",
      datasetDigest: "d1",
    };
    await store.log(runId, { metrics: [{ ...point, value: 0.9 }] });
    await store.loggedModels.create({ experimentId: "0", name: "two" });
    const ready = await store.loggedModels.finalize(id, "ready");
    expect(ready).toMatchObject({
      status: "ready",
      metrics: [{ key: "auc", value: 0.9, runId, datasetName: "test" }],
    });
    expect(ready.artifactUri).toBe(`file:///data/0/models/${id}/artifacts`);
    const names = async (search: object) =>
      (
        await store.loggedModels.search({ experimentIds: ["0"], maxResults: 9, ...search })
      ).items.map(({ name }) => name);
    expect(await names({})).toEqual(["two", "one"]);
    expect(
      await names({
        filter: "metrics.auc > 0.8 AND params.p = '1' AND tags.t = 'x' AND status = 'READY'",
      }),
    ).toEqual(["one"]);
    expect(await names({ filter: "metrics.auc > 0.8", datasets: [{ name: "train" }] })).toEqual([]);
    expect(await names({ datasets: [{ name: "test", digest: "d1" }] })).toEqual(["one"]);
    expect(await names({ orderBy: [{ field: "metrics.auc", isAscending: false }] })).toEqual([
      "one",
      "two",
    ]);
    await expect(
      names({ orderBy: [{ field: "params.p", isAscending: true }] }),
    ).rejects.toMatchObject({ code: "store/corrupt-order" });
    await expect(
      store.loggedModels.logParams(id, [{ key: "p", value: "2" }]),
    ).rejects.toMatchObject({ code: "run/conflict-param" });
    await store.loggedModels.setTags(id, [{ key: "t", value: "y" }]);
    await store.loggedModels.deleteTag(id, "t");
    await expect(store.loggedModels.deleteTag(id, "t")).rejects.toMatchObject({
      code: "run/missing-tag",
    });
    await store.loggedModels.delete(id);
    await expect(store.loggedModels.get(id)).rejects.toMatchObject({
      code: "run/missing-logged-model",
    });
    expect((await store.loggedModels.get(id, true)).name).toBe("one");
    const unknown = store.log(runId, { metrics: [{ ...point, modelId: "m-none", value: 1 }] });
    await expect(unknown).rejects.toMatchObject({ code: "run/missing-logged-model" });
  });

  test("is the same when it is opened again", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-store-"));
    const id = await (async () => {
      await using first = await openRecords(join(folder, "runs.db"));
      const opened = await openTrackingStore({ records: first, artifactRoot: "file:///a" });
      return (await opened.createRun({ experimentId: "0", name: "kept" })).info.id;
    })();
    await using again = await openRecords(join(folder, "runs.db"));
    const opened = await openTrackingStore({ records: again, artifactRoot: "file:///b" });
    expect((await opened.run(id)).info).toMatchObject({
      name: "kept",
      artifactUri: `file:///b/0/${id}/artifacts`,
    });
    await again.close();
    await rm(folder, { recursive: true });
  });
});
