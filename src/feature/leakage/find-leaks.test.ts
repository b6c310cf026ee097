import { afterAll, describe, expect, test } from "vitest";
import { split } from "../../dataset/index.ts";
import {
  bool,
  category,
  float,
  frame,
  int,
  openEngine,
  type Schema,
  schema,
  text,
  timestamp,
} from "../../table/index.ts";
import { features } from "../features.ts";
import { numeric } from "../transforms/index.ts";
import { findLeaks } from "./find-leaks.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const visits = schema("visits", {
  id: int({ key: true }),
  name: text(),
  code: int(),
  size: float({ nullable: true }),
  middle: float(),
  kind: category(["a", "b"]),
  paidAt: timestamp(),
  askedAt: timestamp(),
  bought: bool(),
});
const visitSql = `
  SELECT i AS id, 'visitor ' || i AS name, i * 7 % 13 AS code,
    CASE WHEN i % 10 = 0 THEN NULL ELSE hash(i * 3) % 1000 / 10.0 END AS size,
    CASE WHEN hash(i) % 2 = 0 THEN 50 + i % 5 ELSE 100 * (i % 2) END::DOUBLE AS middle,
    CASE WHEN i % 3 = 0 THEN 'a' ELSE 'b' END AS kind,
    TIMESTAMPTZ '2026-01-01' + to_seconds(i * 60 + CASE WHEN i < 5 THEN 90 ELSE 0 END) AS "paidAt",
    TIMESTAMPTZ '2026-01-01' + to_seconds(i * 60) AS "askedAt",
    hash(i) % 2 = 0 AS bought
  FROM range(400) t(i)`;
const framed = (sql: string) => frame({ engine, schema: visits, sql });
const rows = framed(visitSql);
const told = (found: Awaited<ReturnType<typeof findLeaks>>) =>
  found.findings.map(({ severity, column }) => `${severity} ${column}`);

