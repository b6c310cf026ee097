/** @file Tests of the registry store: what its errors are called, and that it shares its versions with the registry. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRecords, type Records } from "../../store/index.ts";
import { readAudit } from "../audit.ts";
import { openRegistryStore, type RegistryStore } from "./registry-store.ts";

let records: Records;
let store: RegistryStore;
beforeEach(async () => {
  records = await openRecords(":memory:");
  store = openRegistryStore({ records, addressOf: (source) => `file:///data/${source}` });
});
afterEach(() => records.close());

test("names what is not there, and what is taken", async () => {
  await store.createModel({ name: "a" });
  await expect(store.createModel({ name: "a" })).rejects.toMatchObject({
    code: "registry/conflict-model",
  });
  await expect(store.model("b")).rejects.toMatchObject({ code: "registry/missing-model" });
  await expect(store.version({ name: "a", number: 1 })).rejects.toMatchObject({
    code: "registry/missing-version",
  });
  await expect(store.versionByAlias("a", "x")).rejects.toMatchObject({
    code: "registry/missing-alias",
  });
  const filter = store.searchModels({ filter: "name >", maxResults: 1 });
  await expect(filter).rejects.toMatchObject({ code: "store/corrupt-filter" });
});

test("writes who did what into the audit log, which a new name and an end survive", async () => {
  await store.createModel({ name: "a" });
  await store.createVersion("a", { source: "s3://b", actor: "ada", reason: "first" });
  await store.setAlias({ name: "a", number: 1 }, "champion", { actor: "bob" });
  await store.renameModel("a", "b");
  await store.deleteVersion({ name: "b", number: 1 }, { actor: "eve" });
  await store.deleteModel("b");
  const entries = await readAudit(records.db, "b");
  expect(entries.map(({ action, actor }) => [action, actor])).toEqual([
    ["register", "ada"],
    ["set-alias", "bob"],
    ["remove-alias", "eve"],
  ]);
});

test("tells where the files of a version are that another program stored elsewhere", async () => {
  await store.createModel({ name: "a" });
  const { number } = await store.createVersion("a", {
    source: "models:/m-1",
    storage: "s3://b/m-1",
  });
  expect(await store.storage({ name: "a", number })).toBe("s3://b/m-1");
  expect((await store.version({ name: "a", number })).source).toBe("models:/m-1");
});
