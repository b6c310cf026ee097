import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type DriftPeers, peerSample, readDriftPeers } from "../../tests/peer/drift.ts";
import {
  bool,
  type Columns,
  category,
  float,
  frame,
  int,
  openLake,
  schema,
  text,
  timestamp,
} from "../table/index.ts";
import type { TableView } from "./columns.ts";
import { compareSketches } from "./compare-sketches.ts";
import type { CompareSketchesOptions } from "./drift-judge.ts";
import { sketchRows } from "./sketch/sketch-rows.ts";

const home = await mkdtemp(join(tmpdir(), "millrace-sketches-"));
const lake = await openLake(home);
afterAll(async () => {
  await lake.close();
  await rm(home, { recursive: true, force: true });
});

const rows = (sql: string, columns: Columns): TableView =>
  frame({ engine: lake.engine, schema: schema("t", columns), sql });
const x = { x: float({ nullable: true }) };
async function compare(before: TableView, now: TableView, options: CompareSketchesOptions = {}) {
  return compareSketches(
    { reference: await sketchRows(before), current: await sketchRows(now) },
    options,
  );
}
async function one(before: TableView, now: TableView, options: CompareSketchesOptions = {}) {
  const [drift] = await compare(before, now, options);
  if (drift === undefined) throw new Error("no column");
  return drift;
}
const range = (n: number, value = "range::DOUBLE", columns: Columns = x): TableView =>
  rows(`SELECT ${value} AS x FROM range(${n})`, columns);

function samplesOf(peer: DriftPeers["numbers"][number]): readonly [TableView, TableView] {
  const table = (numbers: readonly number[]) =>
    rows(`SELECT unnest([${numbers.join(", ")}]::DOUBLE[]) AS x`, x);
  return [
    table(peerSample(peer.rows, { ...peer, shift: 0 })),
    table(peerSample(peer.rowsNow, { ...peer, salt: peer.salt + 100 })),
  ];
}

