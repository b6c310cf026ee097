import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lastJson, runCli } from "../../tests/support/cli.ts";
import { telcoMonth, telcoSchema } from "../dataset/index.ts";
import { float, frame, schema, text, timestamp } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";

let home: string;
const run = (...args: readonly string[]) => runCli(["drift", ...args, "--dir", "ws"], home);
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "millrace-cli-drift-"));
  await using workspace = await openWorkspace(join(home, "ws"));
  const { lake } = workspace;
  const table = lake.table("telco.customers", telcoSchema);
  await table.append(telcoMonth({ rows: 1500, seed: 1 }));
  await table.overwrite(telcoMonth({ rows: 1500, seed: 2, drift: 1 }));
  const logged = schema("log", {
    ...telcoSchema.columns,
    at: timestamp(),
  });
  const rows = await table.read({ version: 0 });
  const sql = `SELECT *, TIMESTAMPTZ '2026-01-05 00:00:00+00' + to_hours(row_number() OVER () % 48) AS at FROM (${rows.sql})`;
  await lake.table("telco.log", logged).append(frame({ engine: lake.engine, schema: logged, sql }));
  const { tenure: _, ...fewer } = telcoSchema.columns;
  const kept = Object.keys(fewer).join(", ");
  const without = frame({
    engine: lake.engine,
    schema: schema("fewer", fewer),
    sql: `SELECT ${kept} FROM (${rows.sql})`,
  });
  await lake.table("telco.fewer", schema("fewer", fewer)).append(without);
  await lake.table("telco.texts", schema("texts", { customer_id: text({ key: true }) })).append([]);
});
afterAll(async () => rm(home, { recursive: true, force: true }));

interface Told {
  readonly failed: boolean;
  readonly run: string | null;
  readonly report: {
    readonly level: string;
    readonly currentRows: number;
    readonly severe: readonly string[];
  };
}

describe("millrace drift", () => {
  test("ends with 0 for a version and itself, and with 1 where columns have moved severely", async () => {
    const same = await run("telco.customers", "telco.customers", "--json");
    expect([same.code, lastJson<Told>(same).report.level]).toEqual([0, "none"]);
    const moved = await run("telco.customers@0", "telco.customers");
    expect(moved.code).toBe(1);
    expect(moved.stdout).toMatch(/severe +0\.\d+ +(wasserstein|jensen-shannon)/);
    expect((await run("telco.customers@0", "telco.customers", "--fail-on", "never")).code).toBe(0);
  });

  test("leaves technical columns aside, unless they are asked for", async () => {
    const silver = schema("silver", { _row_id: text(), x: float() });
    await using workspace = await openWorkspace(join(home, "ws"));
    const rows = (run: string) =>
      Array.from({ length: 200 }, (_, i) => ({ _row_id: run, x: i % 7 }));
    const table = workspace.lake.table("telco.runs", silver);
    await table.append(rows("one"));
    await table.overwrite(rows("two"));
    expect((await run("telco.runs@0", "telco.runs")).code).toBe(0);
    const asked = await run("telco.runs@0", "telco.runs", "--columns", "_row_id,x");
    expect([asked.code, asked.stdout]).toEqual([1, expect.stringMatching(/^_row_id +severe/m)]);
  });

  test("fails when a column vanished, and heads the list", async () => {
    const vanished = await run("telco.customers@0", "telco.fewer");
    expect(vanished.code).toBe(1);
    expect(vanished.stdout).toMatch(/^column +level +value +measure$/m);
    expect(vanished.stdout).toContain('severe: only in telco.customers@0: "tenure"');
    expect((await run("telco.customers@0", "telco.fewer", "--ignore", "tenure")).code).toBe(0);
  });

  test("fails on moderate drift where that is asked for", async () => {
    const args = ["telco.customers@0", "telco.customers", "--moderate", "0.01", "--severe", "99"];
    expect((await run(...args)).code).toBe(0);
    expect((await run(...args, "--fail-on", "moderate")).code).toBe(1);
  });

  test("keeps the report as a run, and writes it as a page with what the runs before had", async () => {
    const args = [
      "telco.customers@0",
      "telco.customers",
      "--experiment",
      "drift",
      "--html",
      "drift.html",
    ];
    const first = lastJson<Told>(await run(...args, "--json"));
    const second = lastJson<Told>(await run(...args, "--json"));
    const page = await readFile(join(home, "drift.html"), "utf8");
    expect(page.length).toBeLessThan(1_000_000);
    expect(page).toContain("Drift of telco.customers");
    expect(page).toMatch(/aria-label="2 comparisons, oldest first: ([\d.]+), \1"/);
    await using workspace = await openWorkspace(join(home, "ws"));
    const record = await workspace.tracking.run(second.run ?? "");
    expect(record.tags["drift.level"]).toBe("severe");
    expect(record.params).toMatchObject({ reference: "telco.customers@0", referenceRows: "1500" });
    expect(record.metrics["drift.tenure.wasserstein"]).toBeGreaterThan(0);
    expect(await workspace.tracking.artifacts(first.run ?? "")).toEqual([
      "drift.html",
      "drift.json",
    ]);
  });

  test("compares a window of time", async () => {
    const window = ["--time", "at", "--since", "2026-01-05", "--until", "2026-01-06"];
    const told = lastJson<Told>(await run("telco.customers@0", "telco.log", ...window, "--json"));
    expect(told.report.currentRows).toBeGreaterThan(700);
    expect(told.report.currentRows).toBeLessThan(800);
    expect(told.report.level).toBe("none");
  });

  test.each([
    [["telco.customers", "telco.none"], 3, "table/missing-table"],
    [["telco.customers", "telco.customers@9"], 3, "table/missing-version"],
    [["telco.customers", "telco.texts"], 2, "monitor/missing-rows"],
    [["telco.customers", "telco.customers", "--columns", "tenur"], 2, "monitor/unknown-column"],
    [["telco.customers", "telco.customers", "--since", "2026-01-05"], 2, "cli/missing-option"],
    [["telco.customers", "telco.customers", "--time", "at"], 2, "cli/missing-option"],
    [
      ["telco.customers", "telco.log", "--time", "when", "--since", "2026-01-05"],
      2,
      "table/unknown-column",
    ],
    [["telco.customers", "telco.log", "--time", "at", "--since", "soon"], 2, "cli/mismatch-option"],
    [
      ["telco.customers", "telco.log", "--time", "tenure", "--since", "2026-01-05"],
      2,
      "cli/mismatch-option",
    ],
  ])("ends %j with %i and %s", async (...[args, code, error]) => {
    const ran = await run(...args);
    expect([ran.code, ran.stderr]).toEqual([code, expect.stringContaining(error)]);
  });
});
