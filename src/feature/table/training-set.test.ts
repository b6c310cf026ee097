import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frameOf } from "../../../tests/support/frame-of.ts";
import { newLake } from "../../../tests/support/lake.ts";
import type { Cells } from "../../flow.ts";
import { bool, float, frame, int, schema, text, timestamp } from "../../table/index.ts";
import { featureTable } from "./feature-table.ts";
import { lookup } from "./lookup.ts";
import { applyFeatures } from "./plan-features.ts";
import { trainingSet } from "./training-set.ts";
import { readFeatures, writeFeatures } from "./write-features.ts";

const hour = 3_600_000;
const at = (n: number): Date => new Date(Date.UTC(2026, 0, 1) + n * hour);
const spending = featureTable({
  name: "shop.spending",
  schema: schema("spending", { id: text(), at: timestamp(), spend: float({ nullable: true }) }),
  key: "id",
  timestamp: "at",
  ttl: { hours: 5 },
});
const late = featureTable({
  name: "shop.late",
  schema: schema("late", { id: text(), at: timestamp(), known: timestamp(), score: int() }),
  key: "id",
  timestamp: "at",
  availableAt: "known",
  ttl: { hours: 5 },
});
const plans = featureTable({
  name: "shop.plans",
  schema: schema("plans", { id: text(), plan: text() }),
  key: "id",
});
const labelColumns = schema("labels", { id: text(), at: timestamp(), churn: bool() });

