import { describe, expect, test } from "vitest";
import { newLake } from "../../../tests/support/lake.ts";
import { bool, category, float, frame, int, schema, text, timestamp } from "../../table/index.ts";
import { declarationKey } from "./declaration.ts";
import { featureStatistics } from "./feature-statistics.ts";
import { featuresOf, featureTable } from "./feature-table.ts";
import { applyFeatures, planFeatures } from "./plan-features.ts";
import { describeFeatures, listFeatures } from "./stored.ts";
import { deleteFeatures, readFeatures, writeFeatures } from "./write-features.ts";

const columns = { id: text(), at: timestamp(), spend: float({ nullable: true }), visits: int() };
const spending = featureTable({
  name: "shop.spending",
  schema: schema("spending", columns),
  key: "id",
  timestamp: "at",
  ttl: { days: 30 },
  freshness: { hours: 24 },
  label: "churn",
  owners: ["ada"],
  tags: { tier: "gold" },
  description: "what customers spend",
});
const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

describe("featureTable", () => {
  test("is plain data with its features named", () => {
    expect(featuresOf(spending)).toEqual(["spend", "visits"]);
    expect(JSON.parse(JSON.stringify(spending))).toEqual(spending);
  });

  test("refuses a table without a key, of a key that may be missing, is a number with fractions, or is named twice", () => {
    const make = (key: readonly string[]) => () =>
      featureTable({
        name: "a.b",
        schema: schema("s", { id: text(), f: float(), n: text({ nullable: true }) }),
        key: key as never,
      });
    expect(make([])).toThrow(expect.objectContaining({ code: "feature/missing-primary-key" }));
    expect(make(["f"])).toThrow(expect.objectContaining({ code: "feature/unsupported-key" }));
    expect(make(["n"])).toThrow(expect.objectContaining({ code: "feature/unsupported-key" }));
    expect(make(["id", "id"])).toThrow(
      expect.objectContaining({ code: "feature/unsupported-key" }),
    );
    expect(make(["ix"])).toThrow(expect.objectContaining({ code: "feature/unknown-table-column" }));
  });

  test("says to untyped code which argument is what, and how spans are written", () => {
    const make =
      (
        more: string,
        of: unknown = {
          name: "a.b",
          schema: schema("s", { id: text(), at: timestamp() }),
          key: "id",
        },
      ) =>
      () =>
        featureTable(Object.assign({}, of, JSON.parse(more)));
    const refused = (more: string, words: string) =>
      expect(make(more)).toThrow(
        expect.objectContaining({
          code: "feature/mismatch-declaration",
          message: expect.stringContaining(words),
        }),
      );
    refused('{"owners":"ada"}', 'owners must be a list of texts, such as ["ada"]; got "ada"');
    refused('{"owners":[7]}', "owners must be a list of texts");
    refused('{"name":7}', "name must be a text");
    refused('{"name":""}', "name must be a text");
    refused('{"schema":{"id":"text"}}', "schema must be a schema");
    refused('{"key":{"id":true}}', "key must be a column or a list of columns");
    refused('{"key":null}', "key must be a column or a list of columns");
    refused('{"timestamp":["at"]}', "timestamp must be a column");
    refused('{"label":true}', "label must be a column");
    refused('{"tags":["gold"]}', "tags must be texts by name");
    refused('{"tags":{"tier":1}}', "tags must be texts by name");
    refused('{"description":null}', "description must be a text");
    for (const span of ["30", '"30 days"', "null", "[30]"])
      expect(make(`{"timestamp":"at","ttl":${span}}`)).toThrow(
        expect.objectContaining({
          code: "feature/mismatch-span",
          message: expect.stringContaining("such as { days: 30 }"),
        }),
      );
    for (const days of ['"3"', "null", "{}"])
      expect(make(`{"timestamp":"at","ttl":{"days":${days}}}`)).toThrow(
        expect.objectContaining({ code: "option/out-of-range" }),
      );
  });

  test("refuses the target among its columns, and times that are none", () => {
    const rows = schema("s", { id: text(), churn: bool(), at: timestamp({ nullable: true }) });
    expect(() => featureTable({ name: "a.b", schema: rows, key: "id", label: "churn" })).toThrow(
      expect.objectContaining({ code: "feature/conflict-label" }),
    );
    expect(() => featureTable({ name: "a.b", schema: rows, key: "id", timestamp: "at" })).toThrow(
      expect.objectContaining({ code: "feature/unsupported-timestamp" }),
    );
    expect(() => featureTable({ name: "a.b", schema: rows, key: "id", ttl: { days: 1 } })).toThrow(
      expect.objectContaining({ code: "feature/missing-time" }),
    );
  });
});

