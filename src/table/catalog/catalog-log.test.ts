import { describe, expect, test } from "vitest";
import { seededIds, steppingClock } from "../../core/index.ts";
import { type Bytes, memoryBytes } from "../../store/index.ts";
import { type CatalogLog, openCatalogLog } from "./catalog-log.ts";
import type { CatalogChange } from "./entry.ts";

const open = (bytes: Bytes, actor = "ada"): CatalogLog =>
  openCatalogLog({
    ...{ bytes, path: "lake", actor, clock: steppingClock(0, 1), ids: seededIds(1, actor) },
  });
const grant = (to: string): CatalogChange => ({
  ...{ action: "grant", on: { table: "telco.silver" }, to, privileges: ["select"] },
});
const key = (sequence: number): string => `_catalog/log/${String(sequence).padStart(20, "0")}.json`;
const grantees = async (log: CatalogLog): Promise<readonly string[]> =>
  [...(await log.state()).grants.values()].flat().map(({ to }) => to);

describe("catalog log", () => {
  test("law: what many write at once is all there, each once, in one order for all", async () => {
    const bytes = memoryBytes();
    const logs = Array.from({ length: 4 }, (_, i) => open(bytes, `actor ${i}`));
    const names = Array.from({ length: 60 }, (_, i) => `user ${i}`);
    await Promise.all(names.map((to, i) => logs[i % 4]?.add(async () => grant(to))));
    const entries = await open(bytes).entries();
    expect(entries.map(({ sequence }) => sequence)).toEqual(names.map((_, i) => i));
    const order = entries.map((entry) => ("to" in entry ? entry.to : ""));
    expect([...order].sort()).toEqual([...names].sort());
    for (const log of [...logs, open(bytes)]) expect(await grantees(log)).toEqual(order);
  });

  test("a plan sees all that was written before its entry", async () => {
    const bytes = memoryBytes();
    const [one, two] = [open(bytes, "one"), open(bytes, "two")];
    await one.add(async () => grant("first"));
    await two.state();
    const seen: number[] = [];
    await two.add(async (state) => {
      seen.push(state.sequence);
      if (seen.length === 1) await one.add(async () => grant("between"));
      return grant("last");
    });
    expect(seen).toEqual([0, 1]);
    expect(await grantees(one)).toEqual(["first", "between", "last"]);
  });

  test("says who did what, when", async () => {
    const log = open(memoryBytes(), "root");
    await log.add(async () => grant("ada"));
    await log.add(async () => undefined);
    expect(await log.entries()).toEqual([
      {
        ...grant("ada"),
        sequence: 0,
        atMs: 0,
        actor: "root",
        id: expect.stringMatching(/^\w{32}$/),
      },
    ]);
  });

  test("is read from a kept state on, and from its beginning where that is damaged", async () => {
    const bytes = memoryBytes();
    const log = open(bytes);
    for (let i = 0; i < 53; i++) await log.add(async () => grant(`user ${i}`));
    const [kept = ""] = await bytes.list("_catalog/state");
    const gets: string[] = [];
    const get = (at: string): Promise<Uint8Array> => {
      gets.push(at);
      return bytes.get(at);
    };
    expect(await grantees(open({ ...bytes, get }))).toHaveLength(53);
    expect(gets).toHaveLength(4);
    await bytes.put(`_catalog/state/${kept}`, Buffer.from("{"));
    expect(await grantees(open(bytes))).toHaveLength(53);
  });

  test("counts an entry that was stored although the store said it failed", async () => {
    const bytes = memoryBytes();
    const lossy: Bytes = {
      ...bytes,
      putIfAbsent: async (at, body) => {
        await bytes.putIfAbsent(at, body);
        throw new Error("no answer");
      },
    };
    await open(lossy).add(async () => grant("ada"));
    expect(await grantees(open(bytes))).toEqual(["ada"]);
  });

  test("fails with the store when it failed and nothing was stored", async () => {
    const bytes = memoryBytes();
    const broken: Bytes = { ...bytes, putIfAbsent: async () => Promise.reject(new Error("full")) };
    await expect(open(broken).add(async () => grant("ada"))).rejects.toThrow("full");
    expect(await open(bytes).entries()).toEqual([]);
  });

  test("gives up when others win every race", async () => {
    const bytes = memoryBytes();
    const rival = open(bytes, "rival");
    const work = open(bytes).add(async () => {
      await rival.add(async () => grant("rival"));
      return grant("ada");
    });
    await expect(work).rejects.toMatchObject({ code: "table/conflict-catalog" });
  });

  test("refuses entries that are damaged, missing, or of a newer Millrace", async () => {
    const bytes = memoryBytes();
    await open(bytes).add(async () => grant("ada"));
    const refused = async (text: string, code: string): Promise<void> => {
      await bytes.put(key(1), Buffer.from(text));
      await expect(open(bytes).state()).rejects.toMatchObject({ code });
    };
    await refused("{", "table/corrupt-catalog");
    await refused("[]", "table/corrupt-catalog");
    await refused('{"action":"grant"}', "table/corrupt-catalog");
    const mask = { action: "mask", on: { table: "telco.silver" }, sequence: 1 };
    await refused(JSON.stringify(mask), "table/unsupported-catalog");
    await bytes.put(key(2), await bytes.get(key(0)));
    await bytes.remove(key(1));
    await expect(open(bytes).state()).rejects.toThrow("it is missing");
  });
});
