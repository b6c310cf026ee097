/** @file A model whose feature table was declared anew since: nobody serves it another meaning. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveWorkspace } from "../../src/cli/serving.ts";
import {
  applyFeatures,
  featureTable,
  materialize,
  memoryStore,
  scoreBatch,
} from "../../src/feature/index.ts";
import { schema, text } from "../../src/table/index.ts";
import { openWorkspace, type Workspace } from "../../src/workspace/index.ts";
import { makeChampion, spendingModel, spendingOptions } from "../support/spending-model.ts";

const inEuro = featureTable({ ...spendingOptions, description: "in euro" });
const inCents = featureTable({ ...spendingOptions, description: "in cents", version: 2 });
const keysOf = schema("keys", { id: text() });

let folder = "";
let workspace: Workspace;
let model: Awaited<ReturnType<typeof spendingModel>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-other-version-"));
  workspace = await openWorkspace(join(folder, "work"));
  model = await spendingModel(workspace.lake, inEuro);
  await makeChampion(workspace, model);
});
afterAll(async () => {
  await workspace.close();
  await rm(folder, { recursive: true });
});

describe("a model of version 1 of a feature table", () => {
  test("is refused when the online store or the lake has version 2, in a batch, by key and by the server", async () => {
    const { lake } = workspace;
    await using store = await memoryStore();
    await materialize(lake, store, { table: "shop.spending" });
    const served = () => model.lookups.complete([{ id: "a" }], store, Date.now());
    expect((await served())[0]?.row).toEqual({ spend: 0 });
    await applyFeatures(lake, [inCents]);
    expect((await served())[0]?.row).toEqual({ spend: 0 }); // the store has version 1 still
    await materialize(lake, store, { table: "shop.spending" });
    await expect(served()).rejects.toMatchObject({
      code: "feature/conflict-lookup",
      message: expect.stringContaining("train the model again on version 2"),
    });
    const keys = lake.table("shop.keys", keysOf);
    await keys.append([{ id: "a" }]);
    await expect(scoreBatch(model, await keys.read(), { lake })).rejects.toMatchObject({
      code: "feature/conflict-lookup",
      message: expect.stringContaining("the lake has version 2"),
    });
    await expect(serveWorkspace({ workspace, model: "churn", port: 0 })).rejects.toMatchObject({
      code: "feature/conflict-lookup",
    });
  });

  test("says to materialize when the store is the one that is behind", async () => {
    await using store = await memoryStore();
    const state = { version: 0, tableId: "x", tableVersion: 0, atMs: 0, table: "shop.spending" };
    const columns = [{ name: "other", kind: "float" }] as const;
    const upserts = (async function* () {})();
    await store.write({
      ...{ state: { ...state, key: [{ name: "id", kind: "text" }], columns }, from: null },
      ...{ upserts, deletes: [] },
    });
    await expect(model.lookups.complete([{ id: "a" }], store, 0)).rejects.toMatchObject({
      code: "feature/conflict-lookup",
      message: expect.stringContaining("features materialize shop.spending"),
    });
  });
});
