/** @file The workshop's second module from a terminal alone: files into tables, profiled, judged, gated; in real processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { telcoTwin } from "../../src/dataset/index.ts";
import { lastJson, runCli } from "../support/cli.ts";

const main = join(import.meta.dirname, "../../src/cli/main.ts");
let folder: string;
const run = (...argv: readonly string[]) => runCli(argv, folder);
const started: ChildProcess[] = [];
function start(...argv: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...argv], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
  });
  started.push(child);
  return child;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-terminal-"));
  await mkdir(join(folder, "landing"));
  await writeFile(join(folder, "landing", "telco.csv"), telcoTwin({ rows: 200 }).csv);
});
afterAll(async () => {
  for (const child of started) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

describe("module 2 from a terminal", () => {
  test("each delivered file is loaded once, and one that is refused ends the process with 1", async () => {
    const first = await run("ingest", "landing", "telco.bronze");
    expect(first.stdout).toContain("telco.bronze version 0: 200 rows added, 1 file loaded\n");
    expect(first.code, first.stderr).toBe(0);
    await writeFile(join(folder, "landing", "torn.csv"), 'customer_id,gender\n"1,Male\n');
    const again = await run("ingest", "landing", "telco.bronze", "--json");
    expect(again.code).toBe(1);
    expect(lastJson(again)).toMatchObject({
      rows: 0,
      files: [{ state: "skipped" }, { state: "refused", refusal: { code: "table/corrupt-text" } }],
    });
    await rm(join(folder, "landing", "torn.csv"));
  });

  test("a table is profiled, and the suite that comes of it judges the next delivery", async () => {
    const suite = join("gx", "expectations", "bronze.json");
    const profile = await run("profile", "telco.bronze", "--suite", suite, "--out", "docs");
    expect(profile.stdout).toMatch(/^telco\.bronze: 200 rows, 2\d columns\n/);
    const held = await run("check", "telco.bronze", "--suite", suite);
    expect(held.code, held.stdout).toBe(0);
    const more = telcoTwin({ rows: 20, seed: 7 }).csv.replaceAll("Two year", "Ten years");
    await writeFile(join(folder, "landing", "later.csv"), more);
    await run("ingest", "landing", "telco.bronze");
    const failed = await run("check", "telco.bronze", "--suite", suite, "--keep", "gx", "--json");
    expect(failed.code).toBe(1);
    const { kept } = lastJson<{ readonly kept: string }>(failed);
    expect(JSON.parse(await readFile(kept, "utf8"))).toMatchObject({ success: false });
    const point = await run("checkpoint", "nightly", "--define", "telco.bronze=bronze");
    expect(point.code).toBe(1);
    expect(point.stdout).toContain("✖ critical: Contract is one of");
  });

  test("a table goes back to what it was, and its history tells it", async () => {
    expect((await run("restore", "telco.bronze", "--version", "0")).code).toBe(0);
    const history = lastJson<readonly { readonly operation: string }[]>(
      await run("history", "telco.bronze", "--json"),
    );
    expect(history.map(({ operation }) => operation)).toEqual(["RESTORE", "WRITE", "WRITE"]);
    const { rows } = lastJson<{ readonly rows: number }>(
      await run("describe", "telco.bronze", "--json"),
    );
    expect(rows).toBe(200);
  });

  test("what cannot be ends with the exit code of its kind, in words and as JSON", async () => {
    const cases: readonly (readonly [number, string, readonly string[]])[] = [
      [2, "cli/missing-argument", ["history"]],
      [2, "cli/unknown-argument", ["history", "telco.bronze", "more"]],
      [3, "table/missing-table", ["history", "telco.gold"]],
      [4, "cli/conflict-file", ["export", "telco.bronze", "landing.csv"]],
    ];
    await writeFile(join(folder, "landing.csv"), "mine");
    for (const [code, error, argv] of cases) {
      const ran = await run(...argv, "--json");
      expect([ran.code, lastJson(ran)]).toMatchObject([code, { error: { code: error } }]);
      expect(ran.stderr).toContain(`error[${error}]: `);
    }
  });

  test("what to do is told in commands and flags, of SQL that is none too", async () => {
    const told: readonly (readonly [string, RegExp])[] = [
      ["OPTIMIZE telco.bronze", /Run: millrace optimize telco\.bronze$/m],
      ["VACUUM telco.bronze", /Run: millrace vacuum telco\.bronze$/m],
      [
        "RESTORE TABLE telco.bronze TO VERSION AS OF 0",
        /Run: millrace restore telco\.bronze --ver/,
      ],
      ["DELETE FROM telco.bronze", /millrace restore telco\.bronze/],
      ["SELECT * FROM read_csv('x.csv')", /pass --files$/m],
      ["VERSION AS OF 0", /FROM schema\.table VERSION AS OF 3/],
    ];
    for (const [query, words] of told) {
      const { code, stderr } = await run("sql", query);
      expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
    }
    const old = await run("sql", "SELECT count(*) AS n FROM telco.bronze@v0", "--json");
    expect(lastJson(old)).toMatchObject({ rows: [{ n: 200 }] });
    const { code, stderr } = await run("sql", "--file", "missing.sql");
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('"missing.sql" cannot be read: there is no such file.'),
    ]);
    await writeFile(join(folder, "semi.csv"), "id;n\n1;2\n");
    const refused = await run("ingest", "semi.csv", "shop.orders");
    expect(refused.stdout.replaceAll("\n", " ")).toContain("pass --delimiter ';'");
    const full = await run("drop", "telco", "--yes");
    expect([full.code, full.stderr]).toEqual([4, expect.stringMatching(/--cascade$/m)]);
    await writeFile(join(folder, "bad.json"), '{"expectations": 1}');
    const suite = await run("check", "telco.bronze", "--suite", "bad.json");
    expect(suite.stderr).toMatch(
      /^error\[cli\/corrupt-suite\]: the suite "bad\.json": \w+ must be/,
    );
  });

  test("a watch ends at Ctrl-C with what it has loaded", async () => {
    const child = start("ingest", "landing", "telco.watched", "--watch", "--settle", "0", "--json");
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      expect(JSON.parse(line)).toMatchObject({ table: "telco.watched", rows: 220 });
      break;
    }
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([0, null]);
    const detail = await run("describe", "telco.watched", "--json");
    expect(lastJson(detail)).toMatchObject({ rows: 220 });
  });

  test("a statement that runs ends at Ctrl-C, with 130", async () => {
    const query =
      "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range < b.range";
    const child = start("sql", "-");
    let words = "";
    child.stderr?.on("data", (data) => {
      words += String(data);
    });
    // more than a pipe holds: it is written when the command reads it, and so listens to signals
    const written = Promise.withResolvers<void>();
    child.stdin?.end(" ".repeat(2_000_000) + query, () => written.resolve());
    await written.promise;
    child.kill("SIGINT");
    const [code] = (await once(child, "close")) as [number];
    expect([code, words]).toEqual([130, expect.stringContaining("stopped")]);
  });
});
