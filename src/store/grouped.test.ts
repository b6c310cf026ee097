/** @file Tests of writing together: tasks share a transaction, and fail alone. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sql } from "./adapter/sqlite.ts";
import { openRecords, type Records } from "./records.ts";

let folder: string;
let records: Records;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-grouped-"));
  records = await openRecords(join(folder, "records.db"));
});
afterEach(async () => {
  await records.close();
  await rm(folder, { recursive: true });
});

const row = (id: string) => ({
  ...{ id, name: `name ${id}`, created_at_ms: 1, updated_at_ms: 1, deleted_at_ms: null },
});
const add = (id: string) =>
  records.write(async (db) => {
    await db.insertInto("experiment").values(row(id)).execute();
    return id;
  });
const ids = async () =>
  (await records.db.selectFrom("experiment").select("id").orderBy("id").execute()).map((r) => r.id);

describe("records.write", () => {
  test("gives what each task gave, and keeps all of them", async () => {
    const names = Array.from({ length: 250 }, (_, i) => `e${String(i).padStart(3, "0")}`);
    expect(await Promise.all(names.map(add))).toEqual(names);
    expect(await ids()).toEqual(names);
  });

  test("undoes a task that throws, whole and alone", async () => {
    const failing = records.write(async (db) => {
      await db.insertInto("experiment").values(row("half")).execute();
      throw new Error("no");
    });
    const all = await Promise.allSettled([add("a"), failing, add("b"), add("a"), add("c")]);
    expect(all.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(await ids()).toEqual(["a", "b", "c"]);
  });

  test("sees what tasks before it wrote", async () => {
    const [, seen] = await Promise.all([
      add("a"),
      records.write((db) => db.selectFrom("experiment").select("id").execute()),
    ]);
    expect(seen).toEqual([{ id: "a" }]);
  });

  test("fails all tasks of a transaction that cannot be committed, and goes on with the next", async () => {
    // a foreign key that is checked at the end fails in the commit, behind every task
    const first = add("first"); // has a transaction of its own: nobody waits yet
    const orphan = () =>
      records.write(async (db) => {
        await sql`pragma defer_foreign_keys = on`.execute(db);
        await db
          .insertInto("experiment_tag")
          .values({ experiment_id: "none", key: "k", value: "v" })
          .execute();
      });
    const all = await Promise.allSettled([first, orphan(), add("a")]);
    expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(await ids()).toEqual(["first"]);
    expect(await add("b")).toBe("b");
  });

  test("fails once the records are closed", async () => {
    const closed = await openRecords(":memory:");
    await closed.close();
    await expect(
      closed.write((db) => db.selectFrom("run").select("id").execute()),
    ).rejects.toMatchObject({ code: "store/conflict-closed" });
  });
});