describe("writeFeatures", () => {
  test("makes the table, replaces rows of the same key and time, and keeps every version", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, [
      { id: "a", at: day(1), spend: 1, visits: 1 },
      { id: "a", at: day(2), spend: 2, visits: 1 },
    ]);
    const { tableVersion } = await describeFeatures(lake, "shop.spending");
    await writeFeatures(lake, spending, [{ id: "a", at: day(2), spend: 9, visits: 3 }]);
    const spends = async (at = {}) =>
      (await (await readFeatures(lake, spending, at)).rows()).map(({ spend }) => spend).sort();
    expect(await spends()).toEqual([1, 9]);
    expect(await spends({ version: tableVersion })).toEqual([1, 2]);
  });

  test("refuses a key that stands in several rows of one write, and writes nothing", async () => {
    await using lake = await newLake();
    const row = { id: "a", at: day(1), spend: 1, visits: 1 };
    await expect(writeFeatures(lake, spending, [row, row])).rejects.toMatchObject({
      code: "table/duplicate-key",
    });
    expect(await (await readFeatures(lake, spending)).count()).toBe(0);
  });

  test("refuses a timestamp without a zone", async () => {
    await using lake = await newLake();
    for (const [at, reason, advice] of [
      [
        `TIMESTAMP '2026-01-01 10:00:00'`,
        "it is a TIMESTAMP without a time zone",
        `timezone('Europe/Paris', "at")`,
      ],
      [`DATE '2026-01-01'`, "it is a DATE without a time zone", `timezone('Europe/Paris', "at")`],
      [
        `'2026-01-01 10:00:00'`,
        "it is a text",
        `timezone('Europe/Paris', CAST("at" AS TIMESTAMP))`,
      ],
      [`'2026-01-01 10:00:00+01'`, "it is a text", `CAST("at" AS TIMESTAMPTZ)`],
    ] as const) {
      const rowsAt = (moment: string) =>
        frame({
          engine: lake.engine,
          schema: spending.schema,
          sql: `SELECT 'a' AS id, ${moment} AS at, 1.0::DOUBLE AS spend, 1::BIGINT AS visits FROM (SELECT ${at} AS "at")`,
        });
      const refused = writeFeatures(lake, spending, rowsAt(`"at"`));
      await expect(refused).rejects.toMatchObject({ code: "feature/unsupported-timestamp" });
      await expect(refused).rejects.toThrow(`cannot tell when its row was true: ${reason}. `);
      await expect(refused).rejects.toThrow(advice);
      await writeFeatures(lake, spending, rowsAt(advice));
    }
  });

  test("refuses a timestamp to which only lake.sql gave a zone", async () => {
    await using lake = await newLake();
    const given = (at: string) =>
      lake.sql(`SELECT 'a' AS id, ${at} AS at, 1.0 AS spend, 1 AS visits`, {
        schema: spending.schema,
      });
    for (const at of ["TIMESTAMP '2026-01-01 10:00:00'", "DATE '2026-01-01'"]) {
      const local = await given(at);
      for (const rows of [local, local.where((c) => c.visits.isAbove(0))])
        await expect(writeFeatures(lake, spending, rows)).rejects.toThrow(
          "the query gives it without a time zone",
        );
    }
    await writeFeatures(lake, spending, await given("TIMESTAMPTZ '2026-01-01 10:00:00+01'"));
  });

  test("refuses a definition that changed under the same version, and a newer one that nobody applied", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, []);
    const wider = schema("spending", { ...columns, more: int({ nullable: true }) });
    const changed = { ...spending, schema: wider };
    await expect(writeFeatures(lake, changed, [])).rejects.toMatchObject({
      code: "feature/conflict-definition",
      message: expect.stringContaining("column more"),
    });
    await expect(writeFeatures(lake, { ...changed, version: 2 }, [])).rejects.toMatchObject({
      code: "feature/conflict-version",
    });
  });
});

