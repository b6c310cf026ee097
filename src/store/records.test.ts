import { execFile, execFileSync } from "node:child_process";
import { chmod, mkdtemp, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkRecords } from "../../tests/conform/records.ts";
import { openRecords, type Records } from "./index.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-records-"));
  await chmod(home, 0o755);
});
afterAll(() => rm(home, { recursive: true, force: true }));

const folder = (): Promise<string> => mkdtemp(join(home, "store-"));
const file = async (): Promise<string> => join(await folder(), "records.db");
const row = { name: "a", created_at_ms: 0, updated_at_ms: 0, deleted_at_ms: null };
const add = ({ db }: Records, id: string, name = id): Promise<unknown> =>
  db
    .insertInto("experiment")
    .values({ ...row, id, name })
    .execute();
const ids = async ({ db }: Records): Promise<string[]> =>
  (await db.selectFrom("experiment").select("id").orderBy("id").execute()).map(({ id }) => id);

/** Runs work as a user without rights: root is allowed to write everywhere. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  const { seteuid } = process;
  const root = seteuid !== undefined && process.geteuid?.() === 0;
  if (root) seteuid(65534);
  return work().finally(() => root && seteuid(0));
}

describe("openRecords", () => {
  checkRecords(async () => openRecords(await file()));

  test("makes the folder, and finds the rows again after closing", async () => {
    const path = join(await folder(), "a", "b", "records.db");
    const first = await openRecords(path);
    await add(first, "1");
    await first.close();
    await using second = await openRecords(path);
    expect(await ids(second)).toEqual(["1"]);
  });

  test("keeps a write-ahead log that is flushed with every commit", async () => {
    const path = await file();
    await using records = await openRecords(path);
    await add(records, "1");
    const other = new DatabaseSync(path, { readOnly: true });
    expect(other.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
    other.close();
  });

  test("two openings of one file in a process wait for each other's transactions", async () => {
    const path = await file();
    await using one = await openRecords(path);
    await using two = await openRecords(path);
    const both = [one, two].map(({ db }, i) =>
      db.transaction().execute(async (t) => {
        const before = await t.selectFrom("experiment").selectAll().execute();
        await new Promise((resolve) => setImmediate(resolve));
        await t
          .insertInto("experiment")
          .values({ ...row, id: `${i}`, name: `${i}` })
          .execute();
        return before.length;
      }),
    );
    expect(await Promise.all(both)).toEqual([0, 1]);
  });

  test("processes that open one new file at once all succeed, and write to it", async () => {
    const path = await file();
    const store = new URL("./index.ts", import.meta.url).href;
    const program = (id: number) => `
      const { openRecords } = await import(${JSON.stringify(store)});
      await using records = await openRecords(${JSON.stringify(path)});
      const row = { created_at_ms: 0, updated_at_ms: 0, deleted_at_ms: null };
      for (let i = 0; i < 5; i++) {
        const id = "${id}-" + i;
        await records.db.insertInto("experiment").values({ ...row, id, name: id }).execute();
      }`;
    const run = (id: number) =>
      promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program(id)]);
    const output = await Promise.all([1, 2, 3, 4].map(run));
    expect(output.map(({ stderr }) => stderr)).toEqual(["", "", "", ""]); // no warnings either
    await using records = await openRecords(path);
    expect(await ids(records)).toHaveLength(20);
  });

  test("waits no longer than it was told for a process that does not let go", async () => {
    const path = await file();
    await using records = await openRecords(path, { lockTimeoutMs: 10 });
    const other = new DatabaseSync(path);
    other.exec("begin immediate");
    await expect(add(records, "1")).rejects.toMatchObject({
      code: "store/timed-out-lock",
      kind: "environment",
      message: expect.stringContaining("for more than 10 ms"),
    });
    other.exec("rollback");
    other.close();
    await add(records, "1");
    expect(await ids(records)).toEqual(["1"]);
  });

  test("refuses a file of a newer Millrace before anything in it is changed", async () => {
    const path = await file();
    await (await openRecords(path)).close();
    const newer = new DatabaseSync(path);
    newer.exec("update millrace_format set number = 99");
    newer.close();
    const before = await readFile(path);
    const error = { code: "store/unsupported-format", kind: "environment" };
    await expect(openRecords(path)).rejects.toMatchObject({
      ...error,
      message: expect.stringMatching(/format 99, .* up to \d+\. Upgrade Millrace/),
    });
    expect(await readFile(path)).toEqual(before);
  });

  test("refuses the file of another program", async () => {
    const path = await file();
    const other = new DatabaseSync(path);
    other.exec("create table songs (title text)");
    other.close();
    const before = await readFile(path);
    await expect(openRecords(path)).rejects.toMatchObject({
      code: "store/unsupported-table",
      message: expect.stringContaining('"songs"'),
    });
    expect(await readFile(path)).toEqual(before);
  });

  test("refuses a file that is not SQLite, and leaves it alone", async () => {
    const path = await file();
    await writeFile(path, "a diary of some length, and not a database at all\n".repeat(100));
    const corrupt = { code: "store/corrupt-records", kind: "environment" };
    await expect(openRecords(path)).rejects.toMatchObject(corrupt);
    expect((await readFile(path)).toString()).toContain("a diary");
  });

  test("says so when pages of the file are damaged or cut off", async () => {
    const corrupt = { code: "store/corrupt-records", kind: "environment" };
    const path = await file();
    const first = await openRecords(path);
    await add(first, "1");
    await first.close();
    const bytes = await readFile(path);
    await truncate(path, 8192);
    await expect(openRecords(path).then(ids)).rejects.toMatchObject(corrupt);
    await writeFile(path, bytes.fill(0xff, 100, 4096));
    await expect(openRecords(path).then(ids)).rejects.toMatchObject(corrupt);
  });

  test("a folder that may not be written is a failed write that says so", async () => {
    const root = await folder();
    await chmod(root, 0o555);
    for (const path of [join(root, "records.db"), join(root, "inner", "records.db")])
      await expect(unprivileged(() => openRecords(path))).rejects.toMatchObject({
        code: "store/failed-write",
        kind: "environment",
      });
  });

  test("a file that may not be written is a failed write that says so", async () => {
    const path = await file();
    await (await openRecords(path)).close();
    await chmod(path, 0o444);
    await chmod(join(path, ".."), 0o755);
    const writing = unprivileged(async () => add(await openRecords(path), "1"));
    await expect(writing).rejects.toMatchObject({ code: "store/failed-write" });
  });

  test("a full disk fails one write, and the rest goes on when there is room", async (context) => {
    const root = await folder();
    try {
      const options = ["-t", "tmpfs", "-o", "size=512k", "tmpfs", root];
      execFileSync("mount", options, { stdio: "ignore" });
    } catch {
      return context.skip("mounting a small disk needs root");
    }
    try {
      const path = join(root, "records.db");
      const filler = await open(join(root, "filler"), "w");
      await using records = await openRecords(path);
      await add(records, "1");
      await filler.writeFile(Buffer.alloc(1 << 20)).catch(() => undefined);
      const large = "x".repeat(100_000);
      await expect(add(records, "2", large)).rejects.toMatchObject({
        code: "store/failed-write",
        kind: "environment",
      });
      const inTransaction = records.db.transaction().execute(async (t) => {
        await t
          .insertInto("experiment")
          .values({ ...row, id: "3", name: large })
          .execute();
      });
      await expect(inTransaction).rejects.toMatchObject({ code: "store/failed-write" });
      await filler.truncate(0);
      await filler.close();
      await add(records, "4");
      expect(await ids(records)).toEqual(["1", "4"]);
    } finally {
      execFileSync("umount", ["--lazy", root]);
    }
  });

  test("refuses options it does not know", async () => {
    const options = { lockTimeout: 5 };
    await expect(openRecords(":memory:", options as object)).rejects.toMatchObject({
      code: "option/unknown-name",
    });
  });
});

describe("openRecords in memory", () => {
  checkRecords(() => openRecords(":memory:"));
});
