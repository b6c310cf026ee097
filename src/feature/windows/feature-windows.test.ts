import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boost } from "../../model/index.ts";
import type { Lake } from "../../table/index.ts";
import { bool, float, int, openLake, schema, text, timestamp } from "../../table/index.ts";
import {
  applyFeatures,
  features,
  featureWindows,
  lookup,
  materialize,
  memoryStore,
  numeric,
  planFeatures,
  readFeatures,
  scoreBatch,
  trainingSet,
  withLookups,
} from "../index.ts";

const hourMs = 3_600_000;
const start = Date.UTC(2026, 0, 1);
const at = (hour: number): Date => new Date(start + hour * hourMs);

const orders = schema("orders", {
  id: int({ key: true }),
  who: text({ nullable: true }),
  at: timestamp(),
  paid: float({ nullable: true }),
});
type Order = { id: number; who: string | null; at: Date; paid: number | null };

let folder = "";
let lake: Lake;
let other: Lake;
let tables = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-windows-"));
  lake = await openLake(folder);
  other = await openLake(folder); // as another process has it
});
afterAll(async () => {
  await lake.close();
  await other.close();
  await rm(folder, { recursive: true });
});

/** A new source, and windows over it. */
function made() {
  tables += 1;
  const name = `shop.orders${tables}` as const;
  const kept = `shop.spending${tables}` as const;
  const table = lake.table(name, orders, { changeFeed: true });
  const windows = featureWindows(
    {
      ...{ name: kept, from: name, source: orders },
      ...{ entity: "who", time: "at", every: { hours: 1 } },
    },
    (c, w) => ({
      sum3: w.sum(c.paid, { hours: 3 }),
      mean5: w.mean(c.paid, { hours: 5 }),
      max2: w.max(c.paid, { hours: 2 }),
      min4: w.min(c.paid, { hours: 4 }),
      n3: w.count({ hours: 3 }),
    }),
  );
  return { name, kept, table, windows };
}

/** A lake in which the first merge into a table waits, with all that was read for it, until it is released. */
function holding(of: Lake, name: string) {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const table: Lake["table"] = (asked, ...how) => {
    const found = of.table(asked, ...how);
    if (asked !== name) return found;
    const merge: typeof found.merge = async (rows, options) => {
      reached.resolve();
      await released.promise;
      return found.merge(rows, options);
    };
    return { ...found, merge };
  };
  return { lake: { ...of, table }, reached: reached.promise, release: () => released.resolve() };
}

const finite = (value: number | null): value is number => value !== null && Number.isFinite(value);

type Windows = ReturnType<typeof made>["windows"];

/** What the windows of an entity are at the end of an hour, by looking at every row. */
function naive(rows: readonly Order[], who: string, hour: number) {
  const within = (hours: number) =>
    rows.filter((row) => row.who === who && row.at >= at(hour - hours) && row.at < at(hour));
  const numbers = (hours: number): number[] =>
    within(hours)
      .map(({ paid }) => paid)
      .filter(finite);
  const [three, five, two, four] = [numbers(3), numbers(5), numbers(2), numbers(4)];
  const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
  const some = (all: readonly number[], value: number) => (all.length === 0 ? null : value);
  return {
    sum3: some(three, sum(three)),
    mean5: some(five, sum(five) / five.length),
    max2: some(two, Math.max(...two)),
    min4: some(four, Math.min(...four)),
    n3: within(3).length,
  };
}

/** The newest features of an entity as of the end of an hour, as of what was known at the end. */
async function told(windows: Windows, who: string, hour: number) {
  const rows = (await (await readFeatures(lake, windows.table)).rows())
    .filter((row) => row.who === who && row.window_end <= at(hour))
    .sort(
      (a, b) =>
        b.window_end.getTime() - a.window_end.getTime() ||
        b.known_at.getTime() - a.known_at.getTime(),
    );
  const { sum3 = null, mean5 = null, max2 = null, min4 = null, n3 = 0 } = rows[0] ?? {};
  return { sum3, mean5, max2, min4, n3 };
}