describe("deleteFeatures", () => {
  test("takes out all rows of the keys", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, [
      { id: "a", at: day(1), spend: 1, visits: 1 },
      { id: "a", at: day(2), spend: 2, visits: 1 },
      { id: "b", at: day(2), spend: 2, visits: 1 },
    ]);
    const keys = frame({
      engine: lake.engine,
      schema: schema("keys", { id: text() }),
      sql: "SELECT 'a' AS id",
    });
    await deleteFeatures(lake, spending, keys);
    expect((await (await readFeatures(lake, spending)).rows()).map(({ id }) => id)).toEqual(["b"]);
  });
});

describe("planFeatures", () => {
  test("creates, alters, replaces, refuses and leaves alone, and says what differs", async () => {
    await using lake = await newLake();
    const action = async (table: typeof spending): Promise<string> =>
      (await planFeatures(lake, [table]))[0]?.action ?? "";
    expect(await action(spending)).toBe("create");
    await applyFeatures(lake, [spending]);
    expect(await action(spending)).toBe("unchanged");
    expect(await action({ ...spending, owners: ["bob"] })).toBe("alter");
    const wider = schema("spending", { ...columns, more: int({ nullable: true }) });
    expect(await action({ ...spending, schema: wider })).toBe("refuse");
    expect(await action({ ...spending, schema: wider, version: 2 })).toBe("alter");
    const [planned] = await planFeatures(lake, [{ ...spending, ttlMs: 3_600_000, version: 2 }]);
    expect(planned).toMatchObject({ action: "alter", from: 1, to: 2 });
    expect(planned?.changes).toEqual([
      { what: "ttl", before: "720 h", after: "1 h", weight: "meaning" },
    ]);
    expect(await action({ ...spending, key: ["visits"] as never, version: 2 })).toBe("replace");
    expect((await planFeatures(lake, [spending, spending]))[1]?.action).toBe("refuse");
  });

  test("refuses the name of a table that declares no features", async () => {
    await using lake = await newLake();
    await lake.table("shop.spending", schema("s", { x: int() })).append([{ x: 1 }]);
    expect((await planFeatures(lake, [spending]))[0]?.action).toBe("refuse");
    await expect(applyFeatures(lake, [spending])).rejects.toMatchObject({
      code: "feature/missing-table",
    });
    await expect(describeFeatures(lake, "shop.spending")).rejects.toMatchObject({
      code: "feature/missing-table",
    });
  });
});

