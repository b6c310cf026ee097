import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../tests/support/run-command.ts";
import { featureTable, writeFeatures } from "../feature/index.ts";
import { float, schema, text, timestamp } from "../table/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { executable } from "./execute.ts";
import { featureTables } from "./features.ts";

const options = {
  name: "shop.spending",
  schema: schema("spending", { id: text(), at: timestamp(), spend: float() }),
  key: "id",
  timestamp: "at",
  freshness: { hours: 1 },
  owners: ["ada"],
} as const;
const spending = featureTable(options);

let folder: string;
let work: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-features-"));
  work = join(folder, "work");
  await using _ = await openWorkspace(work);
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...words: readonly string[]) =>
  runCommand(executable(featureTables), [...words, "--dir", work]);
const definitions = async (name: string, table: unknown): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, `export const table = ${JSON.stringify(table)};\n`);
  return file;
};

describe("features", () => {
  test("plans, applies, lists, describes, materializes, compares, and judges age", async () => {
    const file = await definitions("one.mjs", spending);
    expect((await run("plan", file)).lines).toEqual(["create shop.spending, version 1"]);
    await run("apply", file);
    expect((await run("plan", file)).lines).toEqual(["unchanged shop.spending, version 1"]);
    {
      await using workspace = await openWorkspace(work);
      const at = new Date(Date.UTC(2026, 0, 1));
      await writeFeatures(workspace.lake, spending, [{ id: "a", at, spend: 1 }]);
    }
    expect((await run("list")).lines[1]).toContain("shop.spending");
    expect((await run("describe", "shop.spending")).lines).toContain("  key id; time at");
    const show = await run("show", "shop.spending");
    expect(show.lines[0]).toMatch(/^shop\.spending, version 1: 1 row at table version /);
    expect(show.lines[1]).toMatch(/^feature +kind +count +nulls +distinct +min +mean +max/);
    expect(show.lines[2]).toMatch(/^spend +float +1 +0 +1 +1 +1 +1/);
    expect((await run("materialize")).lines[0]).toContain("shop.spending: full");
    const parity = await run("parity");
    expect(parity.lines[0]).toContain("shop.spending: equal (1 key at version");
    expect(parity.code).toBe(0);
    {
      await using workspace = await openWorkspace(work);
      const plans = featureTable({
        name: "shop.plans",
        schema: schema("p", { id: text() }),
        key: "id",
      });
      await writeFeatures(workspace.lake, plans, [{ id: "a" }]);
      const undeclared = await run("freshness", "shop.plans");
      expect(undeclared.lines[0]).toMatch(/^shop\.plans: not declared; newest /);
      expect(undeclared.lines[1]).toContain("featureTable({ …, freshness: { hours: 24 } })");
      expect(undeclared.code).toBe(0);
    }
    const freshness = await run("freshness", "shop.spending");
    expect(freshness.lines[0]).toContain("shop.spending: stale");
    expect(freshness.lines).toHaveLength(1);
    expect(freshness.code).toBe(1);
  });

  test("apply makes the workspace that is not there, once the definitions can be read", async () => {
    const file = await definitions("first.mjs", spending);
    const dir = join(folder, "new");
    const there = (...words: readonly string[]) =>
      runCommand(executable(featureTables), [...words, "--dir", dir]);
    const absent = { code: "workspace/missing-workspace" };
    await expect(there("plan", file)).rejects.toMatchObject(absent);
    await expect(there("apply", join(folder, "no.mjs"))).rejects.toMatchObject({
      code: "cli/missing-definitions",
    });
    await expect(there("list")).rejects.toMatchObject(absent);
    expect((await there("apply", file)).lines).toEqual(["create shop.spending, version 1"]);
    expect((await there("list")).lines[1]).toContain("shop.spending");
  });

  test("says before that --replace empties a table, and does so then", async () => {
    const plans = featureTable({
      name: "shop.levels",
      schema: schema("p", { id: text(), level: text() }),
      key: "id",
    });
    await run("apply", await definitions("levels.mjs", plans));
    const next = featureTable({
      name: "shop.levels",
      schema: schema("p", { id: text(), level: float() }),
      key: "id",
      version: 2,
    });
    const file = await definitions("levels2.mjs", next);
    expect((await run("plan", file)).lines[0]).toBe(
      "replace shop.levels, version 1 → 2: its rows cannot stay; apply --replace empties the table",
    );
    await expect(run("apply", file)).rejects.toMatchObject({ code: "feature/unsupported-change" });
    expect((await run("apply", file, "--replace")).lines[0]).toBe(
      "replace shop.levels, version 1 → 2: its rows could not stay, and the table is empty now",
    );
  });

  test("says what is refused, with exit code 1, and applies nothing of it", async () => {
    const file = await definitions("two.mjs", { ...spending, ttlMs: 3_600_000 });
    const planned = await run("plan", file);
    expect(planned.lines[0]).toContain("refuse shop.spending, version 1");
    expect(planned.lines[1]).toBe("  ttl: 1 h is new");
    expect(planned.code).toBe(1);
    await expect(run("apply", file)).rejects.toMatchObject({ code: "feature/conflict-definition" });
  });

  test("refuses a file that is not there or exports no feature table", async () => {
    await expect(run("plan")).rejects.toMatchObject({ code: "cli/missing-definitions" });
    await expect(run("plan", join(folder, "none.mjs"))).rejects.toMatchObject({
      code: "cli/missing-definitions",
    });
    const file = await definitions("three.mjs", { a: 1 });
    await expect(run("plan", file)).rejects.toMatchObject({ code: "cli/missing-definitions" });
  });
});
