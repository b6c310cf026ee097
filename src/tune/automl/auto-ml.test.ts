/** @file Tests of the search for the best model of a table. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { formatJson } from "../../core/index.ts";
import { split } from "../../dataset/index.ts";
import { openTestLog, openTracking } from "../../run/index.ts";
import { memoryBytes, openRecords } from "../../store/index.ts";
import {
  bool,
  type Columns,
  category,
  type Frame,
  float,
  frame,
  int,
  openEngine,
  schema,
  text,
  timestamp,
} from "../../table/index.ts";
import { openWorkspace } from "../../workspace/index.ts";
import { autoMl, formatAutoMl } from "./index.ts";

const engine = await openEngine();
afterAll(() => engine.close());

const people = schema("people", {
  id: int({ key: true }),
  age: int({ nullable: true }),
  plan: category(["free", "paid"]),
  note: text({ nullable: true }),
  left: bool({ nullable: true }),
  kind: category(["low", "mid", "high"]),
  spend: float(),
});
const some = (n: number, change: Readonly<Record<string, string>> = {}) => {
  const columns = {
    id: "range",
    age: "if(range % 13 = 0, NULL, (range * 37) % 60)",
    plan: "if(range % 2 = 0, 'free', 'paid')",
    note: "NULL",
    left: "if(range % 17 = 0, NULL, (range * 37) % 60 + (range * 11) % 7 > 30)",
    kind: "CASE WHEN (range * 37) % 60 < 20 THEN 'low' WHEN (range * 37) % 60 < 45 THEN 'mid' ELSE 'high' END",
    spend: "(range * 37) % 60 * 2.0 + (range * 11) % 7",
    ...change,
  };
  const select = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  return frame({ engine, schema: people, sql: `SELECT ${select.join(", ")} FROM range(${n})` });
};
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("autoMl", () => {
  test("finds a model that beats the baseline, and scores it once on rows that were set aside", async () => {
    const found = await autoMl(some(400), { label: "left", trials: 5, leave: ["kind", "spend"] });
    expect(found.task).toEqual({ kind: "binary" });
    expect(found.metric.name).toBe("auc");
    const families = found.leaderboard.map(({ family }) => family);
    expect(new Set(families)).toEqual(new Set(["baseline", "linear", "forest", "boost"]));
    expect(found.best.family).not.toBe("baseline");
    expect(found.best.score).toBeGreaterThan(0.95);
    const scores = found.leaderboard.flatMap(({ score }) => (score === null ? [] : [score]));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(found.leaderboard.at(-1)?.score ?? 0.5).toBe(0.5);
    expect(found.test?.part).toBe("test");
    expect(found.test?.metrics.auc).toBeGreaterThan(0.95);
    expect(found.columns.trees.find(({ column }) => column === "note")?.why).toBe(
      "missing in every row",
    );
    expect(found.model.signature.output).toEqual({ name: "left", kind: "bool" });
    // rows without a label take no part
    expect((found.test?.rows ?? 0) < 400).toBe(true);
  });

  test("gives the same bytes again for the same rows, seed and trials", async () => {
    const once = async () => {
      const { model, leaderboard } = await autoMl(some(200), { label: "left", trials: 6, seed: 3 });
      return formatJson([
        model.hash,
        leaderboard.map(({ trial, score, code: made }) => [trial, score, made]),
      ]);
    };
    expect(await once()).toBe(await once());
  });

  test("keeps trials as runs and in records, goes on where it stopped, and guards the test rows", async () => {
    await using records = await openRecords(":memory:");
    const tracking = openTracking({ records, bytes: memoryBytes() });
    const testLog = openTestLog({ records });
    const how = { label: "left", records, tracking, testLog } as const;
    const first = await autoMl(some(200), { ...how, trials: 3 });
    const more = await autoMl(some(200), { ...how, trials: 5, again: "more trials" });
    expect(first.leaderboard).toHaveLength(1 + 3);
    expect(more.leaderboard).toHaveLength(1 + 5);
    expect(await testLog.accesses("automl left")).toHaveLength(2);
    const runs = await tracking.runs();
    expect(runs.filter(({ tags }) => tags["mlflow.parentRunId"] !== undefined)).toHaveLength(1 + 5);
  });

  test("tries the baseline once, beside the budget of trials", async () => {
    const how = { label: "left", test: 0 } as const;
    const { leaderboard } = await autoMl(some(200), { ...how, families: ["linear"], trials: 16 });
    expect(leaderboard).toHaveLength(1 + 16);
    expect(leaderboard.filter(({ family }) => family === "baseline")).toHaveLength(1);
    const alone = await autoMl(some(200), { ...how, families: ["baseline"], trials: 5 });
    expect(alone.leaderboard.map(({ code: made }) => made)).toEqual(["majority()"]);
  });

  test("compares scores of one question only: other columns, rows, seeds or families are another search", async () => {
    await using records = await openRecords(":memory:");
    const leaky = some(200, { spend: "if((range * 37) % 60 > 30, 9.0, 1.0)" });
    const how = { label: "left", records, trials: 5, test: 0 } as const;
    const first = await autoMl(leaky, how);
    const honest = await autoMl(leaky, { ...how, leave: ["spend", "kind", "age"] });
    expect(honest.best.score).toBeLessThan((first.best.score ?? 0) - 0.1);
    expect(honest.leaderboard).toHaveLength(1 + 5);
    const linear = await autoMl(leaky, { ...how, families: ["linear"] });
    expect(linear.best.family).toBe("linear");
    expect(linear.model.kind).toBe("logistic");
    const other = await autoMl(some(220), how);
    expect(other.leaderboard.map(({ milliseconds }) => milliseconds)).not.toContain(null);
    const again = await autoMl(leaky, how);
    expect(again.leaderboard.map(({ milliseconds }) => milliseconds)).toEqual(Array(6).fill(null));
    expect(again.model.hash).toBe(first.model.hash);
  });

  test("warns where rows that follow each other in time are alike", async () => {
    const days = schema("days", {
      id: int({ key: true }),
      at: timestamp(),
      warm: float(),
      sold: bool(),
    });
    const sql =
      "SELECT range AS id, TIMESTAMP '2026-01-01' + to_days(CAST(range AS INTEGER)) AS at, sin(range / 20.0) AS warm, sin(range / 20.0) > 0 AS sold FROM range(300)";
    const found = await autoMl(frame({ engine, schema: days, sql }), { label: "sold", trials: 2 });
    expect(found.checks.map(({ check }) => check)).toContain("time");
  });

  test("looks at the data first, and says what it sees", async () => {
    const doubled = { left: "range % 100 > 95", age: "range % 20", kind: "'low'", spend: "1.5" };
    const rare = await autoMl(some(400, doubled), { label: "left", trials: 2 });
    const told = rare.checks.map(({ check, severity }) => `${check} ${severity}`);
    expect(told).toContain("classes info");
    expect(told).toContain("duplicates warning");
    const leaky = await autoMl(
      some(200, { spend: "if((range * 37) % 60 > 30, 9.0, 1.0)", left: "(range * 37) % 60 > 30" }),
      { label: "left", trials: 2 },
    );
    expect(
      leaky.checks.filter(({ check }) => check === "leaks").map(({ message }) => message),
    ).toContainEqual(expect.stringContaining("spend"));
    const few = await autoMl(some(60), { label: "left", trials: 2, folds: 2, test: 0.4 });
    expect(few.checks[0]).toMatchObject({ check: "rows", severity: "warning" });
  });

  test("refuses rows of which nothing can be learned, and options that mean nothing", async () => {
    const refused = async (rows: Frame<typeof people.columns>, how: object, what: string) =>
      expect(autoMl(rows, { label: "left", trials: 2, ...how })).rejects.toThrow(code(what));
    await refused(some(200, { left: "true" }), {}, "tune/failed-checks");
    await refused(some(9), { folds: 5 }, "tune/failed-checks");
    await refused(some(200), { label: "lft" }, "tune/missing-label");
    await refused(some(200), { metric: "rmse" }, "tune/mismatch-metric");
    await refused(some(200), { metric: "acuracy" }, "metric/unknown-name");
    await refused(some(200), { families: ["forests"] }, "tune/missing-family");
    await refused(some(200), { test: 1 }, "option/out-of-range");
    const keyless = schema("keyless", { a: int(), left: bool() });
    const rows: Frame<Columns> = frame({
      engine,
      schema: keyless,
      sql: "SELECT range AS a, range > 50 AS left FROM range(100)",
    });
    const keylessly = autoMl(rows, { label: "left", trials: 2 });
    await expect(keylessly).rejects.toThrow(code("tune/missing-key"));
    await expect(keylessly).rejects.toThrow('with by (--by on the command line): "a"; rows');
    const wide = schema("wide", { a: int(), b: int(), left: bool() });
    const two = frame({
      engine,
      schema: wide,
      sql: "SELECT range AS a, range % 50 AS b, range % 50 > 25 AS left FROM range(100)",
    });
    const found = await autoMl(two, { label: "left", by: "a", trials: 4 });
    expect(found.best.score).toBeGreaterThan(0.5);
    expect(Object.keys(found.model.signature.inputs)).toEqual(["b"]);
  });

  test("never learns from rows that a split set aside", async () => {
    const { test: held } = await split(some(200), { by: "id" });
    await expect(autoMl(held, { label: "left", trials: 2 })).rejects.toThrow(
      code("dataset/conflict-test-rows"),
    );
  });
});

describe("formatAutoMl", () => {
  test("writes a program that makes the same model", async () => {
    const home = await mkdtemp(join(tmpdir(), "millrace-automl-"));
    try {
      const dir = join(home, "shop");
      await using workspace = await openWorkspace(dir);
      const table = workspace.lake.table("shop.people", people);
      await table.append(await some(200).rows());
      const { version } = await table.detail();
      const found = await autoMl(await table.read(), { label: "left", trials: 4 });
      const source = { dir, table: "shop.people", version, schema: people };
      const program = formatAutoMl(found.recipe, source);
      const src = new URL("../../index.ts", import.meta.url).href;
      const file = join(home, "program.ts");
      const lines = program
        .replace('from "millrace"', `from ${JSON.stringify(src)}`)
        .replace("console.log(model.hash", "export const told = (model.hash")
        .replace("console.log({ metrics, baseline });", "export { metrics };");
      await writeFile(file, `${lines.replace(", model.hash);", ");")}`);
      const { told } = (await import(file)) as { readonly told: string };
      expect(told).toBe("the same model");
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
