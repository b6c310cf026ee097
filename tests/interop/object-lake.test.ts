import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import { int, openLake, schema, text } from "../../src/table/index.ts";
import { checkLake } from "../conform/lake.ts";
import { type Ledger, ledger, tableName } from "../faults/delta-child.ts";
import { checkKills, checkSerial } from "../faults/delta-processes.ts";
import { type Line, openLine, type RunningServer } from "./object-servers.ts";
import { azurite, versitygw } from "./object-storages.ts";
import { pythonWith, runPython } from "./python.ts";

const python = pythonWith("deltaOlder");
if ("missing" in python) process.stdout.write(`delta-rs skipped: ${python.missing}\n`);

const points = schema("points", { id: text({ key: true }), n: int({ nullable: true }) });
const point = (id: string, n: number) => ({ id, n });

/** What delta-rs does with a table, step by step; its last word is what it sees. */
const peer = `
import sys, json, pyarrow as pa
from deltalake import DeltaTable, write_deltalake
path, options, steps = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:]
rows = lambda ids, n: pa.table({"id": ids, "n": pa.array([n] * len(ids), pa.int64())})
for step in steps:
  if step == "create": write_deltalake(path, rows(["p", "q"], 1), storage_options=options)
  t = DeltaTable(path, storage_options=options)
  if step == "append": write_deltalake(t, rows(["r"], 2), mode="append")
  if step == "delete": t.delete("id = 'p'")
  if step == "merge": t.merge(rows(["q", "s"], 3), "t.id = s.id", source_alias="s", target_alias="t").when_matched_update_all().when_not_matched_insert_all().execute()
  if step == "checkpoint": t.create_checkpoint()
t = DeltaTable(path, storage_options=options)
seen = [[r["id"], r["n"]] for r in t.to_pyarrow_table().to_pylist()]
print(json.dumps({"version": t.version(), "rows": sorted(seen)}))
`;