/** All windows of all hours are what looking at every row gives. */
async function checkAgainst(windows: Windows, rows: readonly Order[], hour: number) {
  for (const who of ["ada", "bob"])
    for (let h = 1; h <= hour; h++)
      expect({ who, h, ...(await told(windows, who, h)) }).toEqual({
        ...{ who, h },
        ...naive(rows, who, h),
      });
}

type Step =
  | { readonly does: "write"; readonly rows: readonly Order[] }
  | { readonly does: "delete"; readonly id: number }
  | { readonly does: "refresh"; readonly hours: number }
  /** Two refresh at once, and rows come meanwhile. */
  | { readonly does: "race"; readonly rows: readonly Order[] };

const order: fc.Arbitrary<Order> = fc.record({
  id: fc.nat({ max: 12 }),
  who: fc.option(fc.constantFrom("ada", "bob"), { freq: 8 }),
  at: fc.nat({ max: 12 * 60 }).map((minute) => new Date(start + minute * 60_000)),
  paid: fc.option(fc.oneof(fc.integer({ min: -5, max: 9 }), fc.constantFrom(0.5, Infinity)), {
    freq: 6,
  }),
});
const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc
      .uniqueArray(order, { minLength: 1, maxLength: 6, selector: ({ id }) => id })
      .map((rows): Step => ({ does: "write", rows })),
    fc.nat({ max: 12 }).map((id): Step => ({ does: "delete", id })),
    fc.nat({ max: 4 }).map((hours): Step => ({ does: "refresh", hours })),
    fc.array(order, { minLength: 1, maxLength: 1 }).map((rows): Step => ({ does: "race", rows })),
  ),
  { minLength: 2, maxLength: 7 },
);

async function follow(all: readonly Step[]) {
  const { table, windows } = made();
  const rows = new Map<number, Order>();
  let hour = 6;
  await table.append([]);
  for (const step of all) {
    if (step.does === "race") {
      const [first, second] = [
        windows.refresh(lake, { until: at(hour) }),
        windows.refresh(other, { until: at(hour) }),
      ];
      const written = table.merge(step.rows, { on: ["id"] });
      await Promise.all([first, second, written]);
      for (const row of step.rows) rows.set(row.id, row);
    } else if (step.does === "write") {
      await table.merge(step.rows, { on: ["id"] });
      for (const row of step.rows) rows.set(row.id, row);
    } else if (step.does === "delete") {
      await table.delete((c) => c.id.is(step.id));
      rows.delete(step.id);
    } else {
      hour += step.hours;
      await windows.refresh(lake, { until: at(hour) });
    }
  }
  hour += 1;
  await windows.refresh(lake, { until: at(hour) });
  return { windows, rows: [...rows.values()], hour };
}

const refused = (work: Promise<unknown>, code: string) =>
  expect(work).rejects.toThrow(expect.objectContaining({ code }));

