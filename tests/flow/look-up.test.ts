/** @file Features by key over HTTP: what an online store has, bit for bit, and what is refused. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { serveWorkspace } from "../../src/cli/serving.ts";
import {
  featureTable,
  materialize,
  memoryStore,
  type OnlineEntry,
  type OnlineStore,
  writeFeatures,
} from "../../src/feature/index.ts";
import { featureClient } from "../../src/serve/index.ts";
import { type HttpServer, serveHttp } from "../../src/server/index.ts";
import { bool, category, float, int, schema, text, timestamp } from "../../src/table/index.ts";
import { openWorkspace } from "../../src/workspace/index.ts";
import { batch, entry, parts, state, things } from "../conform/online-rows.ts";
import { newLake } from "../support/lake.ts";
import { makeChampion, spendingModel, spendingTable } from "../support/spending-model.ts";

const visits = featureTable({
  name: "shop.visits",
  schema: schema("visits", {
    id: text(),
    shop: int(),
    at: timestamp(),
    spend: float({ nullable: true }),
    gold: bool(),
    plan: category(["free", "paid"]),
    since: timestamp(),
  }),
  key: ["id", "shop"],
  timestamp: "at",
});
const aging = featureTable({
  ...{ name: "shop.aging", key: "id", timestamp: "at", ttl: { days: 2 } },
  schema: schema("aging", { id: text(), at: timestamp(), spend: float() }),
});
const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

let store: OnlineStore;
let web: HttpServer;
beforeAll(async () => {
  await using lake = await newLake();
  const row = {
    id: "a",
    shop: 1,
    at: day(2),
    spend: 0.1,
    gold: true,
    plan: "paid",
    since: day(1),
  } as const;
  await writeFeatures(lake, visits, [
    row,
    { ...row, id: "ü/?", shop: -7, spend: null, at: day(3) },
  ]);
  store = await memoryStore();
  await materialize(lake, store, { table: "shop.visits" });
  web = await serveHttp({ endpoints: [], store });
});
afterAll(async () => {
  await web.close();
  await store.close();
});

async function post(table: string, body: unknown) {
  const response = await fetch(`${web.url}/online/${table}/lookup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("POST /online/:table/lookup", () => {
  test("gives features with their kinds and time, in the order of keys and of features", async () => {
    const keys = [
      { shop: 1, id: "a" },
      { id: "z", shop: 1 },
      { id: "ü/?", shop: -7 },
    ];
    expect(await post("shop.visits", { keys, features: ["plan", "spend"] })).toEqual({
      status: 200,
      body: {
        table: "shop.visits",
        version: 1,
        features: [
          { name: "plan", kind: "category" },
          { name: "spend", kind: "float" },
        ],
        rows: [
          { values: ["paid", 0.1], time: "2026-01-02T00:00:00.000Z", status: "valid" },
          null,
          { values: ["paid", null], time: "2026-01-03T00:00:00.000Z", status: "valid" },
        ],
      },
    });
  });

  test("is 404 for a table or a feature that is not there, and names the nearest", async () => {
    const keys = [{ id: "a", shop: 1 }];
    expect(await post("shop.visit", { keys })).toMatchObject({
      status: 404,
      body: {
        error_code: "feature/missing-online-table",
        message: expect.stringContaining('Did you mean "shop.visits"?'),
      },
    });
    expect(await post("shop.visits", { keys, features: ["spent"] })).toMatchObject({
      status: 404,
      body: {
        error_code: "feature/unknown-online-column",
        message: expect.stringContaining('Did you mean "spend"?'),
      },
    });
  });

  test.each([
    [
      "a key of another type",
      { keys: [{ id: 5, shop: 1 }] },
      "serve/mismatch-request",
      "id: expected a text",
    ],
    ["a key that is missing", { keys: [{ id: "a" }] }, "serve/mismatch-request", "shop"],
    ["a key that is null", { keys: [{ id: null, shop: 1 }] }, "serve/mismatch-request", "got null"],
    [
      "a name that the key has not",
      { keys: [{ id: "a", shop: 1, x: 1 }] },
      "serve/mismatch-request",
      "x",
    ],
    [
      "the second of two keys",
      { keys: [{ id: "a", shop: 1 }, 3] },
      "serve/mismatch-request",
      "row 1",
    ],
    ["no keys", { keys: [] }, "server/out-of-range-rows", "1 to 10,000"],
    ["keys that are no list", { keys: { id: "a" } }, "server/mismatch-body", "a list of keys"],
    ["features that are no names", { keys: [{}], features: [1] }, "server/mismatch-body", "names"],
    ["a list", [], "server/mismatch-body", "an object"],
    ["another word", { key: [] }, "server/mismatch-body", 'Did you mean "keys"?'],
  ])("refuses %s with 400", async (...[, body, code, words]) => {
    const message = expect.stringContaining(words);
    expect(await post("shop.visits", body)).toMatchObject({
      status: 400,
      body: { error_code: code, message },
    });
  });

  test("is served for all feature tables of a workspace with serve --features, and only then", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-look-up-"));
    {
      await using workspace = await openWorkspace(join(folder, "work"));
      await makeChampion(workspace, await spendingModel(workspace.lake, spendingTable));
      await writeFeatures(workspace.lake, visits, []);
      const task = { workspace, model: "churn", port: 0 };
      const without = await serveWorkspace(task);
      const ask = (url: string) =>
        featureClient<typeof spendingTable>(url, { table: "shop.spending" }).read([{ id: "c" }]);
      const missing = { code: "server/missing-online-store" };
      await expect(ask(without.web.url)).rejects.toMatchObject(missing);
      await without.close();
      const served = await serveWorkspace({ ...task, features: true });
      expect(await ask(served.web.url)).toEqual([
        { status: "valid", features: { spend: 2 }, time: null },
      ]);
      const others = featureClient<typeof visits>(served.web.url, { table: "shop.visits" });
      expect(await others.read([{ id: "a", shop: 1 }])).toEqual([undefined]);
      await served.close();
    }
    await rm(folder, { recursive: true });
  });

  test("is not there where no store was given", async () => {
    await using plain = await serveHttp({ endpoints: [] });
    const asking = featureClient(plain.url, { table: "shop.visits" }).read([{ id: "a" }]);
    await expect(asking).rejects.toMatchObject({ code: "server/missing-online-store" });
  });
});

describe("featureClient", () => {
  test("gives typed features and the moment they are of, undefined for a key that is not there", async () => {
    const asked = featureClient<typeof visits>(web.url, { table: "shop.visits" });
    const found = await asked.read([
      { id: "ü/?", shop: -7 },
      { id: "b", shop: 1 },
    ]);
    expect(found).toEqual([
      {
        status: "valid",
        features: { spend: null, gold: true, plan: "paid", since: day(1) },
        time: day(3),
      },
      undefined,
    ]);
    const [first] = await asked.read([{ id: "a", shop: 1 }], ["plan"]);
    expect(first?.features).toEqual({ plan: "paid" });
    if (first?.status !== "valid") throw new Error("it does not count");
    expectTypeOf(first.features).toEqualTypeOf<{ readonly plan: "free" | "paid" }>();
    // @ts-expect-error the table has no such feature
    await expect(asked.read([{ id: "a", shop: 1 }], ["plans"])).rejects.toMatchObject({
      code: "feature/unknown-online-column",
      kind: "not-found",
    });
    // @ts-expect-error the key has two columns
    await expect(asked.read([{ id: "a" }])).rejects.toMatchObject({
      code: "serve/mismatch-request",
    });
    await expect(asked.read([{ id: "a", shop: Number.NaN }])).rejects.toMatchObject({
      code: "serve/mismatch-request",
    });
  });

  test("gives every value bit for bit, and the features of a table that was declared anew", async () => {
    await using odd = await memoryStore();
    const asked = featureClient(await serving(odd), { table: things });
    const numbers = [Number.NaN, 1 / 0, -1 / 0, -0, 0, 2 ** 53 - 1, 5e-324, null];
    const rows = numbers.map(
      (n, i): OnlineEntry => ({
        ...entry(`k${i}`, i, 1),
        cells: [n, n === null ? null : 3, null, "NaN", day(1), "a\0👩‍👩‍👧"],
      }),
    );
    await odd.write(batch(1, { upserts: parts(rows) }));
    const found = await asked.read(rows.map(({ key: [id = null, n = null] }) => ({ id, n })));
    for (const [i, { cells, atMs }] of rows.entries()) {
      expect(Object.values(found[i]?.features ?? {})).toEqual(cells);
      expect(Object.is(found[i]?.features["spend"], cells[0])).toBe(true);
      expect(found[i]?.time?.getTime()).toBe(atMs);
    }
    const anew = {
      ...state(2),
      version: 2,
      key: [{ name: "id", kind: "text" }],
      columns: [{ name: "only", kind: "bool" }],
    } as const;
    const upserts = parts([{ key: ["a"], cells: [true], atMs: null }]);
    await odd.write({ state: anew, from: state(1), replaces: true, upserts, deletes: [] });
    expect(await asked.read([{ id: "a" }])).toEqual([
      { status: "valid", features: { only: true }, time: null },
    ]);
  });

  test("gives nulls in place of what a training set would not take: past its ttl, or to come", async () => {
    await using lake = await newLake();
    await using kept = await memoryStore();
    const row = { id: "a", at: day(1), spend: 1 };
    await writeFeatures(lake, aging, [row, { ...row, id: "b", at: day(5) }]);
    await materialize(lake, kept, { table: "shop.aging", clock: () => day(5).getTime() });
    let now = day(3).getTime();
    const url = await serving(kept, () => now);
    const asked = featureClient<typeof aging>(url, { table: "shop.aging" });
    const read = async () =>
      (await asked.read([{ id: "a" }, { id: "b" }])).map((one) => [
        one?.status,
        one?.features.spend,
        one?.time,
      ]);
    const atFirst = [
      ["valid", 1, day(1)],
      ["future", null, day(5)],
    ];
    expect(await read()).toEqual(atFirst);
    now += 1;
    const later = [
      ["expired", null, day(1)],
      ["future", null, day(5)],
    ];
    expect(await read()).toEqual(later);
    const [first] = await asked.read([{ id: "a" }]);
    expectTypeOf(first?.features.spend).toEqualTypeOf<number | null | undefined>();
  });

  test("applies a ttl from when a store is materialized again that was filled without one", async () => {
    await using lake = await newLake();
    await using old = await memoryStore();
    await writeFeatures(lake, aging, [{ id: "a", at: day(1), spend: 1 }]);
    await materialize(lake, old, { table: "shop.aging" });
    const from = await old.state("shop.aging");
    if (from === undefined) throw new Error("it is not there");
    const { ttlMs: _, ...before } = from;
    const upserts = parts([{ key: ["a"], cells: [1], atMs: day(1).getTime() }]);
    await old.write({ state: before, from, replaces: true, upserts, deletes: [] });
    const url = await serving(old, () => day(9).getTime());
    const asked = featureClient<typeof aging>(url, { table: "shop.aging" });
    expect((await asked.read([{ id: "a" }]))[0]).toMatchObject({ status: "valid", time: day(1) });
    const again = await materialize(lake, old, { table: "shop.aging" });
    expect(again).toMatchObject({ kind: "full" });
    expect((await asked.read([{ id: "a" }]))[0]).toMatchObject({ status: "expired", time: day(1) });
  });

  const open: HttpServer[] = [];
  async function serving(from: OnlineStore, clock = Date.now): Promise<string> {
    const server = await serveHttp({ endpoints: [], store: from, clock });
    open.push(server);
    return server.url;
  }
  afterAll(async () => {
    for (const server of open) await server.close();
  });
});
