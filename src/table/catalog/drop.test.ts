import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { seededIds, steppingClock } from "../../core/index.ts";
import type { Bytes } from "../../store/index.ts";
import { dropMark } from "../delta/log.ts";
import { int, type Lake, openLake, schema, text } from "../index.ts";
import { openCatalog } from "./catalog.ts";
import { openCatalogLog } from "./catalog-log.ts";

const point = schema("point", { x: int() });
const layout = { main: "main", nested: new Set<string>() };

async function telco(): Promise<Lake> {
  const lake = await newLake({ actor: "ada" });
  await lake.table("telco.silver", point).append([{ x: 1 }]);
  await lake.table("telco.silver", point).append([{ x: 2 }, { x: 3 }]);
  await lake.table("telco.gold", point).append([{ x: 1 }]);
  await lake.volume("telco.landing").put("a.csv", "id\n1\n");
  await lake.table("shop.orders", point).append([{ x: 1 }]);
  await lake.grant({ to: "ada", privilege: "select", on: "telco.silver" });
  await lake.annotate("telco.silver", { tags: { pii: "yes" } });
  return lake;
}

/** Files of a lake by their paths in it, but for those of the catalog and the lake itself. */
async function filesOf(lake: Lake): Promise<readonly string[]> {
  const files = await readdir(lake.path, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => `${file.parentPath}/${file.name}`.slice(lake.path.length + 1));
  return paths.filter((path) => !path.startsWith("_catalog/") && path !== "lake.json");
}

/** The catalog of a lake over other bytes, as another process or a store in trouble would be. */
const over = (lake: Lake, bytes: Bytes) => {
  const [ids, clock] = [seededIds(3), steppingClock(0, 1)];
  const log = openCatalogLog({ bytes, path: lake.path, clock, ids, actor: "eve" });
  return openCatalog({ bytes, layout, log, engine: lake.engine, ids, actor: "eve" });
};

const missing = { code: "table/missing-table" };

describe("drop", () => {
  test("removes a table with its files, grants and tags, and nothing else", async () => {
    await using lake = await telco();
    const others = (await filesOf(lake)).filter((file) => !file.startsWith("tables/telco/silver"));
    const table = lake.table("telco.silver", point);
    expect(await lake.drop("telco.silver")).toMatchObject({
      things: [{ kind: "table", name: "telco.silver", rows: 3, files: 4 }],
      ...{ grants: 1, dryRun: false },
    });
    expect(await filesOf(lake)).toEqual(others);
    expect(await table.exists()).toBe(false);
    await expect(table.read()).rejects.toMatchObject(missing);
    expect(await lake.tables()).toEqual(["shop.orders", "telco.gold"]);
    expect(await lake.grants()).toEqual([]);
    await table.append([{ x: 9 }]);
    expect(await (await table.read()).count()).toBe(1);
    expect(await lake.describe("telco.silver")).toMatchObject({ tags: {}, owner: null });
    expect(await lake.grants()).toEqual([]);
  });

  test("says what it would remove, and removes nothing", async () => {
    await using lake = await telco();
    const before = await filesOf(lake);
    const entries = await lake.audit();
    const planned = await lake.drop({ schema: "telco" }, { cascade: true, dryRun: true });
    expect(planned.things.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      ...["volume telco.landing", "table telco.gold", "table telco.silver", "schema telco"],
    ]);
    expect(planned).toMatchObject({ grants: 1, dryRun: true });
    expect(await filesOf(lake)).toEqual(before);
    expect(await lake.audit()).toEqual(entries);
    const { dryRun: _, ...done } = await lake.drop({ schema: "telco" }, { cascade: true });
    expect(planned).toMatchObject(done);
  });

  test("of a schema or catalog that is not empty needs cascade", async () => {
    await using lake = await telco();
    await expect(lake.drop({ schema: "telco" })).rejects.toMatchObject({
      code: "table/conflict-contents",
      details: { contents: ["table telco.gold", "table telco.silver", "volume telco.landing"] },
    });
    await lake.drop({ schema: "telco" }, { cascade: true });
    expect(await lake.schemas()).toEqual(["shop"]);
    expect(await filesOf(lake)).toHaveLength(2);
    await lake.create({ schema: "empty" });
    await lake.drop({ schema: "empty" });
    await lake.drop({ catalog: "main" }, { cascade: true });
    expect(await filesOf(lake)).toEqual([]);
    expect([await lake.catalogs(), await lake.schemas()]).toEqual([["main"], []]);
    expect(await readdir(lake.path)).toEqual(["_catalog", "lake.json"]);
  });

  test("of a catalog leaves the others", async () => {
    await using lake = await telco();
    await lake.table("dev.telco.silver", point).append([{ x: 1 }]);
    await lake.drop({ catalog: "dev" }, { cascade: true });
    expect(await lake.catalogs()).toEqual(["main"]);
    expect(await lake.tables()).toEqual(["shop.orders", "telco.gold", "telco.silver"]);
  });

  test("leaves in the audit trail who dropped what", async () => {
    await using lake = await telco();
    await lake.drop("telco.silver");
    const [begun, ended] = (await lake.audit()).slice(-2);
    expect(begun).toMatchObject({ action: "drop", on: { table: "telco.silver" }, actor: "ada" });
    expect(ended).toMatchObject({ action: "end-drop", on: { table: "telco.silver" } });
  });

  test("refuses what is not there, with the nearest that is", async () => {
    await using lake = await telco();
    await expect(lake.drop("telco.slver")).rejects.toThrow('Did you mean "telco.silver"?');
    await expect(lake.drop({ schema: "telko" })).rejects.toThrow('Did you mean "telco"?');
    await expect(lake.drop({ volume: "telco.land" })).rejects.toMatchObject({
      code: "table/missing-volume",
    });
    await expect(lake.drop({ catalog: "prod" })).rejects.toMatchObject({
      code: "table/missing-catalog",
    });
  });

  test("takes a table that cannot be read, too", async () => {
    await using lake = await telco();
    const { bytes, folder } = lake.place("telco.silver");
    await bytes.put(`${folder}/_delta_log/${"1".padStart(20, "0")}.json`, Buffer.from("{"));
    expect(await lake.drop("telco.silver")).toMatchObject({ things: [{ rows: null }] });
    expect(await lake.tables()).not.toContain("telco.silver");
  });
});