describe("trainingSet", () => {
  test("takes the newest row that is not after the label, within the ttl, and keeps the labels' order", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, [
      { id: "a", at: at(1), spend: 1 },
      { id: "a", at: at(3), spend: 3 },
      { id: "b", at: at(2), spend: null },
    ]);
    const labels = frameOf(lake.engine, labelColumns, [
      { id: "a", at: at(9), churn: true },
      { id: "a", at: at(8), churn: false },
      { id: "a", at: at(0), churn: true },
      { id: "a", at: at(1), churn: true },
      { id: "b", at: at(3), churn: false },
      { id: "c", at: at(3), churn: false },
    ]);
    const set = await trainingSet(lake, {
      labels,
      lookups: [lookup(spending)],
      timestamp: "at",
      label: "churn",
      exclude: ["id"],
    });
    expect(await set.rows.rows()).toEqual([
      { at: at(9), churn: true, spend: null },
      { at: at(8), churn: false, spend: 3 },
      { at: at(0), churn: true, spend: null },
      { at: at(1), churn: true, spend: 1 },
      { at: at(3), churn: false, spend: null },
      { at: at(3), churn: false, spend: null },
    ]);
    expect(set.rows.origin?.sources).toContainEqual(
      expect.objectContaining({ kind: "table", name: "shop.spending" }),
    );
    expect(set.state.lookups[0]).toMatchObject({ table: "shop.spending", version: 1 });
  });

  test("joins several tables at once, under other names and keys, and computes on-demand features", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, [{ id: "a", at: at(1), spend: 10 }]);
    await writeFeatures(lake, plans, [{ id: "a", plan: "gold" }]);
    const columns = schema("labels", { who: text(), at: timestamp(), n: int(), churn: bool() });
    const labels = frameOf(lake.engine, columns, [
      { who: "a", at: at(2), n: 4, churn: true },
      { who: "z", at: at(2), n: 4, churn: true },
    ]);
    const set = await trainingSet(lake, {
      labels,
      lookups: [
        lookup(spending, ["spend"], { by: { id: "who" }, rename: { spend: "spent" } }),
        lookup(plans, ["plan"], { by: { id: "who" } }),
      ],
      timestamp: "at",
      label: "churn",
      onDemand: (c) => ({ each: c.spent.over(c.n), gold: c.plan.is("gold") }),
    });
    expect(await set.rows.rows()).toEqual([
      { who: "a", at: at(2), n: 4, churn: true, spent: 10, plan: "gold", each: 2.5, gold: true },
      { who: "z", at: at(2), n: 4, churn: true, spent: null, plan: null, each: null, gold: null },
    ]);
  });

  test("leaves labels without features out, or refuses them, when told to", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, plans, [{ id: "a", plan: "gold" }]);
    const labels = frameOf(lake.engine, labelColumns, [
      { id: "z", at: at(2), churn: true },
      { id: "a", at: at(2), churn: false },
    ]);
    const how = { labels, lookups: [lookup(plans)], label: "churn" } as const;
    const dropped = await trainingSet(lake, { ...how, missing: "drop" });
    expect((await dropped.rows.rows()).map(({ plan }) => plan)).toEqual(["gold"]);
    await expect(trainingSet(lake, { ...how, missing: "refuse" })).rejects.toMatchObject({
      code: "feature/missing-matches",
    });
  });

  test("reads the version of each table that was newest when it was made", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, plans, [{ id: "a", plan: "gold" }]);
    const labels = frameOf(lake.engine, labelColumns, [{ id: "a", at: at(2), churn: true }]);
    const set = await trainingSet(lake, { labels, lookups: [lookup(plans)], label: "churn" });
    await writeFeatures(lake, plans, [{ id: "a", plan: "free" }]);
    expect((await set.rows.rows())[0]?.plan).toBe("gold");
  });

  test("works with no labels, no features and one row", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, []);
    const how = { lookups: [lookup(spending)], timestamp: "at", label: "churn" } as const;
    const none = await trainingSet(lake, {
      ...how,
      labels: frameOf(lake.engine, labelColumns, []),
    });
    expect(await none.rows.rows()).toEqual([]);
    const labels = frameOf(lake.engine, labelColumns, [{ id: "a", at: at(2), churn: true }]);
    expect((await (await trainingSet(lake, { ...how, labels })).rows.rows())[0]?.spend).toBeNull();
  });

  test("refuses what cannot be joined, each with its reason", async () => {
    await using lake = await newLake();
    const labels = frameOf(lake.engine, labelColumns, [{ id: "a", at: at(2), churn: true }]);
    const lookups = [lookup(spending)] as const;
    const code = async (work: Promise<unknown>) =>
      work.then(
        () => "nothing",
        (error: { code: string }) => error.code,
      );
    const how = { labels, lookups, timestamp: "at", label: "churn" } as const;
    expect(await code(trainingSet(lake, how))).toBe("feature/missing-table");
    await writeFeatures(lake, spending, [{ id: "a", at: at(1), spend: 1 }]);
    expect(await code(trainingSet(lake, { labels, lookups, label: "churn" }))).toBe(
      "feature/missing-time",
    );
    expect(await code(trainingSet(lake, { ...how, timestamp: "id" }))).toBe(
      "feature/unsupported-timestamp",
    );
    expect(await code(trainingSet(lake, { ...how, label: "chrun" as never }))).toBe(
      "feature/unknown-table-column",
    );
    expect(await code(trainingSet(lake, { ...how, lookups: [lookups[0], lookups[0]] }))).toBe(
      "feature/duplicate-column",
    );
    const numbers = schema("labels", {
      id: int(),
      at: timestamp({ nullable: true }),
      churn: bool(),
    });
    const byNumber = frameOf(lake.engine, numbers, [{ id: 1, at: null, churn: true }]);
    expect(await code(trainingSet(lake, { ...how, labels: byNumber }))).toBe(
      "feature/mismatch-key",
    );
    const open = schema("labels", { id: text(), at: timestamp({ nullable: true }), churn: bool() });
    const whenever = frameOf(lake.engine, open, [{ id: "a", at: null, churn: true }]);
    expect(await code(trainingSet(lake, { ...how, labels: whenever }))).toBe(
      "feature/missing-moment",
    );
    const local = frame({
      engine: lake.engine,
      schema: labelColumns,
      sql: "SELECT 'a' AS id, TIMESTAMP '2026-01-01' AS at, true AS churn",
    });
    expect(await code(trainingSet(lake, { ...how, labels: local }))).toBe(
      "feature/unsupported-timestamp",
    );
    const answers = featureTable({
      ...{
        name: "shop.answers",
        schema: schema("answers", { id: text(), churned: bool() }),
        key: "id",
      },
      label: "churn",
    });
    await writeFeatures(lake, answers, []);
    const other = lookup(answers, ["churned"], { rename: { churned: "told" } });
    expect(await code(trainingSet(lake, { ...how, lookups: [other] }))).toBe("nothing");
  });

  test("refuses the label among the features, under its name or another, whatever the table declares", async () => {
    await using lake = await newLake();
    const answers = featureTable({
      name: "shop.answers",
      schema: schema("answers", { id: text(), churn: bool(), seen: int() }),
      key: "id",
    });
    await writeFeatures(lake, answers, []);
    const labels = frameOf(lake.engine, labelColumns, [{ id: "a", at: at(2), churn: true }]);
    const refused = { code: "feature/conflict-label" };
    for (const cheat of [
      lookup(answers, ["churn"]),
      lookup(answers, ["churn"], { rename: { churn: "told" } }),
      lookup(answers, ["seen"], { rename: { seen: "churn" } }),
    ])
      await expect(
        trainingSet(lake, { labels, lookups: [cheat], label: "churn" }),
      ).rejects.toMatchObject(refused);
    await expect(
      trainingSet(lake, {
        ...{ labels, lookups: [lookup(answers, ["seen"])], label: "churn" },
        onDemand: (c) => ({ churn: c.seen.atLeast(1) }),
      }),
    ).rejects.toMatchObject(refused);
  });

  test("refuses a definition that is not the one stored: changed under its version, older or newer", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, [{ id: "a", at: at(1), spend: 1 }]);
    const labels = frameOf(lake.engine, labelColumns, [{ id: "a", at: at(2), churn: true }]);
    const set = (table: typeof spending) =>
      trainingSet(lake, { labels, lookups: [lookup(table)], timestamp: "at", label: "churn" });
    await expect(set({ ...spending, ttlMs: hour })).rejects.toMatchObject({
      code: "feature/conflict-definition",
      message: expect.stringContaining("ttl: 5 h → 1 h"),
    });
    const next = { ...spending, version: 2 };
    await expect(set(next)).rejects.toMatchObject({
      code: "feature/conflict-version",
      message: expect.stringContaining("apply the definition"),
    });
    await expect(readFeatures(lake, next)).rejects.toMatchObject({
      code: "feature/conflict-version",
    });
    await applyFeatures(lake, [next]);
    await expect(set(spending)).rejects.toMatchObject({ code: "feature/conflict-version" });
    expect(await (await set({ ...next, owners: ["bob"] })).rows.count()).toBe(1); // a note
  });

  test("refuses a table in which another program wrote a key twice", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, plans, [{ id: "a", plan: "gold" }]);
    const labels = frameOf(lake.engine, labelColumns, [{ id: "a", at: at(2), churn: true }]);
    const set = () => trainingSet(lake, { labels, lookups: [lookup(plans)], label: "churn" });
    for (let again = 0; again < 2; again++) expect(await (await set()).rows.count()).toBe(1);
    await lake.table("shop.plans", plans.schema).append([{ id: "a", plan: "free" }]);
    for (let again = 0; again < 2; again++)
      await expect(set()).rejects.toMatchObject({ code: "feature/duplicate-rows" });
  });
});