describe("applyFeatures", () => {
  test("changes a table in place, keeps its rows, and any process finds the new declaration", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, [{ id: "a", at: day(1), spend: 1, visits: 1 }]);
    const wider = schema("spending", { ...columns, more: int({ nullable: true }) });
    const next = featureTable({ ...options, schema: wider, version: 2 });
    await applyFeatures(lake, [next]);
    expect((await listFeatures(lake)).map(({ table }) => table)).toEqual([next]);
    expect(await (await readFeatures(lake, next)).rows()).toEqual([
      { id: "a", at: day(1), spend: 1, visits: 1, more: null },
    ]);
    await expect(applyFeatures(lake, [spending])).rejects.toMatchObject({
      code: "feature/conflict-version",
    });
  });

  test("empties a table whose rows cannot stay only when it is told to", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, [{ id: "a", at: day(1), spend: 1, visits: 1 }]);
    const other = schema("spending", { ...columns, spend: text() });
    const next = featureTable({ ...options, schema: other, version: 2 });
    await expect(applyFeatures(lake, [next])).rejects.toMatchObject({
      code: "feature/unsupported-change",
      message: expect.stringContaining("column spend: float or null → text"),
    });
    await applyFeatures(lake, [next], { replace: true });
    expect(await (await readFeatures(lake, next)).count()).toBe(0);
    expect((await describeFeatures(lake, "shop.spending")).table.version).toBe(2);
  });

  test("refuses a declaration that was damaged", async () => {
    await using lake = await newLake();
    await writeFeatures(lake, spending, []);
    const table = lake.table("shop.spending", spending.schema);
    for (const text of ["{", '{"format":99}', '{"format":1,"schema":{"name":"s","columns":{}}}']) {
      await table.alter({ properties: { [declarationKey]: text } });
      await expect(describeFeatures(lake, "shop.spending")).rejects.toMatchObject({
        code: "feature/corrupt-declaration",
      });
    }
    await expect(table.alter({ properties: { "delta.x": "1" } })).rejects.toMatchObject({
      code: "table/unsupported-property",
    });
  });
});

describe("featureStatistics", () => {
  test("tells of each feature what the newest version holds, whatever its kind", async () => {
    await using lake = await newLake();
    const kinds = featureTable({
      ...{ name: "shop.kinds", key: "id" },
      schema: schema("kinds", {
        id: text(),
        spend: float({ nullable: true }),
        visits: int(),
        gold: bool(),
        plan: category(["free", "paid"]),
        since: timestamp(),
      }),
    });
    const row = { spend: 9, visits: 9, gold: false, plan: "paid", since: day(9) } as const;
    await writeFeatures(lake, kinds, [{ id: "a", ...row }]);
    await writeFeatures(lake, kinds, [
      { id: "a", spend: 1, visits: 2, gold: true, plan: "free", since: day(1) },
      { id: "b", spend: 4, visits: 4, gold: true, plan: "paid", since: day(3) },
      { id: "c", spend: null, visits: 6, gold: false, plan: "paid", since: day(5) },
    ]);
    const { features, ...whole } = await featureStatistics(lake, "shop.kinds");
    expect(whole).toMatchObject({ table: "shop.kinds", version: 1, rows: 3 });
    const none = { min: null, max: null, mean: null };
    expect(features).toMatchObject([
      { name: "gold", count: 3, ...none, levels: [{ value: "true", count: 2 }, { count: 1 }] },
      { name: "plan", count: 3, ...none, distinct: 2, levels: [{ value: "paid", count: 2 }, {}] },
      { name: "since", min: day(1).getTime(), max: day(5).getTime(), mean: day(3).getTime() },
      { name: "spend", count: 2, nulls: 1, min: 1, max: 4, mean: 2.5, distinct: 2 },
      { name: "visits", count: 3, nulls: 0, min: 2, max: 6, mean: 4, distinct: 3 },
    ]);
    await writeFeatures(lake, spending, []);
    const empty = await featureStatistics(lake, "shop.spending");
    expect(empty).toMatchObject({ rows: 0, features: [{ count: 0, ...none }, { count: 0 }] });
    const bare = featureTable({
      name: "shop.bare",
      schema: schema("b", { id: text() }),
      key: "id",
    });
    await writeFeatures(lake, bare, [{ id: "a" }]);
    expect(await featureStatistics(lake, "shop.bare")).toMatchObject({ rows: 1, features: [] });
  });
});

const options = { name: "shop.spending", key: "id", timestamp: "at" } as const;