describe("a drop that was interrupted", () => {
  test("law: after any number of removed files, leaves the table whole or missing, and is ended by the next", async () => {
    const [whole, gone] = [new Set<number>(), new Set<number>()];
    for (let writes = 0; writes < 20; writes++) {
      await using lake = await telco();
      const { bytes } = lake.place("telco.silver");
      const count = { left: writes };
      const alive = async (): Promise<void> => {
        if (count.left-- <= 0) throw new Error("killed");
      };
      const dying: Bytes = {
        ...bytes,
        put: (key, body) => alive().then(() => bytes.put(key, body)),
        putIfAbsent: (key, body) => alive().then(() => bytes.putIfAbsent(key, body)),
        remove: (key) => alive().then(() => bytes.remove(key)),
      };
      const work = over(lake, dying).drop({ schema: "telco" }, { cascade: true });
      const died = await work.then(
        () => false,
        () => true,
      );
      const table = lake.table("telco.silver", point);
      if (await table.exists()) {
        expect(await (await table.read()).count()).toBe(3);
        whole.add(writes);
      } else {
        await expect(table.read()).rejects.toMatchObject(missing);
        await expect(lake.schemaOf("telco.silver")).rejects.toMatchObject(missing);
        expect(await lake.history("telco.silver")).toEqual([]);
        expect(await lake.tables()).not.toContain("telco.silver");
        gone.add(writes);
      }
      if (died && writes > 0) {
        await expect(table.append([{ x: 9 }])).rejects.toMatchObject({
          code: "table/conflict-drop",
        });
        await expect(
          lake.grant({ to: "eve", privilege: "select", on: { schema: "telco" } }),
        ).rejects.toMatchObject({ code: "table/conflict-drop" });
      }
      if (died) await lake.drop({ schema: "telco" }, { cascade: true });
      expect(await filesOf(lake)).toHaveLength(2);
      expect(await lake.schemas()).toEqual(["shop"]);
      await table.append([{ x: 9 }]);
      expect(await (await table.read()).count()).toBe(1);
    }
    expect([whole.size > 0, gone.size > 0]).toEqual([true, true]);
  });

  test("inside a schema is ended when the schema is dropped", async () => {
    await using lake = await telco();
    const { bytes } = lake.place("telco.silver");
    const dying: Bytes = { ...bytes, remove: async () => Promise.reject(new Error("killed")) };
    await expect(over(lake, dying).drop("telco.silver")).rejects.toThrow("killed");
    await expect(lake.create({ volume: "telco.out" })).resolves.toBeUndefined();
    await lake.drop({ schema: "telco" }, { cascade: true });
    await lake.table("telco.silver", point).append([{ x: 1 }]);
    expect(await lake.tables("telco")).toEqual(["telco.silver"]);
  });
});