describe("findLeaks", () => {
  test("finds nothing in columns that know nothing", async () => {
    const found = await findLeaks(rows, { label: "bought", columns: ["code", "size", "kind"] });
    expect(found.findings).toEqual([]);
    for (const { strength } of found.strengths) expect(strength).toBeLessThan(0.65);
  });

  test("finds a column that tells the label by its order, or by a region in its middle", async () => {
    const found = await findLeaks(rows, { label: "bought", columns: ["middle", "size"] });
    expect(told(found)).toEqual(["critical middle"]);
    expect(found.strengths[0]?.column).toBe("middle");
    const tells = `SELECT * REPLACE (CASE WHEN bought THEN 1 ELSE 0 END::DOUBLE AS size) FROM (${visitSql})`;
    const [first] = (await findLeaks(framed(tells), { label: "bought" })).strengths;
    expect(first).toEqual({ column: "size", strength: 1 });
  });

  test("does not take a column in which all values differ for one that tells, but for a name", async () => {
    const found = await findLeaks(rows, { label: "bought", columns: ["name", "id"] });
    expect(told(found)).toEqual(["critical name", "critical id"]);
    expect(found.findings[0]?.expectation).toContain("names the row");
  });

  /** What is told of each column of a table of `id`, `plan`, `code`, `size` and `gone`. */
  const strengthsOf = async (select: string, from = "range(2000) t(i)") => {
    const columns = {
      id: int({ key: true }),
      plan: text(),
      code: int(),
      size: float(),
      gone: bool(),
    };
    const sql = `SELECT i AS id, 'a' AS plan, 0 AS code, 0.0::DOUBLE AS size, false AS gone FROM ${from}`;
    const plans = frame({
      engine,
      schema: schema("plans", columns),
      sql: `SELECT * REPLACE (${select}) FROM (SELECT s.*, id AS i FROM (${sql}) s)`,
    });
    const { findings, strengths } = await findLeaks(plans, { label: "gone" });
    const of = Object.fromEntries(strengths.map(({ column, strength }) => [column, strength]));
    return { found: findings.map(({ column }) => column), of };
  };

  test("takes no row's place for what a column tells: labels that alternate, a constant, and noise", async () => {
    const plain = "i % 2 = 0 AS gone, hash(i) % 7 AS code, hash(i + 1) % 1000 / 7.0 AS size";
    const found = await strengthsOf(plain);
    expect(found).toMatchObject({ found: [], of: { plan: 0.5 } });
    for (const order of ["i DESC", "hash(i)", "i % 2, i"])
      expect(await strengthsOf(plain, `(FROM range(2000) t(i) ORDER BY ${order})`)).toEqual(found);
  });

  test("law: without keys, rows of few kinds and rows that come again are in both halves", async () => {
    const columns = { plan: text(), gone: bool() };
    const told = async (plan: string, left: string) => {
      const sql = `SELECT ${plan} AS plan, ${left} AS gone FROM range(600) t(i)`;
      const rows = frame({ engine, schema: schema("plans", columns), sql });
      return (await findLeaks(rows, { label: "gone" })).strengths[0]?.strength ?? 0;
    };
    for (const n of [2, 3, 5, 7]) {
      expect(await told(`'p' || i % ${n}`, `i % ${n} = 0`)).toBe(1);
      expect(await told(`'p' || i % ${n}`, `hash(i) % 2 = 0`)).toBeLessThan(0.62);
    }
    expect(await told("'a'", "i % 2 = 0")).toBe(0.5);
  });

  test("finds a code that tells the label value by value, in no order, and does not learn numbers by heart", async () => {
    const found = await strengthsOf(
      "(hash(i) % 40)::INT AS code, (hash(i) % 40) / 10.0 AS size, hash(i) % 2 = 1 AS gone",
    );
    expect(found).toMatchObject({ found: ["code", "size"], of: { code: 1, size: 1 } });
    const free = await strengthsOf(
      "(hash(i) % 40)::INT AS code, hash(i) / 1e15 AS size, hash(i + 1) % 2 = 1 AS gone",
    );
    expect(free.found).toEqual([]);
    expect(Math.max(...Object.values(free.of).map(Number))).toBeLessThan(0.56);
  });

  test("cuts buckets of numbers beside equal ones", async () => {
    const told = "i % 3 = 0 AS gone, CASE WHEN i % 3 = 0 THEN 5 ELSE hash(i) / 1.8e18 END AS size";
    expect((await strengthsOf(told)).of["size"]).toBe(1);
  });

  test("finds a missing value that tells", async () => {
    const sql = `SELECT * REPLACE (CASE WHEN bought THEN 1.0 END AS size) FROM (${visitSql})`;
    const found = await findLeaks(framed(sql), { label: "bought", columns: ["size"] });
    expect(told(found)).toEqual(["critical size"]);
  });

  test("finds moments after the one of the label, and the time itself", async () => {
    const found = await findLeaks(rows, {
      label: "bought",
      columns: ["paidAt", "askedAt"],
      time: "askedAt",
    });
    expect(told(found)).toEqual(["critical paidAt", "warning askedAt"]);
    expect(found.findings[0]?.failedRows).toBe(5);
  });

  test("finds rows and entities on both sides of a split", async () => {
    const { train, test: other } = await split(rows, { by: "id" });
    const clean = await findLeaks(train, {
      label: "bought",
      columns: ["size", "code"],
      test: other,
      entity: "name",
      tooGood: 1,
    });
    expect(clean.findings).toEqual([]);
    const leaky = framed(`(${other.sql}) UNION ALL (SELECT * FROM (${train.sql}) LIMIT 20)`);
    const found = await findLeaks(train, {
      label: "bought",
      columns: ["size", "code"],
      test: leaky,
      entity: "name",
      tooGood: 1,
    });
    expect(told(found)).toEqual(["critical null", "critical name", "critical id"]);
    const [repeated, shared] = found.findings.map(({ failedRows }) => failedRows);
    expect(repeated).toBeGreaterThanOrEqual(20); // and some that are equal by chance
    expect(shared).toBe(20);
  });

  test("judges numbers as labels by rank correlation, and one class not at all", async () => {
    const sql = `SELECT * REPLACE (code * 2.0 AS size) FROM (${visitSql})`;
    const found = await findLeaks(framed(sql), { label: "size", columns: ["code", "kind"] });
    expect(found.strengths).toEqual([
      { column: "code", strength: 1 },
      { column: "kind", strength: 0.5 },
    ]);
    const one = framed(`SELECT * FROM (${visitSql}) WHERE bought`);
    const alone = await findLeaks(one, { label: "bought", columns: ["size"] });
    const strengths = [{ column: "size", strength: null }];
    expect(alone).toEqual({ findings: [], strengths, enough: false });
  });

  test("finds a number that follows a parabola, and a text that tells a number", async () => {
    const sql = `SELECT * REPLACE ((i - 200) ** 2 + hash(i) % 50 AS size, (i - 200)::DOUBLE AS middle,
      'visitor ' || (abs(i - 200) // 20) AS name) FROM (SELECT *, id AS i FROM (${visitSql}))`;
    const columns = ["middle", "name", "kind"] as const;
    const schemed = framed(`SELECT * EXCLUDE (i) FROM (${sql})`);
    const found = await findLeaks(schemed, { label: "size", columns });
    expect(told(found)).toEqual(["critical middle", "critical name"]);
    expect(found.strengths.at(-1)).toMatchObject({ column: "kind" });
    expect(found.strengths.at(-1)?.strength).toBeLessThan(0.6);
  });

  test("takes texts of two values for a label, and texts of numbers for numbers", async () => {
    const texts = schema("raw", { left: text(), bill: text(), tenure: text(), plan: text() });
    const sql = `SELECT CASE WHEN hash(i) % 2 = 0 THEN 'Yes' ELSE 'No' END AS left,
      (hash(i) % 2 * 1000 + i)::VARCHAR AS bill, (i * 7 % 60)::VARCHAR AS tenure, 'p' || i % 3 AS plan FROM range(300) t(i)`;
    const raw = frame({ engine, schema: texts, sql });
    const columns = ["bill", "tenure", "plan"] as const;
    expect((await findLeaks(raw, { label: "left", columns })).strengths[0]).toEqual({
      column: "bill",
      strength: 1,
    });
    const [bill] = (await findLeaks(raw, { label: "bill", columns: ["left"] })).strengths;
    expect(bill?.strength).toBeGreaterThan(0.9);
    await expect(findLeaks(raw, { label: "plan" })).rejects.toThrow("got 3 different texts");
  });

  test("tells nothing of few rows, nor of few of one kind", async () => {
    const few = framed(`SELECT * REPLACE (bought::INT::DOUBLE AS size) FROM (${visitSql}) LIMIT 3`);
    const found = await findLeaks(few, { label: "bought", columns: ["size"] });
    const strengths = [{ column: "size", strength: null }];
    expect(found).toEqual({ findings: [], strengths, enough: false });
  });

  test("finds rows that were repeated before the split, under new names, and keys that are on both sides", async () => {
    const repeated = `SELECT * REPLACE (id * 10 + k AS id, hash(id)::DOUBLE AS size) FROM (${visitSql}), range(5) r(k)`;
    const rare = framed(`SELECT * EXCLUDE (k) FROM (${repeated}) WHERE k = 0 OR NOT bought`);
    const columns = ["size", "code"] as const;
    const look = async (all: typeof rows, by: "id" | "name") => {
      const { train, test: other } = await split(all, { by });
      return told(await findLeaks(train, { label: "bought", columns, test: other, tooGood: 1 }));
    };
    expect(await look(rare, "id")).toEqual(["critical null"]);
    expect(await look(framed(`SELECT * FROM (${visitSql})`), "id")).toEqual([]);
    const twice = framed(`SELECT * REPLACE (name || k AS name) FROM (${visitSql}), range(2) r(k)`);
    expect(await look(twice, "name")).toEqual(["critical id"]); // of so few values rows may be equal by chance
  });

  test("looks at what features read", async () => {
    const definition = features(visits, (c) => ({ size: numeric(c.size) }));
    const { strengths } = await findLeaks(rows, { label: "bought", features: definition });
    expect(strengths.map(({ column }) => column)).toEqual(["size"]);
  });

  test("refuses columns that are not there, labels that are texts, and no rows", async () => {
    const untyped = frame({ engine, schema: visits as Schema, sql: visitSql });
    const refused = (work: Promise<unknown>, code: string) =>
      expect(work).rejects.toThrow(expect.objectContaining({ code }));
    await refused(findLeaks(untyped, { label: "bougth" }), "feature/unknown-column");
    await refused(findLeaks(untyped, { label: "bought", time: "when" }), "feature/unknown-column");
    await refused(findLeaks(rows, { label: "name" }), "feature/unsupported-label");
    await refused(findLeaks(rows, { label: "paidAt" }), "feature/unsupported-label");
    const none = framed(`SELECT * FROM (${visitSql}) WHERE false`);
    await refused(findLeaks(none, { label: "bought" }), "feature/missing-rows");
    await refused(findLeaks(rows, { label: "bought", tooGood: 2 }), "option/out-of-range");
  });
});