describe("compareSketches", () => {
  test.each([
    ["numbers of many values", 1000, "range::DOUBLE", "kolmogorov-smirnov"],
    ["numbers of three values", 1000, "(range % 3)::DOUBLE", "homogeneity"],
    ["numbers of two values", 1000, "(range % 2)::DOUBLE", "z"],
    ["many numbers of many values", 1001, "range::DOUBLE", "wasserstein"],
    ["many numbers of five values", 1001, "(range % 5)::DOUBLE", "jensen-shannon"],
  ])("chooses for %s (%i rows)", async (...[, n, value, measure]) => {
    const drift = await one(range(n, value), range(50, value));
    expect(drift.measure).toBe(measure);
  });

  test.each([
    ["yes and no", 100, "range % 2 = 0", bool({ nullable: true }), "z"],
    [
      "yes, no and missing",
      100,
      "[true, false, NULL][range % 3 + 1]",
      bool({ nullable: true }),
      "homogeneity",
    ],
    ["labels", 100, "'l' || range % 4", category(["l0", "l1", "l2", "l3"]), "homogeneity"],
    ["many labels", 1001, "'l' || range % 4", category(["l0", "l1", "l2", "l3"]), "jensen-shannon"],
    ["texts of many kinds", 3000, "'text ' || range", text(), "jensen-shannon"],
  ])("chooses for %s (%i rows)", async (...[, n, value, column, measure]) => {
    const table = range(n, value, { x: column });
    const drift = await one(table, table);
    expect(drift.measure).toBe(measure);
    expect(drift.level).toBe("none");
  });

  test("gives 0, or p = 1, for a table and itself by every measure", async () => {
    const values = "CASE WHEN range % 7 = 0 THEN NULL ELSE sin(range) END";
    const table = range(3000, values);
    for (const measure of [
      "psi",
      "kl",
      "jensen-shannon",
      "hellinger",
      "total-variation",
      "wasserstein",
    ] as const)
      expect((await one(table, table, { measure })).value).toBe(0);
    for (const measure of ["kolmogorov-smirnov", "chi-square", "homogeneity"] as const)
      expect((await one(table, table, { measure })).value).toBe(1);
  });

  test("gives Evidently's Wasserstein and Kolmogorov-Smirnov of the peers' samples", async () => {
    for (const peer of (await readDriftPeers()).numbers) {
      const [before, now] = samplesOf(peer);
      const isExact = Math.max(peer.rows, peer.rowsNow) <= 4096 || peer.levels > 0;
      const moved = await one(before, now, { measure: "wasserstein" });
      // beyond 4096 values a sketch cuts them; its error is below a thousandth of the deviation
      expect(moved.value).toBeClose(peer.evidently.wasserstein, isExact ? {} : { atol: 1e-3 });
      if (!isExact) continue;
      const tested = await one(before, now, { measure: "kolmogorov-smirnov" });
      expect(tested.value).toBeClose(peer.evidently.ks, { rtol: 1e-7 });
    }
  });

  test("gives Evidently's PSI and Jensen-Shannon of at most twenty numbers, counted one by one", async () => {
    const few = (await readDriftPeers()).numbers.filter(({ evidently }) => evidently.psi !== null);
    expect(few).toHaveLength(3);
    for (const peer of few) {
      const [before, now] = samplesOf(peer);
      const { psi, jensenShannon } = peer.evidently;
      expect((await one(before, now, { measure: "psi" })).value).toBeClose(psi ?? 0);
      expect((await one(before, now, { measure: "jensen-shannon" })).value).toBeClose(
        jensenShannon ?? 0,
      );
    }
    const drift = await one(range(100, "range % 7"), range(100, "range % 9"), { measure: "psi" });
    expect(drift.buckets.map(({ label }) => label)).toEqual([..."0123456", "(new)"]);
  });

  test("judges a growing share of missing values also where the measure is of values", async () => {
    const drift = await one(
      range(2000),
      range(2000, "CASE WHEN range % 2 = 0 THEN NULL ELSE range END"),
    );
    expect(drift.value).toBeLessThan(0.01);
    expect(drift.missing.level).toBe("severe");
    expect(drift.level).toBe("severe");
    expect(drift.current.missing).toBe(0.5);
  });

  test("has a bucket for missing and for infinite values, and no NaN", async () => {
    const odd = range(
      2000,
      "CASE range % 4 WHEN 0 THEN NULL WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN 'nan'::DOUBLE ELSE 1 END",
    );
    const drift = await one(range(2000), odd, { measure: "psi" });
    const share = (label: string) =>
      drift.buckets.find((bucket) => bucket.label === label)?.current;
    expect([share("∞"), share("(missing)")]).toEqual([0.25, 0.5]);
    expect(Number.isFinite(drift.value)).toBe(true);
    expect(drift.current).toMatchObject({ mean: 1, deviation: 0, infinite: 0.25 });
  });

  test("compares columns that are missing throughout by their buckets", async () => {
    const none = range(2000, "NULL::DOUBLE");
    expect(await one(none, none)).toMatchObject({ measure: "psi", value: 0, level: "none" });
    expect(await one(range(2000), none)).toMatchObject({ measure: "psi", level: "severe" });
    await expect(one(range(2000), none, { measure: "wasserstein" })).rejects.toMatchObject({
      code: "monitor/missing-values",
    });
  });

  test("compares values near the largest double by their buckets, and not by distances", async () => {
    const huge = range(2000, "(range - 1000) * 1.7e305");
    expect(await one(huge, huge)).toMatchObject({ measure: "psi", value: 0 });
    await expect(one(huge, huge, { measure: "wasserstein" })).rejects.toMatchObject({
      code: "monitor/unsupported-measure",
    });
  });

  test("sees a constant column stay, and move", async () => {
    expect((await one(range(2000, "7"), range(2000, "7"))).value).toBe(0);
    expect((await one(range(2000, "7"), range(2000, "8"))).level).toBe("severe");
    expect((await one(range(1, "7"), range(1, "7"))).value).toBe(1);
  });

  test("says how many words the reference never had", async () => {
    const said = (words: string) =>
      rows(`SELECT '${words} ' || range AS t FROM range(1200)`, { t: text() });
    const same = await one(said("the same words"), said("the same words"));
    expect(same).toMatchObject({ kind: "texts", level: "none", unknownWords: 0 });
    const other = await one(said("the same words"), said("quite other words"));
    expect(other.unknownWords).toBeGreaterThan(0.4);
    expect(other.level).toBe("severe");
  });

  test("sees that the words of a long tail were replaced, and takes chance for chance", async () => {
    const words = (letter: string, salt: number) =>
      rows(
        `SELECT CASE WHEN range % 4 = 0 THEN 'often' ELSE '${letter}' || hash(range + ${salt}) % 5000 END AS t FROM range(20000)`,
        { t: text() },
      );
    const [before, same, other] = [words("w", 0), words("w", 50_000), words("v", 0)];
    expect(await one(before, same)).toMatchObject({ kind: "texts", level: "none" });
    const moved = await one(before, other);
    expect(moved.level).toBe("severe");
    expect(moved.unknownWords).toBeClose(0.75, { rtol: 0.01 });
    const share = (label: string) => moved.buckets.find((bucket) => bucket.label === label);
    expect(share("(new)")?.current).toBeGreaterThan(0.5);
    expect(share("(gone)")?.reference).toBeGreaterThan(0.5);
  });

  test("does not take texts for drift of which every one comes once", async () => {
    const ids = (from: number) =>
      rows(`SELECT 'ticket ' || (range + ${from}) AS t FROM range(5000)`, { t: text() });
    expect((await one(ids(0), ids(90_000))).level).toBe("none");
  });

  test("does not take one new value in 900 rows for drift, but many", async () => {
    const kinds = (fresh: number) =>
      range(900, `CASE WHEN range < ${fresh} THEN 'c' WHEN range < 400 THEN 'b' ELSE 'a' END`, {
        x: category(["a", "b", "c"]),
      });
    expect(await one(kinds(0), kinds(1))).toMatchObject({ measure: "homogeneity", level: "none" });
    expect((await one(kinds(0), kinds(30))).level).toBe("severe");
    const asked = await one(kinds(0), kinds(1), { measure: "chi-square" });
    expect(asked).toMatchObject({ value: 0, statistic: null, level: "severe" });
  });

  test("compares a category of one table with a text of the other, and takes levels by their order", async () => {
    const a = rows("SELECT 'a' AS x FROM range(2000)", { x: text() });
    const b = rows("SELECT CASE WHEN range < 500 THEN 'b' ELSE 'a' END AS x FROM range(2000)", {
      x: category(["a", "b"]),
    });
    const drift = await one(a, b, { measure: "total-variation" });
    expect(drift.value).toBe(0.25);
    expect(drift.level).toBe("severe");
    const thresholds = { distance: { moderate: 0.2, severe: 0.3 } };
    expect((await one(a, b, { measure: "total-variation", thresholds })).level).toBe("moderate");
  });

  test("lists the worst first, by measures of their own", async () => {
    const two = (sql: string) => rows(sql, { a: int(), b: int() });
    const drift = await compare(
      two("SELECT range AS a, range AS b FROM range(2000)"),
      two("SELECT range AS a, range + 900 AS b FROM range(2000)"),
      { measure: "psi", measures: { b: "kolmogorov-smirnov" } },
    );
    expect(drift.map(({ column, measure, level }) => [column, measure, level])).toEqual([
      ["b", "kolmogorov-smirnov", "severe"],
      ["a", "psi", "none"],
    ]);
  });

  test("leaves out keys and timestamps", async () => {
    const table = rows("SELECT 'k' AS k, now() AS at, 1.5 AS x", {
      k: text({ key: true }),
      at: timestamp(),
      ...x,
    });
    expect([...(await sketchRows(table)).columns.keys()]).toEqual(["x"]);
  });

  test.each([
    ["monitor/missing-rows", range(0), range(1), {}],
    ["monitor/missing-rows", range(1), range(0), {}],
    ["monitor/unknown-column", range(1), range(1), { columns: ["y"] }],
    ["monitor/missing-columns", range(1), rows("SELECT 1 AS y", { y: int() }), {}],
    ["monitor/mismatch-column", range(1), rows("SELECT 'a' AS x", { x: text() }), {}],
    [
      "monitor/unsupported-measure",
      range(9, "true", { x: bool() }),
      range(9, "true", { x: bool() }),
      { measure: "wasserstein" },
    ],
    ["monitor/unsupported-measure", range(9), range(9), { measure: "z" }],
    ["option/out-of-range", range(9), range(9), { bins: 1 }],
    [
      "option/out-of-range",
      range(9),
      range(9),
      { thresholds: { distance: { moderate: 0.5, severe: 0.2 } } },
    ],
  ] as const)("refuses with %s", async (...[code, before, now, options]) => {
    await expect(compare(before, now, options)).rejects.toMatchObject({ code });
  });
});