describe("while a table is dropped", () => {
  test("a writer that read it before fails, and leaves nothing", async () => {
    await using lake = await telco();
    const table = lake.table("telco.silver", point);
    const work = table.append([{ x: 4 }], {
      confirm: async () => {
        await using other = await openLake(lake.path);
        await other.drop("telco.silver");
      },
    });
    await expect(work).rejects.toMatchObject({ code: "table/conflict-dropped" });
    expect((await filesOf(lake)).filter((file) => file.includes("silver"))).toEqual([]);
  });

  test("a writer does not write to the table that was made anew in its place", async () => {
    await using lake = await telco();
    const work = lake.table("telco.silver", point).append([{ x: 4 }], {
      confirm: async () => {
        await using other = await openLake(lake.path);
        await other.drop("telco.silver");
        await other.table("telco.silver", schema("other", { y: text() })).append([{ y: "a" }]);
      },
    });
    await expect(work).rejects.toMatchObject({ code: "table/conflict-dropped" });
    expect(await lake.describeTable("telco.silver")).toMatchObject({ version: 0, rows: 1 });
  });

  test("a table that is made in its schema fails, lest its files be swept away", async () => {
    await using lake = await telco();
    const fresh = lake.table("telco.fresh", point);
    const work = fresh.append([{ x: 4 }], {
      confirm: async () => {
        await using other = await openLake(lake.path);
        await other.drop({ schema: "telco" }, { cascade: true });
      },
    });
    await expect(work).rejects.toMatchObject({ code: "table/conflict-dropped" });
    expect(await filesOf(lake)).toHaveLength(2);
    await fresh.append([{ x: 5 }]);
    expect(await (await fresh.read()).rows()).toEqual([{ x: 5 }]);
  });

  test("a commit that came between is taken back, and so is a new table's", async () => {
    for (const name of ["telco.silver", "telco.fresh"]) {
      await using lake = await telco();
      const place = lake.place(name);
      const key = `${place.folder}/_delta_log/`;
      const before = (await place.bytes.list(key.slice(0, -1))).length;
      const other = await openLake(lake.path);
      const { putIfAbsent } = place.bytes;
      place.bytes.putIfAbsent = async (at, body) => {
        if (at.startsWith(key)) {
          place.bytes.putIfAbsent = putIfAbsent;
          const halt = new AbortController();
          const progress = (): void => halt.abort(new Error("paused"));
          const how = { cascade: true, signal: halt.signal, progress };
          await other.drop({ schema: "telco" }, how).catch(() => undefined);
        }
        return putIfAbsent(at, body);
      };
      await expect(lake.table(name, point).append([{ x: 1 }])).rejects.toMatchObject({
        code: "table/conflict-drop",
      });
      expect(await place.bytes.list(key.slice(0, -1))).toHaveLength(before);
      await other.close();
    }
  });

  test("a reader that goes on with what it read before is told that its files are gone", async () => {
    await using lake = await telco();
    const rows = await lake.table("telco.silver", point).read();
    await lake.drop("telco.silver");
    await expect(rows.count()).rejects.toMatchObject({
      code: "table/missing-data",
      details: { name: "telco.silver", file: expect.stringMatching(/^part-.*\.parquet$/) },
    });
  });

  test("a reader finds a table with the mark of a drop missing, whatever else is there", async () => {
    await using lake = await telco();
    const { bytes, folder } = lake.place("telco.silver");
    await bytes.put(`${folder}/_delta_log/${dropMark}`, Buffer.from("{}\n"));
    await expect(lake.table("telco.silver", point).read()).rejects.toMatchObject(missing);
    expect(await lake.tables("telco")).toEqual(["telco.gold"]);
  });

  test("a reader whose commits vanish under it finds the table missing", async () => {
    await using lake = await telco();
    const { bytes, folder } = lake.place("telco.silver");
    const { list } = bytes;
    bytes.list = async (at) => {
      const found = await list(at);
      if (at !== `${folder}/_delta_log`) return found;
      bytes.list = list;
      await using other = await openLake(lake.path);
      await other.drop("telco.silver");
      return found;
    };
    await expect(lake.table("telco.silver", point).read()).rejects.toMatchObject(missing);
  });

  test("a mark that comes when another has ended the drop does not stay", async () => {
    await using lake = await telco();
    const { bytes } = lake.place("telco.silver");
    const { put } = bytes;
    bytes.put = async (key, body) => {
      if (!key.includes("_delta_log")) return put(key, body);
      bytes.put = put;
      await using other = await openLake(lake.path);
      await other.drop({ schema: "telco" }, { cascade: true });
      return put(key, body);
    };
    await lake.drop({ schema: "telco" }, { cascade: true });
    expect(bytes.put).toBe(put);
    expect(await lake.schemas()).toEqual(["shop"]);
  });

  test("two that drop it at once both end well", async () => {
    await using lake = await telco();
    await using other = await openLake(lake.path);
    const how = { cascade: true };
    const done = await Promise.allSettled([
      lake.drop({ schema: "telco" }, how),
      other.drop({ schema: "telco" }, how),
    ]);
    const failed = done.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    for (const error of failed) expect(error).toMatchObject({ code: "table/missing-schema" });
    expect(failed.length).toBeLessThan(2);
    expect(await lake.schemas()).toEqual(["shop"]);
    expect((await lake.audit()).filter(({ action }) => action === "drop")).toHaveLength(1);
  });
});

describe("a volume that is dropped", () => {
  test("is gone with its files, and a file that came meanwhile does not stay", async () => {
    await using lake = await telco();
    const landing = lake.volume("telco.landing");
    const { bytes } = lake.place("telco.silver");
    const { put } = bytes;
    bytes.put = async (key, body) => {
      bytes.put = put;
      await using other = await openLake(lake.path);
      await other.drop({ volume: "telco.landing" });
      await put(key, body);
    };
    await expect(landing.put("b.csv", "x")).rejects.toMatchObject({
      code: "table/missing-volume",
    });
    expect((await filesOf(lake)).filter((file) => file.endsWith(".csv"))).toEqual([]);
    await expect(landing.files()).rejects.toMatchObject({ code: "table/missing-volume" });
  });
});