const ids = ["a", "b"] as const;
const moment = fc.integer({ min: 0, max: 20 });
const rowsOf = fc.uniqueArray(
  fc.record({ id: fc.constantFrom(...ids), at: moment, known: moment }),
  {
    selector: ({ id, at: t, known }) => `${id}/${t}/${known}`,
    maxLength: 25,
  },
);
const labelsOf = fc.array(fc.record({ id: fc.constantFrom("a", "b", "c"), at: moment }), {
  minLength: 1,
  maxLength: 12,
});

/** What a label is given, by looking at every row. */
function naive(
  rows: readonly { readonly id: string; readonly at: number; readonly known: number }[],
  label: { readonly id: string; readonly at: number },
): number | null {
  const seen = rows
    .map((row, score) => ({ ...row, score }))
    .filter(({ id, at: t, known }) => id === label.id && t <= label.at && known <= label.at)
    .sort((a, b) => b.at - a.at || b.known - a.known)[0];
  return seen === undefined || label.at - seen.at > 5 ? null : seen.score;
}

describe("the point-in-time join", () => {
  test("law: gives what looking at every row gives, late rows and ties included", async () => {
    await using lake = await newLake();
    await fc.assert(
      fc.asyncProperty(rowsOf, labelsOf, async (rows, labels) => {
        await lake
          .table("shop.late", late.schema)
          .delete()
          .catch(() => undefined);
        await writeFeatures(
          lake,
          late,
          rows.map(({ id, at: t, known }, score) => ({ id, at: at(t), known: at(known), score })),
        );
        const cells = labels.map(({ id, at: t }): Cells => ({ id, at: at(t), churn: true }));
        const set = await trainingSet(lake, {
          labels: frameOf(lake.engine, labelColumns, cells),
          lookups: [lookup(late)],
          timestamp: "at",
          label: "churn",
        });
        const got = (await set.rows.rows()).map(({ score }) => score);
        expect(got).toEqual(labels.map((label) => naive(rows, label)));
      }),
      { numRuns: 60 },
    );
  });

  test("law: nothing that comes after a label changes its features", async () => {
    await using lake = await newLake();
    await fc.assert(
      fc.asyncProperty(rowsOf, moment, fc.integer({ min: 1, max: 9 }), async (rows, now, shift) => {
        const features = async (moved: number) => {
          await lake
            .table("shop.late", late.schema)
            .delete()
            .catch(() => undefined);
          const later = (t: number) => (t > now ? t + moved : t);
          await writeFeatures(
            lake,
            late,
            rows.map(({ id, at: t, known }, score) => ({ id, at: at(later(t)), known: at(later(known)), score })), // biome-ignore format: one row
          );
          const cells = ids.map((id): Cells => ({ id, at: at(now), churn: true }));
          const set = await trainingSet(lake, {
            labels: frameOf(lake.engine, labelColumns, cells),
            lookups: [lookup(late)],
            timestamp: "at",
            label: "churn",
          });
          return (await set.rows.rows()).map(({ score }) => score);
        };
        expect(await features(shift)).toEqual(await features(0));
      }),
      { numRuns: 25 },
    );
  });
});
