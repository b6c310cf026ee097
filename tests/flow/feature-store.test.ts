/** @file From feature tables to a model that is asked by key: trained, scored in a batch and served, all equal. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  describeFeatures,
  features,
  featureTable,
  lookup,
  materialize,
  memoryStore,
  numeric,
  oneHot,
  scoreBatch,
  trainingSet,
  withLookups,
  writeFeatures,
} from "../../src/feature/index.ts";
import { boost, loadModel } from "../../src/model/index.ts";
import { client, endpoint, loggedSignature, openInferenceLog } from "../../src/serve/index.ts";
import { serveHttp } from "../../src/server/index.ts";
import {
  bool,
  category,
  float,
  int,
  type Lake,
  openLake,
  schema,
  text,
  timestamp,
} from "../../src/table/index.ts";

const spending = featureTable({
  name: "shop.spending",
  schema: schema("spending", {
    id: text(),
    at: timestamp(),
    spend: float(),
    plan: category(["free", "paid"]),
  }),
  key: "id",
  timestamp: "at",
  ttl: { days: 60 },
  label: "churn",
});
const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const labelled = schema("labels", { who: text(), at: timestamp(), visits: int(), churn: bool() });
const now = day(40);

/** A lake with features of 200 customers, and labels of each. */
async function fill(lake: Lake) {
  const people = Array.from({ length: 200 }, (_, i) => ({ id: `c${i}`, spend: (i * 37) % 100 }));
  await writeFeatures(lake, spending, [
    ...people.map(({ id, spend }) => ({ id, at: day(1), spend, plan: "free" as const })),
    ...people.map(({ id, spend }) => ({
      id,
      at: day(20),
      spend: 100 - spend,
      plan: "paid" as const,
    })),
  ]);
  const labels = lake.table("shop.labels", labelled);
  await labels.append(
    people.map(({ id, spend }, i) => ({ who: id, at: day(10), visits: i % 7, churn: spend > 50 })),
  );
  return labels.read();
}

async function train(lake: Lake) {
  const set = await trainingSet(lake, {
    labels: await fill(lake),
    lookups: [lookup(spending, ["spend", "plan"], { by: { id: "who" } })],
    timestamp: "at",
    label: "churn",
    exclude: ["who", "at"],
    onDemand: (c) => ({ perVisit: c.spend.over(c.visits.plus(1)) }),
  });
  const definition = features(set.schema, (c) => ({
    spend: numeric(c.spend),
    plan: oneHot(c.plan),
    perVisit: numeric(c.perVisit),
  }));
  const fitted = await boost({ trees: 5 }).fit(set.rows, { features: definition, label: "churn" });
  return { set, fitted, model: withLookups(fitted, set) };
}
type Trained = Awaited<ReturnType<typeof train>>;

let folder = "";
let lake: Lake;
let trained: Trained;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-flow-"));
  lake = await openLake(join(folder, "lake"));
  trained = await train(lake);
});
afterAll(async () => {
  await lake.close();
  await rm(folder, { recursive: true });
});

const keysOf = schema("keys", { who: text(), visits: int() });
const asked = [
  { who: "c1", visits: 0 },
  { who: "c2", visits: 3 },
  { who: "nobody", visits: 1 },
];