for (const storage of [azurite, versitygw]) {
  const { missing } = storage.program;
  if (missing !== undefined) process.stdout.write(`${storage.name} skipped: ${missing}\n`);

  describe.skipIf(missing !== undefined)(`a lake in ${storage.name}`, () => {
    let home: string;
    let server: RunningServer;
    let line: Line;
    let made = 0;
    const patient = { tries: 8, backoffMs: 20, timeoutMs: 10_000 };
    const open = (url: string, prefix: string, more = {}) =>
      storage.open(url, { ...patient, prefix, cacheFolder: join(home, "cache"), ...more });
    const newPrefix = (): string => `lake ${made++}`;

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), "millrace-object-lake-"));
      const folder = await mkdtemp(join(home, "server-"));
      server = await storage.start(folder);
      await storage.prepare(server, folder);
      line = await openLine(server.port, 400);
    });
    beforeEach(() => {
      line.mishap = () => "none";
    });
    afterAll(async () => {
      await line.close();
      await server.kill();
      await rm(home, { recursive: true, force: true });
    });

    checkLake(async () => {
      const prefix = newPrefix();
      return { open: (options) => openLake(open(server.url, prefix), options) };
    });

    test("says what is wrong with a bucket that is not there, and with a wrong key", async () => {
      const failed = (reason: RegExp) => ({
        code: "store/failed-read",
        message: expect.stringMatching(reason),
      });
      const prefix = newPrefix();
      await expect(
        openLake(open(server.url, prefix, { bucket: "elsewhere" })),
      ).rejects.toMatchObject(failed(/the bucket or container does not exist .*Make it/));
      await expect(openLake(open(server.url, prefix, { wrongKey: true }))).rejects.toMatchObject(
        failed(/(does not accept the credentials|forbids it).*(Check the key|the right to read)/),
      );
    });

    /** A table that other processes open too. */
    async function shared(
      work: (
        at: { place: string; env: Readonly<Record<string, string>> },
        table: Ledger,
      ) => Promise<void>,
    ) {
      const prefix = `processes-${made++}`;
      const { place, env } = storage.address(server.url, prefix);
      await using bytes = open(server.url, prefix);
      await using lake = await openLake(bytes);
      await work({ place, env: { ...env, XDG_CACHE_HOME: home } }, lake.table(tableName, ledger));
    }

    test("written by 4 processes at once is the table that their commits make one after the other", () =>
      shared((at, table) => checkSerial(at, table, { writers: 4, operations: 8 })));

    test("whose writers are killed loses nothing, doubles nothing, and is clean after a vacuum", () =>
      shared(async (at, table) => {
        await checkKills(at, table, { name: storage.name, times: 8 });
        // a writer may have been killed when it had just added a column
        await table.overwrite([{ id: "last", batch: "last", n: 1 }], { evolve: true });
        await using lake = await openLake(open(server.url, at.place.split("/").at(-1) ?? ""), {
          clock: () => Date.now() + 5000,
        });
        const again: Ledger = lake.table(tableName, ledger);
        // readers of this process may still hold files that were committed, and none that was not
        const { held } = await again.vacuum({ retentionHours: 0, force: true });
        const { bytes, folder } = lake.place(tableName);
        const left = (await bytes.list(folder)).filter((name) => name.endsWith(".parquet"));
        expect(left.filter((name) => !held.includes(name))).toHaveLength(1);
        expect((await (await again.read()).rows()).map(({ id }) => id)).toEqual(["last"]);
      }));

    test("is the same on a line that goes wrong every fourth time", async () => {
      const chance = random(11).stream(storage.name);
      const mishaps = ["busy", "hang-up", "lose-answer", "slow", "truncate"] as const;
      const prefix = newPrefix();
      const hasty = { tries: 12, backoffMs: 5, timeoutMs: 200 };
      const wins = await Promise.all(
        ["a", "b", "c"].map(async (name) => {
          await using bytes = open(line.url, prefix, hasty);
          await using lake = await openLake(bytes);
          const table = lake.table("a.points", points);
          const done: string[] = [];
          line.mishap = () => (chance.below(4) === 0 ? chance.pick(mishaps) : "none");
          for (let n = 0; n < 6; n++) {
            const one = point(`${name}${n}`, n);
            await (n % 2 === 0 ? table.append([one]) : table.merge([one], { on: ["id"] }));
            done.push(one.id);
            expect(await (await table.read({ where: (c) => c.id.is(one.id) })).count()).toBe(1);
          }
          return done;
        }),
      );
      line.mishap = () => "none";
      await using lake = await openLake(
        open(server.url, prefix, { cacheFolder: join(home, "new") }),
      );
      const rows = await (await lake.table("a.points", points).read()).rows();
      expect(rows.map(({ id }) => id).sort()).toEqual(wins.flat().sort());
    });

    test.skipIf("missing" in python)(
      "is read and written by delta-rs, and reads what it wrote",
      async () => {
        const prefix = `peer-${made++}`;
        const { place, storageOptions } = storage.address(server.url, prefix).peer;
        await using lake = await openLake(open(server.url, prefix));
        const run = (name: string, ...steps: readonly string[]) =>
          runPython(python, peer, [
            `${place}/tables/a/${name}`,
            JSON.stringify(storageOptions),
            ...steps,
          ]);
        const seen = async (name: string) => {
          const table = lake.table(`a.${name}`, points);
          const rows = (await (await table.read()).rows()).map(({ id, n }) => [id, n]).sort();
          return { version: await table.version(), rows };
        };
        const ours = lake.table("a.ours", points);
        await ours.append([point("p", 1), point("q", 1)]);
        for (let n = 0; n < 10; n++) await ours.append([point(`x${n}`, n)]); // and a checkpoint
        await ours.delete((c) => c.n.isBelow(9).and(c.id.isIn(["p", "q"]).not()));
        expect(run("ours")).toEqual(await seen("ours"));
        expect(run("ours", "append", "delete", "merge", "checkpoint")).toEqual(await seen("ours"));
        await ours.merge([point("s", 7), point("t", 7)], { on: ["id"] });
        await ours.optimize();
        expect(run("ours", "append")).toEqual(await seen("ours"));
        expect(run("theirs", "create", "append", "delete", "merge", "checkpoint")).toEqual(
          await seen("theirs"),
        );
        await lake.table("a.theirs", points).update(
          (c) => c.id.is("r"),
          () => ({ n: 9 }),
        );
        expect(run("theirs")).toEqual(await seen("theirs"));
        expect(await lake.tables()).toEqual(["a.ours", "a.theirs"]);
      },
    );
  });
}
