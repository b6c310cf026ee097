import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Lake } from "../../table/index.ts";
import { bool, float, int, openLake, schema, text, timestamp } from "../../table/index.ts";
import { featureWindows, lookup, readFeatures, trainingSet } from "../index.ts";

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
let tables = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-windows-"));
  lake = await openLake(folder);
});
afterAll(async () => {
  await lake.close();
  await rm(folder, { recursive: true });
});

/** A new source, and windows over it. */
function made() {
  tables += 1;
  const name = `shop.orders${tables}`;
  const table = lake.table(name, orders, { changeFeed: true });
  const windows = featureWindows(
    {
      ...{ name: `shop.spending${tables}`, from: name, source: orders },
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
  return { table, windows };
}

const finite = (value: number | null): value is number => value !== null && Number.isFinite(value);

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
async function told(windows: ReturnType<typeof made>["windows"], who: string, hour: number) {
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

type Step =
  | { readonly does: "write"; readonly rows: readonly Order[] }
  | { readonly does: "delete"; readonly id: number }
  | { readonly does: "refresh"; readonly hours: number };

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
  ),
  { minLength: 2, maxLength: 7 },
);

async function follow(all: readonly Step[]) {
  const { table, windows } = made();
  const rows = new Map<number, Order>();
  let hour = 6;
  await table.append([]);
  for (const step of all) {
    if (step.does === "write") {
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

describe("featureWindows", () => {
  test("law: refreshed step by step, with late rows, updates and deletes, they are what looking at every row gives", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { windows, rows, hour } = await follow(all);
        for (const who of ["ada", "bob"])
          for (let h = 1; h <= hour; h++)
            expect({ who, h, ...(await told(windows, who, h)) }).toEqual({
              who,
              h,
              ...naive(rows, who, h),
            });
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

  test("begin anew when their definition has changed, and refuse what they cannot keep", async () => {
    const { table, windows } = made();
    await table.append([{ id: 1, who: "ada", at: at(1), paid: 5 }]);
    await windows.refresh(lake, { until: at(4) });
    const refused = (work: Promise<unknown>, code: string) =>
      expect(work).rejects.toThrow(expect.objectContaining({ code }));
    const other = (version: number) =>
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
    await refused(other(1).refresh(lake, { until: at(5) }), "feature/conflict-windows");
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
    const plain = lake.table(`shop.plain${tables}`, orders);
    await plain.append([{ id: 1, who: "ada", at: at(1), paid: 5 }]);
    const blind = featureWindows(
      { ...options, from: plain.name, name: `shop.blind${tables}` },
      (_, w) => ({ n: w.count({ days: 1 }) }),
    );
    await blind.refresh(lake, { until: at(24) });
    await plain.delete((c) => c.id.is(1));
    await refused(blind.refresh(lake, { until: at(48) }), "table/missing-changes");
  });
});