describe("a model with lookups", () => {
  test("asks for the key and what no feature table has, and keeps its lookups in its files", async () => {
    const { model, fitted } = trained;
    expect(Object.keys(model.lookups.request)).toEqual(["who", "visits"]);
    expect(Object.keys(model.files()).sort()).toEqual(["lookups.json", "model.json"]);
    expect(model.hash).not.toBe(fitted.hash);
    const loaded = loadModel(model.files());
    expect(loaded.hash).toBe(model.hash);
    expect(loaded.lookups?.state).toEqual(model.lookups.state);
    const { tableVersion } = await describeFeatures(lake, "shop.spending");
    expect(model.lookups.state).toMatchObject({
      lookups: [{ table: "shop.spending", version: 1, tableVersion }],
    });
  });

  test("answers by key as it scores a batch of keys, and as the model answers the same whole rows", async () => {
    const model = loadModel(trained.model.files());
    const keys = lake.table("shop.keys", keysOf);
    await keys.append(asked);
    const batch = await scoreBatch(model, await keys.read(), { lake, timestamp: now });
    await using store = await memoryStore();
    await materialize(lake, store, { table: "shop.spending", clock: () => now.getTime() });
    await using log = await openInferenceLog({
      lake,
      table: "serving.churn_log",
      signature: loggedSignature(model),
      folder: join(folder, "journal"),
    });
    const churn = endpoint({
      name: "churn",
      model,
      version: 1,
      log,
      store,
      clock: () => now.getTime(),
    });
    await using web = await serveHttp({ endpoints: [churn] });
    const ask = client<Trained["model"]>(web.url, { endpoint: "churn" });
    const { predictions, warnings } = await ask.answer(asked);
    const whole = asked.map(({ who, visits }) => {
      const i = Number(who.slice(1));
      if (Number.isNaN(i)) return { spend: null, plan: null, perVisit: null };
      const spend = 100 - ((i * 37) % 100);
      return { spend, plan: "paid" as const, perVisit: spend / (visits + 1) };
    });
    expect(predictions).toEqual(trained.fitted.predictAll(whole));
    expect(batch).toEqual(predictions);
    expect(warnings).toEqual([
      { row: 2, message: expect.stringContaining('shop.spending: no features for "nobody"') },
    ]);
    await log.flush();
    const logged = await (await log.read()).rows();
    expect(logged[0]).toMatchObject({ who: "c1", visits: 0, spend: whole[0]?.spend, plan: "paid" });
  });

  test("takes rows past their ttl as missing, batch and served alike", async () => {
    const model = loadModel(trained.model.files());
    const later = day(20 + 61);
    await using store = await memoryStore();
    await materialize(lake, store, { table: "shop.spending", clock: () => later.getTime() });
    const completed = await model.lookups?.complete(
      [{ who: "c1", visits: 0 }],
      store,
      later.getTime(),
    );
    expect(completed?.[0]?.row).toEqual({ spend: null, plan: null, perVisit: null });
    expect(completed?.[0]?.warnings[0]).toContain("older than the ttl");
    const at = await model.lookups?.complete([{ who: "c1", visits: 0 }], store, day(80).getTime());
    expect(at?.[0]?.warnings).toEqual([]);
    const early = await model.lookups?.complete(
      [{ who: "c1", visits: 0 }],
      store,
      day(2).getTime(),
    );
    expect(early?.[0]?.warnings[0]).toContain("which is to come");
  });

  test("needs a store to be served from, and lookups to score keys", async () => {
    const { model, fitted } = trained;
    const log = { signature: loggedSignature(model), append: async () => undefined };
    expect(() => endpoint({ name: "churn", model, version: 1, log })).toThrow(
      expect.objectContaining({ code: "serve/missing-store" }),
    );
    const keys = lake.table("shop.keys", keysOf);
    await expect(scoreBatch(fitted, await keys.read(), { lake })).rejects.toMatchObject({
      code: "feature/missing-lookups",
    });
    await expect(scoreBatch(model, await keys.read(), { lake })).rejects.toMatchObject({
      code: "feature/missing-time",
      message: expect.stringContaining("or a moment, such as new Date()"),
    });
    const never = scoreBatch(model, await keys.read(), { lake, timestamp: new Date(Number.NaN) });
    await expect(never).rejects.toMatchObject({ code: "option/out-of-range" });
  });

  test("refuses keys without features when it was trained to, and tables that have vanished", async () => {
    const labels = await lake.table("shop.labels", labelled).read();
    const set = await trainingSet(lake, {
      labels,
      lookups: [lookup(spending, ["spend"], { by: { id: "who" } })],
      timestamp: "at",
      label: "churn",
      missing: "drop",
    });
    const definition = features(set.schema, (c) => ({ spend: numeric(c.spend) }));
    const model = withLookups(
      await boost({ trees: 2 }).fit(set.rows, { features: definition, label: "churn" }),
      set,
    );
    const keys = await lake.table("shop.keys", keysOf).read();
    await expect(scoreBatch(model, keys, { lake, timestamp: now })).rejects.toMatchObject({
      code: "feature/missing-matches",
    });
    await using store = await memoryStore();
    await materialize(lake, store, { table: "shop.spending", clock: () => now.getTime() });
    await expect(
      model.lookups.complete([{ who: "nobody" }], store, now.getTime()),
    ).rejects.toMatchObject({ code: "feature/missing-entity" });
    await store.drop("shop.spending");
    await expect(
      model.lookups.complete([{ who: "c1" }], store, now.getTime()),
    ).rejects.toMatchObject({ code: "feature/missing-online-table" });
    await using other = await openLake(join(folder, "other"));
    await expect(scoreBatch(model, keys, { lake: other })).rejects.toMatchObject({
      code: "feature/missing-table",
    });
  });

  test("is refused when it reads what neither labels nor lookups have, and when its lookups are damaged", async () => {
    const { fitted, set, model } = trained;
    const without = { ...set, state: { ...set.state, lookups: [] } };
    expect(() => withLookups(fitted, without)).toThrow(
      expect.objectContaining({ code: "feature/mismatch-lookups" }),
    );
    const files = {
      ...model.files(),
      "lookups.json": new TextEncoder().encode('{"format":1,"missing":"maybe"}'),
    };
    const cause = expect.objectContaining({ code: "feature/corrupt-lookups" });
    expect(() => loadModel(files)).toThrow(
      expect.objectContaining({ code: "model/corrupt-files", cause }),
    );
  });
});