describe("featureWindows", () => {
  test("law: refreshed step by step, with late rows, updates and deletes, they are what looking at every row gives", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { windows, rows, hour } = await follow(all);
        await checkAgainst(windows, rows, hour);
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  test("make only those tiles anew in which a row has changed, and nothing when nothing has", async () => {
    const { table, windows } = made();
    await table.append([
      { id: 1, who: "ada", at: at(1), paid: 5 },
      { id: 2, who: "bob", at: at(2), paid: 7 },
    ]);
    expect(await windows.refresh(lake, { until: at(4) })).toMatchObject({ kind: "full", tiles: 2 });
    const again = await windows.refresh(lake, { until: at(4) });
    expect(again).toMatchObject({ kind: "incremental", tiles: 0, rows: 0 });
    await table.append([{ id: 3, who: "ada", at: at(1.5), paid: 2 }]);
    expect(await windows.refresh(lake, { until: at(5) })).toMatchObject({ tiles: 1 });
    expect((await told(windows, "ada", 2)).sum3).toBe(7);
  });

  test("do not let training use what a late row changed before it came", async () => {
    const { table, windows } = made();
    await table.append([{ id: 1, who: "ada", at: at(1), paid: 5 }]);
    await windows.refresh(lake, { until: at(4) });
    await table.append([{ id: 2, who: "ada", at: at(1), paid: 2 }]); // late: known from hour 8 on
    await windows.refresh(lake, { until: at(8) });
    const labels = lake.table(
      `shop.labels${tables}`,
      schema("labels", { who: text(), asked: timestamp(), left: bool() }),
    );
    await labels.append([
      { who: "ada", asked: at(3), left: true },
      { who: "ada", asked: at(9), left: false },
    ]);
    const set = await trainingSet(lake, {
      labels: await labels.read(),
      lookups: [lookup(windows.table, ["sum3"])],
      timestamp: "asked",
      label: "left",
    });
    const found = await set.rows.rows();
    const [early] = found.filter(({ asked }) => asked.getTime() === at(3).getTime());
    expect(early?.sum3).toBe(5);
    expect((await told(windows, "ada", 3)).sum3).toBe(7); // as it is known now
  });

  test("say nothing of moments after the tile of the last refresh, in training as in batches", async () => {
    const { table, windows } = made();
    await table.append([{ id: 1, who: "ada", at: at(1), paid: 5 }]);
    await windows.refresh(lake, { until: at(3) });
    const labels = lake.table(
      `shop.asked${tables}`,
      schema("asked", { who: text(), asked: timestamp(), left: bool() }),
    );
    const asked = [at(3), new Date(at(4).getTime() - 1), at(4), at(50)];
    await labels.append(
      asked.map((moment, i) => ({ who: "ada", asked: moment, left: i % 2 === 0 })),
    );
    const rows = await labels.read();
    const how = { labels: rows, timestamp: "asked", label: "left" } as const;
    const set = await trainingSet(lake, { ...how, lookups: [lookup(windows.table, ["sum3"])] });
    expect((await set.rows.rows()).map(({ sum3 }) => sum3)).toEqual([5, 5, null, null]);
    const refusing = trainingSet(lake, {
      ...how,
      lookups: [lookup(windows.table, ["sum3"])],
      missing: "refuse",
    });
    await expect(refusing).rejects.toMatchObject({ code: "feature/missing-matches" });
    const fitted = await boost({ trees: 1 }).fit(set.rows, {
      features: features(set.schema, (c) => ({ sum3: numeric(c.sum3) })),
      label: "left",
    });
    const scored = await scoreBatch(withLookups(fitted, set), rows, { lake, timestamp: "asked" });
    expect(scored).toEqual(fitted.predictAll([5, 5, null, null].map((sum3) => ({ sum3 }))));
    const model = withLookups(fitted, set);
    await using store = await memoryStore();
    const kept = windows.table.name;
    await materialize(lake, store, { table: kept, clock: () => at(3).getTime() });
    const served = async (moment: Date) => {
      const [one] = await model.lookups.complete([{ who: "ada" }], store, moment.getTime());
      return [one?.row["sum3"], one?.warnings.length];
    };
    expect(await Promise.all(asked.map(served))).toEqual([
      [5, 0],
      [5, 0],
      [null, 1],
      [null, 1],
    ]);
    await windows.refresh(lake, { until: at(4) });
    await materialize(lake, store, { table: kept, clock: () => at(4).getTime() });
    expect(await Promise.all([at(4), at(5)].map(served))).toEqual([
      [5, 0],
      [null, 1],
    ]);
    await windows.refresh(lake, { until: at(50) });
    const later = await trainingSet(lake, { ...how, lookups: [lookup(windows.table, ["sum3"])] });
    expect((await later.rows.rows()).map(({ sum3 }) => sum3)).toEqual([
      5,
      5,
      expect.anything(),
      null,
    ]);
  });

  test("lose and double nothing when a refresh stops between its commits", async () => {
    const { table, windows } = made();
    const first: Order = { id: 1, who: "ada", at: at(1), paid: 5 };
    const late: Order = { id: 2, who: "ada", at: at(1.5), paid: 9 };
    await table.append([first]);
    await windows.refresh(lake, { until: at(4) });
    await table.append([late]);
    const kept = lake.table(windows.table.name, windows.table.schema);
    const before = await kept.version();
    // Nothing that a late row makes of a window is let in: the refresh stops with its tiles made.
    await kept.alter({ checks: { small: (c) => c.sum3.isMissing().or(c.sum3.isBelow(10)) } });
    await expect(windows.refresh(lake, { until: at(5) })).rejects.toMatchObject({
      code: "table/mismatch-check",
    });
    await kept.alter({ checks: { small: null } });
    expect(await kept.version()).toBe(before + 2);
    const again = await windows.refresh(lake, { until: at(5) });
    expect(again).toMatchObject({ kind: "incremental", tiles: 0 });
    expect(again.rows).toBeGreaterThan(0);
    await checkAgainst(windows, [first, late], 5);
    expect(await windows.refresh(lake, { until: at(5) })).toMatchObject({ tiles: 0, rows: 0 });
  });

  test("never go back when a slower refresh comes to an end after a faster one", async () => {
    const { kept, table, windows } = made();
    const first: Order = { id: 1, who: "ada", at: at(1), paid: 5 };
    const late: Order = { id: 2, who: "ada", at: at(1), paid: 2 };
    await table.append([first]);
    await windows.refresh(lake, { until: at(3) });
    for (const [name, hour] of [
      [`${kept}__tiles`, 4],
      [kept, 8],
    ] as const) {
      await table.append([{ ...first, id: hour, who: "bob" }]);
      const held = holding(other, name);
      const slow = windows.refresh(held.lake, { until: at(hour) });
      await held.reached;
      await table.merge([{ ...late, paid: hour }], { on: ["id"] });
      const fast = await windows.refresh(lake, { until: at(hour + 2) });
      held.release();
      expect(await slow).toMatchObject({ sourceVersion: fast.sourceVersion, until: fast.until });
      const again = await windows.refresh(lake, { until: at(hour + 2) });
      expect(again).toMatchObject({ tiles: 0, rows: 0 });
      await checkAgainst(windows, await (await table.read()).rows(), hour + 2);
    }
  });

  test("begin anew where the source or a table of theirs was dropped and made again", async () => {
    const { name, kept, table, windows } = made();
    const first: Order = { id: 1, who: "ada", at: at(1), paid: 5 };
    await table.append([first]);
    await windows.refresh(lake, { until: at(4) });
    await lake.drop(name);
    const second: Order = { id: 1, who: "bob", at: at(2), paid: 3 };
    await table.append([second]);
    await table.append([]);
    expect(await windows.refresh(lake, { until: at(4) })).toMatchObject({ kind: "full", tiles: 1 });
    await checkAgainst(windows, [second], 4);
    await lake.drop(kept);
    expect(await windows.refresh(lake, { until: at(4) })).toMatchObject({ kind: "full" });
    await checkAgainst(windows, [second], 4);
    await lake.drop(`${kept}__tiles`);
    await table.append([{ ...first, id: 2 }]);
    await windows.refresh(lake, { until: at(5) });
    await checkAgainst(windows, [second, { ...first, id: 2 }], 5);
  });

  test("keep what was told later as the later, whatever moments refreshes are given within a tile", async () => {
    const { table, windows } = made();
    const first: Order = { id: 1, who: "ada", at: at(1), paid: 5 };
    const late: Order = { id: 2, who: "ada", at: at(1), paid: 2 };
    await table.append([first]);
    await windows.refresh(lake, { until: at(3) });
    await table.append([late]);
    await windows.refresh(lake, { until: at(4.75) });
    await table.delete((c) => c.id.is(2));
    await windows.refresh(lake, { until: at(4.25) });
    await checkAgainst(windows, [first], 4);
  });

  test("are used only as they are declared and made: another aggregation needs a version, apply and a refresh", async () => {
    const { kept, table, windows } = made();
    await table.append([{ id: 1, who: "ada", at: at(1), paid: 5 }]);
    await windows.refresh(lake, { until: at(4) });
    const changed = (version: number) =>
      featureWindows(
        {
          ...{ name: windows.table.name, from: table.name, source: orders, version },
          ...{ entity: "who", time: "at", every: { hours: 1 } },
        },
        (c, w) => ({
          sum3: w.sum(c.paid.times(100), { hours: 3 }),
          mean5: w.mean(c.paid, { hours: 5 }),
          max2: w.max(c.paid, { hours: 2 }),
          min4: w.min(c.paid, { hours: 4 }),
          n3: w.count({ hours: 3 }),
        }),
      );
    await refused(changed(1).refresh(lake, { until: at(5) }), "feature/conflict-definition");
    await refused(changed(2).refresh(lake, { until: at(5) }), "feature/conflict-version");
    const labels = lake.table(
      `shop.asked${tables}`,
      schema("asked", { who: text(), at: timestamp(), left: bool() }),
    );
    await labels.append([{ who: "ada", at: at(3), left: true }]);
    const sums = async (of: Windows) => {
      const lookups = [lookup(of.table, ["sum3"])] as const;
      const set = await trainingSet(lake, {
        ...{ labels: await labels.read(), lookups, timestamp: "at", label: "left" },
      });
      return (await set.rows.rows()).map(({ sum3 }) => sum3);
    };
    expect(await sums(windows)).toEqual([5]);
    await refused(sums(changed(1)), "feature/conflict-definition");
    expect((await planFeatures(lake, [changed(1).table]))[0]?.changes).toEqual([
      {
        ...{ what: "window sum3", before: 'sum("paid") over 3 h' },
        ...{ after: 'sum(times("paid", 100)) over 3 h', weight: "meaning" },
      },
    ]);
    await applyFeatures(lake, [changed(2).table]);
    await refused(sums(changed(2)), "feature/missing-refresh");
    await using store = await memoryStore();
    await refused(materialize(lake, store, { table: kept }), "feature/missing-refresh");
    expect(await changed(2).refresh(lake, { until: at(4) })).toMatchObject({ kind: "full" });
    expect(await sums(changed(2))).toEqual([500]);
    await refused(windows.refresh(lake, { until: at(5) }), "feature/conflict-version");
    expect(await materialize(lake, store, { table: kept })).toMatchObject({ upserts: 1 });
  });

  test("refuse what they cannot keep", async () => {
    const { table, windows } = made();
    await table.append([{ id: 1, who: "ada", at: at(1), paid: 5 }]);
    await windows.refresh(lake, { until: at(4) });
    await refused(windows.refresh(lake, { until: at(3) }), "feature/out-of-range-refresh");
    await refused(
      windows.refresh(lake, { until: new Date(Number.NaN) }),
      "feature/out-of-range-refresh",
    );
    const options = {
      name: "shop.w",
      from: table.name,
      source: orders,
      entity: "who",
      time: "at",
    } as const;
    const thrown = (work: () => unknown, code: string) =>
      expect(work).toThrow(expect.objectContaining({ code }));
    thrown(() => featureWindows(options, () => ({})), "feature/missing-features");
    thrown(
      () => featureWindows(options, (_, w) => ({ n: w.count({ hours: 5 }) })),
      "feature/out-of-range-span",
    );
    thrown(
      () => featureWindows({ ...options, time: "paid" }, (_, w) => ({ n: w.count({ days: 1 }) })),
      "feature/mismatch-time",
    );
    const nobody = JSON.parse('"nobody"');
    thrown(
      () => featureWindows({ ...options, entity: nobody }, (_, w) => ({ n: w.count({ days: 1 }) })),
      "feature/unknown-column",
    );
  });

  test("refuse a source without a change data feed, and one that was without since", async () => {
    tables += 1;
    const [name, from] = [`shop.blind${tables}`, `shop.plain${tables}`] as const;
    const plain = lake.table(from, orders);
    await plain.append([{ id: 1, who: "ada", at: at(1), paid: 5 }]);
    const blind = featureWindows(
      { name, from, source: orders, entity: "who", time: "at" },
      (_, w) => ({ n: w.count({ days: 1 }) }),
    );
    const refresh = () => blind.refresh(lake, { until: at(24) });
    await refused(refresh(), "feature/missing-changes");
    await plain.alter({ changeFeed: true });
    expect((await refresh()).kind).toBe("full");
    await plain.alter({ changeFeed: false });
    await plain.append([{ id: 2, who: "ada", at: at(2), paid: 5 }]);
    await plain.alter({ changeFeed: true });
    await refused(refresh(), "feature/missing-changes");
    for (const kept of [name, `${name}__tiles`] as const) await lake.drop(kept);
    expect((await refresh()).kind).toBe("full");
    expect((await (await readFeatures(lake, blind.table)).rows())[0]?.n).toBe(2);
  });
});
